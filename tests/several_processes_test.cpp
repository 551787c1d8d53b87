#include <gtest/gtest.h>
#include <signal.h>

#include <regex>

#include "testing/http_caller.hpp"
#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"

// `loquat up --processes --instances`: several processes of a service.
namespace loquat::test {
namespace {

class SeveralProcessesTest : public testing::Test {
  protected:
    std::vector<std::string> up(const std::string& instances) const {
        return {"up",          "--processes",
                "--port",      "0",
                "--data",      folder_.path().string(),
                "--set",       "platform.log_level=warn",
                "--set",       "platform.edge_loops=1",
                "--set",       "gateway.limits.enabled=false",
                "--set",       "config.port=0",
                "--set",       "registry.port=0",
                "--instances", instances};
    }
    std::string ps() const {
        Program program{{"ps", "--data", folder_.path().string()}};
        program.wait_for_end();
        return program.output();
    }
    // 0: there is none.
    pid_t pid_of(const std::string& process) const {
        const std::string said = ps();
        std::smatch found;
        const std::regex line{"(^|\n)" + process + " +([0-9]+) "};
        return std::regex_search(said, found, line) ? std::stoi(found[2]) : 0;
    }
    // What a start that is refused says.
    std::string refusal_of(const std::string& instances) const {
        Program program{up(instances)};
        EXPECT_EQ(program.wait_until_ready(), 0);
        EXPECT_EQ(program.wait_for_end(), 1);
        return program.errors();
    }

    TemporaryFolder folder_;
};

TEST_F(SeveralProcessesTest, runs_two_of_what_may_be_two_and_goes_on_with_one) {
    Program program{up("2")};
    const std::uint16_t port = program.wait_until_ready();
    ASSERT_NE(port, 0) << program.errors();
    const pid_t first = pid_of("model");
    ASSERT_NE(first, 0) << ps();
    ASSERT_NE(pid_of("model-2"), 0) << ps();
    EXPECT_EQ(pid_of("auth-2"), 0);
    aio::Loop loop{"client"};
    HttpCaller caller{loop, port};
    std::vector<int> statuses;
    auto work = [&]() -> Task<void> {
        const std::string token = co_await caller.make_user("ana");
        ::kill(first, SIGKILL);
        for (int i = 0; i < 20; ++i) {
            const auto models = co_await caller.call("GET", "/api/models", token, "");
            statuses.push_back(models.status);
        }
    };

    run_to_end(loop, work());
    program.read_until("model is back");
    program.signal(SIGTERM);

    EXPECT_EQ(statuses, std::vector<int>(20, 200));
    EXPECT_EQ(program.wait_for_end(), 0) << program.errors();
    for (const char* line :
         {"auth runs once: store.sql, store.log and store.broadcast are not all",
          "chat runs once: its log and its broadcast are inside the process",
          "registry runs once: it has one port", "gateway runs once: store.sql, store.log"}) {
        EXPECT_NE(program.errors().find(line), std::string::npos) << program.errors();
    }
}

TEST_F(SeveralProcessesTest, refuses_several_of_what_is_one_when_it_is_named) {
    EXPECT_NE(refusal_of("auth=2").find("auth runs once: store.sql"), std::string::npos);
    EXPECT_NE(refusal_of("config=3").find("config runs once: it has one port"), std::string::npos);
}

TEST_F(SeveralProcessesTest, refuses_what_names_no_number_of_processes) {
    for (const char* wrong : {"0", "17", "two", "chat=", "=2", "nobody=2", "model=2,,auth=1"}) {
        EXPECT_NE(refusal_of(wrong).find("--instances"), std::string::npos) << wrong;
    }
}

TEST_F(SeveralProcessesTest, is_nothing_for_one_process) {
    Program program{{"up", "--port", "0", "--data", folder_.path().string(), "--instances", "2"}};

    EXPECT_EQ(program.wait_until_ready(), 0);
    EXPECT_NE(program.wait_for_end(), 0);
    EXPECT_NE(program.errors().find("--processes"), std::string::npos) << program.errors();
}

}  // namespace
}  // namespace loquat::test
