#include "services/product/demo/demo.hpp"
#include "services/product/import/csv.hpp"
#include "services/product/import/csv_products.hpp"
#include "services/product/tests/world.hpp"

namespace loquat::product {
namespace {

using contracts::ImportReport;

struct Import : testing::Test, World {
    ImportReport import(std::string text, ImportRun wanted = ImportRun::real) {
        return run(shop.importer.import_text(std::move(text), wanted));
    }
    // "3 import.formula name" for each.
    static std::vector<std::string> errors(const ImportReport& report) {
        std::vector<std::string> lines;
        for (const auto& error : report.errors) {
            lines.push_back(std::to_string(error.line) + " " + error.code + " " +
                            error.field.value_or("-"));
        }
        return lines;
    }
};

using Lines = std::vector<std::string>;

TEST_F(Import, takes_json_lines_and_names_those_that_are_wrong) {
    const std::string text =
        "\xef\xbb\xbf"
        R"({"sku":"a","name":"One","price":{"amount":100,"currency":"EUR"}})"
        "\r\n"
        "\n"
        R"({"sku":"b","name":"Two")"
        "\n"
        R"({"sku":"c","name":"Three","price":{"amount":-1,"currency":"EUR"}})"
        "\n"
        R"({"sku":"a","name":"Four","price":{"amount":100,"currency":"EUR"}})"
        "\n"
        "{\"sku\":\"d\",\"name\":\"caf\xe9\",\"price\":{\"amount\":1,\"currency\":\"EUR\"}}\n"
        R"({"sku":"e","name":"Five","price":{"amount":100,"currency":"EURO"}})"
        "\n"
        R"({"sku":"f","name":"Six","price":{"amount":5,"currency":"JPY"},"stock":2})";

    const ImportReport report = import(text);

    EXPECT_EQ(report.created, 2);
    EXPECT_EQ(report.failed, 5);
    EXPECT_EQ(errors(report), (Lines{"3 request.malformed_json -", "4 request.invalid price.amount",
                                     "5 import.sku_twice -", "6 import.not_utf8 -",
                                     "7 request.invalid price.currency"}));
    EXPECT_EQ(get("a").name, "One");
    EXPECT_EQ(*get("f").price.text, "5 JPY");
}

TEST_F(Import, writes_by_sku_and_says_before_what_it_would_do) {
    const std::string first = R"({"sku":"a","name":"One","price":{"amount":1,"currency":"EUR"}})";
    const std::string both = R"({"sku":"a","name":"Uno","price":{"amount":2,"currency":"EUR"}})"
                             "\n"
                             R"({"sku":"b","name":"Due","price":{"amount":2,"currency":"EUR"}})";
    import(first);

    const ImportReport foreseen = import(both, ImportRun::dry);
    EXPECT_EQ(get("a").name, "One");
    const ImportReport done = import(both);

    EXPECT_EQ(wire::encode(foreseen), wire::encode(done));
    EXPECT_EQ(done.created, 1);
    EXPECT_EQ(done.updated, 1);
    EXPECT_EQ(get("a").name, "Uno");
    EXPECT_EQ(get("a").version, 2);
}

TEST_F(Import, takes_what_a_spreadsheet_writes) {
    const std::string text =
        "sku;Name;price;currency;stock;images;description;attributes.size\r\n"
        "a;\"Lamp; big\";19.99;EUR;3;https://x/1|https://x/2;\"so \"\"big\"\"\r\nand red\";12\r\n"
        "\r\n"
        "b;=HYPERLINK(1);1;EUR;1;;;\r\n"
        "c;Chair;-5;EUR;1;;;\r\n"
        "d;Table;5\r\n"
        "e;Desk;7;JPY;two;;;\r\n"
        "f;\xff\xff;7;JPY;2;;;\r\n"
        "g;\"open;7;JPY;2;;;\r\n";

    const ImportReport report = import(text);

    EXPECT_EQ(report.created, 1);
    EXPECT_EQ(errors(report), (Lines{"5 import.formula name", "6 request.invalid price",
                                     "7 import.cells -", "8 request.invalid stock",
                                     "9 import.not_utf8 name", "10 import.open_quote -"}));
    const auto lamp = get("a");
    EXPECT_EQ(lamp.price.amount, 1999);
    EXPECT_EQ(lamp.description, "so \"big\"\nand red");
    EXPECT_EQ(lamp.images.size(), 2U);
    EXPECT_EQ(wire::to_json(lamp.attributes.at("size")), "12");
}

TEST_F(Import, refuses_files_that_no_line_can_be_read_of) {
    const auto code = [this](std::string text) {
        return test::code_of([&] { import(std::move(text)); });
    };
    EXPECT_EQ(code("sku,price\na,1\n"), "import.columns");
    EXPECT_EQ(code("sku,name,price,colour\n"), "import.columns");
    EXPECT_EQ(code(""), "import.columns");
    EXPECT_EQ(code(std::string{"\xff\xfe{\0", 4}), "import.not_utf8");
    EXPECT_EQ(code("{\"products\":7}"), "import.format");
    EXPECT_EQ(code("[1"), "request.malformed_json");
}

TEST_F(Import, takes_json_as_it_is_sold) {
    const std::string text = R"({"products":[{"id":1,"title":"Mascara","description":"Black.",
        "category":"beauty","price":9.99,"discountPercentage":7.17,"rating":4.94,"stock":5,
        "tags":["beauty","mascara"],"sku":"BEA-1","weight":2,
        "dimensions":{"width":23.17,"height":14.43,"depth":28.01},
        "warrantyInformation":"1 month warranty","shippingInformation":"Ships in 1 month",
        "returnPolicy":"30 days return policy","minimumOrderQuantity":24,
        "reviews":[{"rating":2}],"meta":{"barcode":"9164035109868"},
        "images":["https://x/1.png"],"thumbnail":"https://x/t.png"},
        {"title":"No code","price":1}]})";

    const ImportReport report = import(text);

    EXPECT_EQ(report.created, 1);
    EXPECT_EQ(errors(report), (Lines{"2 request.invalid sku"}));
    const auto one = get("9164035109868");
    EXPECT_EQ(*one.price.text, "9.99 USD");
    EXPECT_EQ(one.brand, std::nullopt);
    EXPECT_EQ(wire::to_json(one.attributes.at("tags")), R"(["beauty","mascara"])");
    EXPECT_EQ(wire::to_json(one.attributes.at("width")), "23.17");
    EXPECT_EQ(one.attributes.size(), 8U);
    EXPECT_EQ(one.stock, 5);
}

