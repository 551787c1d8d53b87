#include <gtest/gtest.h>

#include "testing/http_caller.hpp"
#include "testing/platform/platform_under_test.hpp"
#include "wire/json.hpp"

// What people did, from the services through log and consumer to the administrator's list.
namespace loquat::test {
namespace {

class AuditTrailTest : public testing::TestWithParam<runtime::Calls> {
  protected:
    Task<std::string> audit(std::string query) {
        const auto answer =
            co_await caller_.call("GET", "/api/audit?limit=200" + query, admin_, "");
        EXPECT_EQ(answer.status, 200);
        co_return answer.body;
    }

    // Records come a moment after what they tell; the whole list once it has that action.
    Task<std::string> audit_with(std::string action) {
        const std::string quoted = '"' + action + '"';
        const auto has_it = [&](const HttpCaller::Answer& answer) {
            return answer.body.contains(quoted);
        };
        const auto answer = co_await caller_.get_until("/api/audit?limit=200", admin_, has_it);
        EXPECT_TRUE(has_it(answer)) << answer.body;
        co_return answer.body;
    }

    static std::vector<std::string> actions_of(const std::string& list) {
        std::vector<std::string> actions;
        for (const wire::Value& item : *wire::parse(list).find("items")->if_array()) {
            actions.push_back(*item.find("action")->if_string());
        }
        return actions;
    }

    PlatformUnderTest platform_{{.calls = GetParam()}};
    aio::Loop loop_{"client"};
    HttpCaller caller_{loop_, platform_.port()};
    std::string admin_;
};

using Acts = std::vector<std::string>;

TEST_P(AuditTrailTest, shows_administrators_what_people_did_and_never_what_they_typed) {
    auto body = [&]() -> Task<void> {
        admin_ = co_await caller_.make_user("first");
        const std::string user = co_await caller_.make_user("second");
        for (int i = 0; i < 3; ++i) {
            const std::string wrong = R"({"login":"second","password":"a-typed-secret"})";
            EXPECT_EQ((co_await caller_.call("POST", "/api/auth/login", "", wrong)).status, 401);
        }
        const std::string room = R"({"kind":"group","title":"Room"})";
        const auto made = co_await caller_.call("POST", "/api/chats", user, room);
        const std::string id = *wire::parse(made.body).find("id")->if_string();
        EXPECT_EQ((co_await caller_.call("DELETE", "/api/chats/" + id, user, "")).status, 204);
        EXPECT_EQ((co_await caller_.call("GET", "/api/audit", user, "")).status, 403);

        const std::string list = co_await audit_with("chat.deleted");
        const std::string of_auth = co_await audit("&action=auth.");
        const std::string deletions = co_await audit("&action=chat.deleted");

        EXPECT_EQ(actions_of(list), (Acts{"chat.deleted", "auth.sign_in_failed", "auth.registered",
                                          "auth.registered"}));
        EXPECT_EQ(actions_of(of_auth),
                  (Acts{"auth.sign_in_failed", "auth.registered", "auth.registered"}));
        EXPECT_EQ(actions_of(deletions), (Acts{"chat.deleted"}));
        EXPECT_TRUE(list.contains(id));
        EXPECT_TRUE(list.contains("\"actor\":\"second\""));
        EXPECT_TRUE(list.contains("\"outcome\":\"auth.invalid_credentials\""));
        EXPECT_FALSE(list.contains("a-typed-secret"));
    };

    run_to_end(loop_, body());
}

INSTANTIATE_TEST_SUITE_P(Modes, AuditTrailTest,
                         testing::Values(runtime::Calls::direct, runtime::Calls::loopback),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace
}  // namespace loquat::test
