#include "contracts/registry.hpp"
#include "services/gateway/tests/harness.hpp"

namespace loquat::gateway {
namespace {

// The product's own routes, whose services only a registry knows.
class FoundServices : public GatewayHarness, public testing::Test {
  protected:
    void SetUp() override {
        known = contracts::all_operations();
        is_told_by_registry = true;
        start();
    }
};

TEST_F(FoundServices, are_called_wherever_they_register) {
    FakeUpstream& chat = add_upstream(text_answer("[]"));
    const auto before = get("/api/chats", {{"Authorization", "Bearer user-1"}});

    set_instances("chat", {chat.url()}, {"ChatApi"});
    const auto after = get("/api/chats", {{"Authorization", "Bearer user-1"}});

    EXPECT_EQ(before.status, 503);
    EXPECT_TRUE(before.body.contains("upstream.unavailable")) << before.body;
    EXPECT_EQ(after.status, 200);
    EXPECT_TRUE(chat.heads().at(0).contains("\nx-loquat-caller: ")) << chat.heads().at(0);
}

TEST_F(FoundServices, are_none_of_others_that_only_have_their_name) {
    FakeUpstream& stranger = add_upstream(text_answer("{}"));
    set_instances("auth", {stranger.url()}, {});

    const auto answer = post("/api/auth/login", R"({"email":"a@b.c","password":"secret word"})",
                             {{"Content-Type", "application/json"}});

    EXPECT_EQ(answer.status, 503);
    EXPECT_TRUE(answer.body.contains("upstream.other_contract")) << answer.body;
    EXPECT_TRUE(stranger.heads().empty()) << "who has a name is not told passwords";
}

TEST_F(FoundServices, stand_in_the_document_of_the_api) {
    EXPECT_TRUE(get("/api/openapi.json").body.contains("/api/chats"));
}

}  // namespace
}  // namespace loquat::gateway
