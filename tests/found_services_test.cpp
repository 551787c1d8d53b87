#include <gtest/gtest.h>

#include "testing/await.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::test {
namespace {

// Processes that know one registry and nothing else of each other.
class FoundServices : public testing::Test {
  protected:
    ~FoundServices() override {
        programs_.clear();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    Program& serve(std::vector<std::string> services) {
        std::vector<std::string> arguments{"serve"};
        arguments.insert(arguments.end(), services.begin(), services.end());
        arguments.insert(arguments.end(), {"--data", (folder_ / services.front()).string()});
        std::vector<std::string> settings{"gateway.port=0",
                                          "registry.port=0",
                                          "gateway.limits.enabled=false",
                                          "platform.edge_loops=1",
                                          "platform.log_level=warn",
                                          "platform.drain_seconds=2",
                                          "platform.internal_key=of-a-test"};
        if (registry_ != 0) {
            settings.push_back(
                "platform.registry=[\"http://127.0.0.1:" + std::to_string(registry_) + "\"]");
        }
        for (std::string& setting : settings) {
            arguments.insert(arguments.end(), {"--set", std::move(setting)});
        }
        return *programs_.emplace_back(std::make_unique<Program>(std::move(arguments)));
    }

    std::filesystem::path folder_ = make_folder();
    std::uint16_t registry_ = 0;
    std::vector<std::unique_ptr<Program>> programs_;
};

TEST_F(FoundServices, are_reached_by_a_gateway_that_was_there_before_them) {
    registry_ = serve({"registry"}).wait_until_ready();
    ASSERT_NE(registry_, 0);
    Program& gateway = serve({"gateway"});
    ASSERT_NE(serve({"auth"}).wait_until_ready(), 0);
    const std::uint16_t port = gateway.wait_until_ready();
    ASSERT_NE(port, 0);
    aio::Loop loop{"test"};
    HttpCaller caller{loop, port};

    const std::string token = await(loop, caller.make_user("ada"));
    const auto before = await(loop, caller.call("GET", "/api/chats", token, ""));
    ASSERT_NE(serve({"chat", "consumer", "presence", "realtime"}).wait_until_ready(), 0);
    const auto is_there = [](const HttpCaller::Answer& answer) { return answer.status == 200; };
    const auto after = await(loop, caller.get_until("/api/chats", token, is_there));
    const auto is_answered = [](const HttpCaller::Answer& answer) { return answer.status != 503; };
    const auto socket = await(loop, caller.get_until("/ws", token, is_answered));

    EXPECT_EQ(before.status, 503) << before.body;
    EXPECT_EQ(after.status, 200) << after.body;
    EXPECT_EQ(socket.status, 404) << "the service itself has sockets there alone: " << socket.body;
}

}  // namespace
}  // namespace loquat::test
