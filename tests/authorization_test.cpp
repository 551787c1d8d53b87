#include <gtest/gtest.h>

#include "contracts/registry.hpp"
#include "testing/http_caller.hpp"
#include "testing/platform/platform_under_test.hpp"

// Every route of every contract against every kind of caller that a table can decide.  Who may do
// what inside a conversation is decided in services/chat and proved there.
namespace loquat::test {
namespace {

using contracts::Access;

// The path with ids that name nothing.
std::string example_of(std::string_view path) {
    std::string target;
    while (!path.empty()) {
        const std::size_t open = std::min(path.find('{'), path.size());
        target.append(path.substr(0, open));
        if (open == path.size()) {
            break;
        }
        target.append("00000000-0000-7000-8000-000000000000");
        path.remove_prefix(path.find('}') + 1);
    }
    return target;
}

class Authorization : public testing::Test {
  protected:
    Task<int> status(const contracts::Operation& operation, std::string token) {
        const bool has_body = operation.spec.method != "GET" && operation.spec.method != "DELETE";
        auto answer =
            co_await caller_.call(std::string{operation.spec.method},
                                  example_of(operation.spec.path), token, has_body ? "{}" : "");
        EXPECT_LT(answer.status, 500) << operation.name << " " << answer.body;
        co_return answer.status;
    }

    PlatformUnderTest platform_{{}};
    aio::Loop loop_{"client"};
    HttpCaller caller_{loop_, platform_.port()};
};

TEST_F(Authorization, holds_for_every_route_and_every_kind_of_caller) {
    auto body = [&]() -> Task<void> {
        const std::string admin = co_await caller_.make_user("first");
        const std::string user = co_await caller_.make_user("second");
        const auto session = co_await caller_.call("POST", "/session/create", "", "{}");
        const std::string guest = session.text("token");
        for (const contracts::Operation& operation : contracts::all_operations()) {
            const std::string name{operation.name};
            if (name.starts_with("logout") || name == "change_password") {
                continue;  // they would end the sessions of this test
            }
            const int as_nobody = co_await status(operation, "");
            const int as_user = co_await status(operation, user);
            const int as_guest = co_await status(operation, guest);
            const int as_admin = co_await status(operation, admin);
            const int as_forged =
                co_await status(operation, "eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.");
            switch (operation.spec.access) {
                case Access::internal:
                    EXPECT_EQ(as_nobody, 404) << name;
                    EXPECT_EQ(as_guest, 404) << name;
                    EXPECT_EQ(as_user, 404) << name;
                    EXPECT_EQ(as_admin, 404) << name;
                    break;
                case Access::admin:
                    EXPECT_EQ(as_nobody, 401) << name;
                    EXPECT_EQ(as_guest, 403) << name;
                    EXPECT_EQ(as_user, 403) << name;
                    EXPECT_NE(as_admin, 403) << name;
                    EXPECT_EQ(as_forged, 401) << name;
                    break;
                case Access::user:
                    EXPECT_EQ(as_nobody, 401) << name;
                    EXPECT_EQ(as_forged, 401) << name;
                    EXPECT_EQ(as_guest, 403) << name;
                    EXPECT_NE(as_user, 401) << name;
                    break;
                case Access::guest:
                    EXPECT_EQ(as_nobody, 401) << name;
                    EXPECT_EQ(as_forged, 401) << name;
                    EXPECT_TRUE(as_guest != 401 && as_guest != 403) << name << " " << as_guest;
                    EXPECT_NE(as_user, 401) << name;
                    break;
                case Access::anyone:
                    EXPECT_NE(as_nobody, 403) << name;
                    // Of a path that names something there is nothing like the example.
                    EXPECT_TRUE(as_nobody != 404 || operation.spec.path.contains('{')) << name;
                    break;
            }
        }
    };

    run_to_end(loop_, body());
}

TEST_F(Authorization, the_operators_pages_belong_to_administrators) {
    auto body = [&]() -> Task<void> {
        const std::string admin = co_await caller_.make_user("first");
        const std::string user = co_await caller_.make_user("second");
        for (const std::string path :
             {"/internal/health", "/internal/metrics", "/actuator", "/actuator/health",
              "/actuator/health/liveness", "/actuator/info", "/actuator/metrics/process.uptime",
              "/actuator/prometheus", "/actuator/loggers/chat", "/actuator/env/gateway.port"}) {
            EXPECT_EQ((co_await caller_.call("GET", path, "", "")).status, 401) << path;
            EXPECT_EQ((co_await caller_.call("GET", path, user, "")).status, 403) << path;
            EXPECT_EQ((co_await caller_.call("GET", path, admin, "")).status, 200) << path;
        }
        EXPECT_EQ((co_await caller_.call("GET", "/healthz", "", "")).status, 200);
    };

    run_to_end(loop_, body());
}

}  // namespace
}  // namespace loquat::test
