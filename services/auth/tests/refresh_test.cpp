#include <set>

#include "aio/scope.hpp"
#include "services/auth/tests/world.hpp"

namespace loquat::auth {
namespace {

using namespace std::chrono_literals;

TEST_F(World, refreshing_rotates_the_token_and_keeps_the_session) {
    const auto first = sign_up("ann");
    clock.advance(14min);

    const auto second = refresh(*first.refresh_token);

    EXPECT_NE(second.refresh_token, first.refresh_token);
    EXPECT_EQ(claims_of(second.access_token).session, caller_of(second).session.to_string());
    EXPECT_EQ(claims_of(second.access_token).expires_at, clock.now() + 15min);
    EXPECT_EQ(run(auth.list_sessions(caller_of(second), {})).items.at(0).last_seen_at, clock.now());
}

TEST_F(World, a_spent_refresh_token_ends_the_family_for_thief_and_owner) {
    const auto first = sign_up("ann");
    const auto second = refresh(*first.refresh_token);
    clock.advance(11s);

    EXPECT_EQ(code_of([&] { refresh(*first.refresh_token); }), "auth.refresh_reused");
    EXPECT_EQ(code_of([&] { refresh(*second.refresh_token); }), "auth.refresh_reused");
    ASSERT_EQ(feed.published.size(), 1U) << "its access tokens end too, once";
    EXPECT_EQ(feed.published[0].session_id, caller_of(second).session);
    EXPECT_TRUE(run(auth.list_sessions(caller_of(second), {})).items.empty());
}

TEST_F(World, a_reused_family_leaves_other_sessions_alone) {
    const auto here = sign_up("ann");
    const auto elsewhere = sign_in("ann");
    refresh(*here.refresh_token);
    clock.advance(11s);
    EXPECT_EQ(code_of([&] { refresh(*here.refresh_token); }), "auth.refresh_reused");

    EXPECT_EQ(code_of([&] { refresh(*elsewhere.refresh_token); }), "");
}

TEST_F(World, fifty_refreshes_at_once_yield_one_successor) {
    const auto session = sign_up("ann");
    std::vector<contracts::Session> answers;
    aio::Signal complete;
    auto one = [&](std::string token) -> Task<void> {
        auto reply = co_await auth.refresh(stranger(), {.refresh_token = std::move(token)});
        answers.push_back(std::move(reply.body));
        if (answers.size() == 50) {
            complete.set();
        }
    };
    auto all = [&]() -> Task<void> {
        aio::Scope scope{loop, "test"};
        for (int i = 0; i < 50; ++i) {
            scope.start(one(*session.refresh_token));
        }
        co_await complete.wait();
        co_await scope.close();
    };

    run(all());

    std::set<std::string> successors;
    for (const auto& answer : answers) {
        successors.insert(answer.refresh_token.value());
        claims_of(answer.access_token);
    }
    EXPECT_EQ(successors.size(), 1U);
    EXPECT_EQ(code_of([&] { refresh(*successors.begin()); }), "");
}

TEST_F(World, a_lost_answer_can_be_asked_for_again_within_ten_seconds) {
    const auto first = sign_up("ann");
    const auto lost = refresh(*first.refresh_token);
    clock.advance(10s);

    const auto again = refresh(*first.refresh_token);

    EXPECT_EQ(again.refresh_token, lost.refresh_token);
}

TEST_F(World, anything_else_is_not_a_refresh_token) {
    const auto session = sign_up("ann");
    const auto forged = RefreshToken::make(caller_of(session).session).to_text();

    EXPECT_EQ(code_of([&] { refresh("x"); }), "auth.refresh_invalid");
    EXPECT_EQ(code_of([&] { refresh(session.access_token); }), "auth.refresh_invalid");
    EXPECT_EQ(code_of([&] { refresh(forged); }), "auth.refresh_invalid");
    EXPECT_EQ(code_of([&] { run(auth.refresh(stranger(), {})); }), "auth.invalid_token");
    EXPECT_EQ(code_of([&] { refresh(*session.refresh_token); }), "");
}

std::string cookie_of(const contracts::Reply<contracts::Session>& reply) {
    for (const auto& [name, value] : reply.headers) {
        if (name == "Set-Cookie") {
            return value;
        }
    }
    return "";
}

TEST_F(World, browsers_get_the_refresh_token_in_a_cookie_and_nowhere_else) {
    auto caller = stranger();
    caller.is_secure = true;

    const auto reply =
        run(auth.register_user(caller, {.username = "ann", .password = password, .cookie = true}));

    const std::string cookie = cookie_of(reply);
    EXPECT_EQ(reply.body.refresh_token, std::nullopt);
    EXPECT_TRUE(cookie.starts_with("loquat_refresh="));
    for (const char* part :
         {"; HttpOnly", "; SameSite=Strict", "; Secure", "; Path=/api/auth", "; Max-Age=2592000"}) {
        EXPECT_TRUE(cookie.contains(part)) << part;
    }
}

TEST_F(World, the_cookie_is_not_marked_secure_without_tls) {
    const auto reply = run(
        auth.register_user(stranger(), {.username = "ann", .password = password, .cookie = true}));

    EXPECT_FALSE(cookie_of(reply).contains("Secure"));
}

TEST_F(World, refreshing_by_cookie_is_for_the_same_site_only) {
    const auto reply = run(
        auth.register_user(stranger(), {.username = "ann", .password = password, .cookie = true}));
    auto caller = stranger();
    std::string cookie = cookie_of(reply);
    const auto refresh_from = [&](std::string origin) {
        caller.refresh_cookie = cookie.substr(15, cookie.find(';') - 15);
        caller.origin = std::move(origin);
        return code_of([&] {
            const auto next = run(auth.refresh(caller, {}));
            EXPECT_EQ(next.body.refresh_token, std::nullopt);
            cookie = cookie_of(next);
        });
    };

    EXPECT_EQ(refresh_from("https://chat.example"), "");
    EXPECT_EQ(refresh_from("https://desk.example"), "") << "configured";
    EXPECT_EQ(refresh_from(""), "") << "not a browser";
    for (const char* foreign : {"https://evil.example", "null", "https://chat.example.evil.example",
                                "https://evil.example/https://chat.example", "chat.example"}) {
        EXPECT_EQ(refresh_from(foreign), "auth.origin_refused") << foreign;
    }
}

TEST_F(World, logging_out_takes_the_cookie_back) {
    auto caller = caller_of(sign_up("ann"));
    caller.refresh_cookie = "anything";

    const auto reply = run(auth.logout(caller, {}));

    ASSERT_EQ(reply.headers.size(), 1U);
    EXPECT_TRUE(reply.headers[0].second.contains("Max-Age=0"));
}

}  // namespace
}  // namespace loquat::auth