TEST_F(Import, takes_the_whole_demo_catalogue) {
    const ImportReport report = import(std::string{demo_products()});

    EXPECT_EQ(report.created, 194);
    EXPECT_EQ(report.failed, 0);
    EXPECT_EQ(shop.shelf.catalogue().size(), 194U);
}

TEST(Formula, is_what_a_spreadsheet_computes) {
    for (const char* formula : {"=1", "@SUM(A1)", "+1+2", "-2+3+cmd|' /C calc'!A0", "\tx"}) {
        EXPECT_TRUE(is_formula(formula)) << formula;
    }
    for (const char* text : {"", "-5", "+5V adapter", "a=b", "12"}) {
        EXPECT_FALSE(is_formula(text)) << text;
    }
}

TEST(CsvReader, reads_back_whatever_is_quoted) {
    const std::vector<std::string> cells{"a", "", "b,c", "line\nend", "\"", "x\"y\"", ";"};
    std::string text = "1,2,3,4,5,6,7\n";
    for (const std::string& cell : cells) {
        text.push_back('"');
        for (const char byte : cell) {
            text.append(byte == '"' ? 2 : 1, byte);
        }
        text.append("\",");
    }
    text.back() = '\n';

    CsvReader reader{text};
    reader.next();
    const auto record = reader.next();

    ASSERT_TRUE(record);
    EXPECT_EQ(record->cells, cells);
    EXPECT_EQ(record->line, 2U);
    EXPECT_FALSE(reader.next());
}

}  // namespace
}  // namespace loquat::product
