#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>

#include "testing/http_caller.hpp"
#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"

// `loquat products`, without a running platform and beside one.
namespace loquat::test {
namespace {

class ProductsCommand : public testing::Test {
  protected:
    std::string products(std::vector<std::string> words, int expected = 0) {
        words.insert(words.begin(), "products");
        words.insert(words.end(), {"--data", folder_.string()});
        Program program{words};
        const int code = program.wait_for_end();
        std::string said = program.errors() + program.output();
        EXPECT_EQ(code, expected) << words[1] << "\n" << said;
        return said;
    }
    std::string write(const std::string& name, const std::string& text) const {
        const auto file = folder_ / name;
        std::ofstream{file} << text;
        return file.string();
    }

    TemporaryFolder folder_;
};

TEST_F(ProductsCommand, imports_what_is_good_and_tells_the_rest_by_its_line) {
    const std::string file = write("c.csv", "sku,name,price\nL-1,Lamp,19.99\nX,=1+1,2\n");

    EXPECT_TRUE(products({"import", file, "--dry-run"}, 1).contains("nothing written: created 1"));
    EXPECT_EQ(products({"list"}), "0 products\n");
    const std::string said = products({"import", file}, 1);
    EXPECT_TRUE(said.contains("line 3: import.formula name")) << said;
    EXPECT_TRUE(said.contains("created 1, updated 0, failed 1")) << said;

    EXPECT_TRUE(products({"list", "lamps"}).contains("19.99 USD"));
    EXPECT_TRUE(products({"show", "L-1"}).contains("\"name\": \"Lamp\""));
    EXPECT_TRUE(products({"show", "X"}, 1).contains("There is no such product"));
    EXPECT_TRUE(products({"import", "none.csv"}, 1).contains("cannot read none.csv"));
}

TEST_F(ProductsCommand, shows_a_running_shop_what_it_imports) {
    Program program{{"up", "--port", "0", "--data", folder_.string(), "--set",
                     "platform.log_level=warn", "--set", "shop.demo=true"}};
    const std::uint16_t port = program.wait_until_ready();
    ASSERT_NE(port, 0) << program.errors();
    const std::string file =
        write("c.jsonl", R"({"sku":"L-1","name":"Lamp","price":{"amount":5,"currency":"JPY"}})");

    products({"import", file});

    aio::Loop loop{"client"};
    HttpCaller caller{loop, port};
    auto look = [&]() -> Task<void> {
        const auto lamp = co_await caller.call("GET", "/products/L-1", "", "");
        EXPECT_EQ(lamp.status, 200) << lamp.body;
        const auto demo =
            co_await caller.call("POST", "/products/search", "", R"({"query":"mascara"})");
        EXPECT_TRUE(demo.body.contains("Essence Mascara")) << demo.body;
    };
    run_to_end(loop, look());
    program.signal(SIGTERM);
    EXPECT_EQ(program.wait_for_end(), 0);
}

}  // namespace
}  // namespace loquat::test
