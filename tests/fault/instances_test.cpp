#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <filesystem>

#include "testing/http_caller.hpp"
#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"

// What callers notice when one of several servers behind the gateway dies, sleeps, ends or is
// replaced, and when routes change: each a process of its own.
namespace loquat::test {
namespace {

class InstancesTest : public testing::Test {
  protected:
    ~InstancesTest() override {
        programs_.clear();
        for (const std::filesystem::path& folder : folders_) {
            std::filesystem::remove_all(folder);
        }
    }

    struct Server {
        Program& program;
        std::uint16_t port;
        std::string url() const { return "http://127.0.0.1:" + std::to_string(port); }
    };

    Server start(const std::vector<std::string>& settings) {
        folders_.push_back(make_folder());
        std::vector<std::string> arguments{"up", "--port", "0", "--data", folders_.back().string()};
        for (const std::string& setting :
             {std::string{"platform.log_level=error"}, std::string{"platform.edge_loops=1"},
              std::string{"config.port=0"}}) {
            arguments.insert(arguments.end(), {"--set", setting});
        }
        for (const std::string& setting : settings) {
            arguments.insert(arguments.end(), {"--set", setting});
        }
        Program& program = *programs_.emplace_back(std::make_unique<Program>(arguments));
        const std::uint16_t port = program.wait_until_ready();
        EXPECT_NE(port, 0) << program.errors();
        return {program, port};
    }

    static std::string route(const std::vector<std::string>& urls) {
        std::string list;
        for (const std::string& url : urls) {
            list += (list.empty() ? "\"" : ",\"") + url + "\"";
        }
        return R"({"id":"r","path":"/up/**","rewrite":"/**","health_path":"/healthz","upstreams":[)" +
               list + "]}";
    }

    std::vector<std::filesystem::path> folders_;
    std::vector<std::unique_ptr<Program>> programs_;
};

// Requests one after the other, and how many of them failed.
struct Requests {
    HttpCaller& caller;
    int failed = 0;
    int made = 0;

    Task<void> make(int count) {
        for (int i = 0; i < count; ++i) {
            const auto answer = co_await caller.call("GET", "/up/api/server", "", "");
            ++made;
            failed += answer.status == 200 ? 0 : 1;
        }
    }
};

TEST_F(InstancesTest, lose_no_safe_request_while_one_is_killed_paused_ended_or_replaced) {
    const Server killed = start({"gateway.limits.enabled=false"});
    const Server paused = start({"gateway.limits.enabled=false"});
    const Server ended = start({"gateway.limits.enabled=false"});
    const Server gate =
        start({"gateway.limits.enabled=false", "gateway.upstream.attempt_ms_max=300",
               "gateway.upstream.health_ms=100", "gateway.upstream.health_ms_max=300",
               "gateway.routes=[" + route({killed.url(), paused.url(), ended.url()}) + "]"});
    aio::Loop loop{"client"};
    HttpCaller caller{loop, gate.port};
    Requests requests{caller};
    const auto story = [&]() -> Task<void> {
        const std::string token = co_await caller.make_user("ana");  // the first: administrator
        co_await requests.make(100);
        killed.program.signal(SIGKILL);
        co_await requests.make(200);
        EXPECT_EQ(requests.failed, 0) << "one was killed";
        paused.program.signal(SIGSTOP);
        co_await requests.make(200);
        EXPECT_EQ(requests.failed, 0) << "one sleeps";
        paused.program.signal(SIGCONT);
        co_await requests.make(200);
        ended.program.signal(SIGTERM);
        co_await requests.make(200);
        EXPECT_EQ(requests.failed, 0) << "one was ended";
        const Server fresh = start({"gateway.limits.enabled=false"});
        const std::string routes = R"({"routes":[)" + route({fresh.url()}) + "]}";
        const auto put = co_await caller.call("PUT", "/internal/gateway/routes", token, routes);
        EXPECT_EQ(put.status, 200) << put.body;
        paused.program.signal(SIGKILL);
        co_await requests.make(200);
    };

    run_to_end(loop, story());

    EXPECT_EQ(requests.failed, 0) << "of " << requests.made;
    EXPECT_EQ(requests.made, 1100);
}

}  // namespace
}  // namespace loquat::test
