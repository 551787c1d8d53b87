#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "testing/await.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/program.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::test {
namespace {

// A config server with a folder, and a gateway that follows it: each a process.
class ServedRoutes : public testing::Test {
  protected:
    ServedRoutes() { std::filesystem::create_directories(folder_ / "files"); }
    ~ServedRoutes() override {
        programs_.clear();
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    Program& serve(std::vector<std::string> services, std::vector<std::string> settings) {
        std::vector<std::string> arguments{"serve"};
        arguments.insert(arguments.end(), services.begin(), services.end());
        arguments.insert(arguments.end(), {"--data", (folder_ / services.front()).string()});
        for (const char* setting :
             {"platform.edge_loops=1", "platform.log_level=warn", "platform.drain_seconds=2",
              "platform.internal_key=a key of thirty-two characters or more"}) {
            settings.emplace_back(setting);
        }
        for (std::string& setting : settings) {
            arguments.insert(arguments.end(), {"--set", std::move(setting)});
        }
        return *programs_.emplace_back(std::make_unique<Program>(std::move(arguments)));
    }
    std::uint16_t serve_config() {
        return serve({"config"}, {"config.port=0", "config.folder=" + (folder_ / "files").string()})
            .wait_until_ready();
    }
    std::uint16_t serve_gateway(std::uint16_t config) {
        return serve(
                   {"gateway", "auth"},
                   {"gateway.port=0", "gateway.limits.enabled=false",
                    "platform.config_server=[\"http://127.0.0.1:" + std::to_string(config) + "\"]"})
            .wait_until_ready();
    }
    // A route that answers by itself.
    void write_route(const std::string& id, const std::string& filter) const {
        const std::filesystem::path made = folder_ / "new.yml";
        std::ofstream{made} << "spring:\n  cloud:\n    gateway:\n      routes:\n        - id: "
                            << id
                            << "\n          uri: http://127.0.0.1:9\n          predicates:\n"
                               "            - Path=/"
                            << id << "\n          filters:\n            - " << filter << "\n";
        std::filesystem::rename(made, folder_ / "files" / "gateway.yml");
    }

    std::filesystem::path folder_ = make_folder();
    std::vector<std::unique_ptr<Program>> programs_;
};

TEST_F(ServedRoutes, are_those_of_the_gateway_and_change_while_it_runs_or_not_at_all) {
    constexpr const char* leads_away = "RedirectTo=302, http://shop.example/";
    write_route("one", leads_away);
    const std::uint16_t config = serve_config();
    ASSERT_NE(config, 0);
    const std::uint16_t port = serve_gateway(config);
    ASSERT_NE(port, 0);
    aio::Loop loop{"test"};
    HttpCaller caller{loop, port};
    HttpCaller server{loop, config};
    const auto leads = [](const HttpCaller::Answer& answer) { return answer.status == 302; };
    const auto has_refused = [](const HttpCaller::Answer& answer) {
        return answer.body.find("refused") != std::string::npos;
    };

    const std::string token = await(loop, caller.make_user("ada"));
    const auto one = await(loop, caller.call("GET", "/one", "", ""));
    write_route("two", leads_away);
    const auto two = await(loop, caller.get_until("/two", "", leads));
    const auto gone = await(loop, caller.call("GET", "/one", "", ""));
    const auto list = await(loop, caller.call("GET", "/internal/gateway/routes", token, ""));
    const auto env = await(loop, caller.call("GET", "/actuator/env", token, ""));
    write_route("three", "Nonsense=1");
    const auto changes = await(loop, server.get_until("/api/config/changes", "", has_refused));
    const auto still = await(loop, caller.call("GET", "/two", "", ""));

    EXPECT_EQ(one.status, 302) << one.body;
    EXPECT_EQ(two.status, 302) << two.body;
    EXPECT_EQ(gone.status, 404);
    EXPECT_NE(list.body.find(R"({"id":"two","path":"/two")"), std::string::npos) << list.body;
    EXPECT_NE(env.body.find("\"spring.cloud.gateway.routes[0].id\":{\"value\":\"******\","
                            "\"origin\":\"config server gateway.yml:"),
              std::string::npos)
        << env.body;
    EXPECT_NE(changes.body.find("gateway.yml:"), std::string::npos) << changes.body;
    EXPECT_NE(changes.body.find("routes[0].filters[0]: route three is no filter: Nonsense"),
              std::string::npos)
        << changes.body;
    EXPECT_EQ(still.status, 302);
}

}  // namespace
}  // namespace loquat::test
