#include "runtime/front/dispatcher.hpp"
#include "services/auth/tests/world.hpp"

// The contract's table over the service, as the pipeline runs it: JSON in, status and JSON out.
namespace loquat::auth {
namespace {

struct Routes : World {
    runtime::Dispatcher dispatcher{registry};

    Routes() {
        dispatcher.add("auth", static_cast<contracts::AuthApi*>(&auth), loop,
                       contracts::auth_operations());
    }

    struct Answer {
        int status = 0;
        wire::Value body;
        net::http::Headers headers;

        std::string text(std::string_view name) const {
            const wire::Value* member = body.find(name);
            return member != nullptr && member->if_string() ? *member->if_string() : "";
        }
    };

    Answer call(std::string method, std::string path, std::string body,
                contracts::Caller caller = stranger()) {
        auto work = [&]() -> Task<net::http::Response> {
            const auto match = dispatcher.find(method, path);
            auto raw = runtime::make_raw_call(match, "", body);
            co_return co_await runtime::Dispatcher::run(*match.operation, caller, std::move(raw));
        };
        auto response = run(work());
        Answer answer{.status = response.status};
        if (!response.body.empty()) {
            answer.body = wire::parse(response.body);
        }
        answer.headers = std::move(response.headers);
        return answer;
    }
};

TEST_F(Routes, register_sign_in_and_refresh_answer_as_the_contract_says) {
    const auto made = call("POST", "/api/auth/register",
                           R"({"username":"Ann","password":"a long enough secret"})");
    const auto in =
        call("POST", "/api/auth/login", R"({"login":"ann","password":"a long enough secret"})");
    const auto next = call("POST", "/api/auth/refresh",
                           R"({"refresh_token":")" + in.text("refresh_token") + "\"}");

    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(in.status, 200);
    EXPECT_EQ(next.status, 200);
    EXPECT_EQ(in.text("token_type"), "Bearer");
    EXPECT_EQ(*in.body.find("user")->find("username")->if_string(), "ann");
    EXPECT_TRUE(in.body.find("user")->find("email")->is_null());
    EXPECT_EQ(in.headers.get("Cache-Control"), "no-store");
    EXPECT_EQ(in.body.find("user")->find("password_hash"), nullptr);
}

TEST_F(Routes, refreshing_with_nothing_answers_401_as_with_a_bad_token) {
    for (const char* body : {"", "{}", R"({"refresh_token":null})", R"({"cookie":true})"}) {
        const auto answer = call("POST", "/api/auth/refresh", body);

        EXPECT_EQ(answer.status, 401) << body;
        EXPECT_EQ(answer.text("code"), "auth.invalid_token") << body;
    }
}

TEST_F(Routes, refusals_have_the_status_and_code_of_the_contract) {
    sign_up("ann");
    const auto wrong =
        call("POST", "/api/auth/login", R"({"login":"ann","password":"not the password"})");
    const auto taken = call("POST", "/api/auth/register",
                            R"({"username":"ann","password":"a long enough secret"})");
    const auto bad = call("POST", "/api/auth/register", R"({"username":"a","password":"x"})");
    const auto reused = call("POST", "/api/auth/refresh", R"({"refresh_token":"x"})");

    EXPECT_EQ(wrong.status, 401);
    EXPECT_EQ(wrong.text("code"), "auth.invalid_credentials");
    EXPECT_EQ(taken.status, 409);
    EXPECT_EQ(taken.text("code"), "auth.username_taken");
    EXPECT_EQ(bad.status, 422);
    EXPECT_EQ(bad.body.find("errors")->if_array()->size(), 2U);
    EXPECT_EQ(reused.status, 401);
    EXPECT_EQ(reused.text("code"), "auth.refresh_invalid");
}

TEST_F(Routes, too_many_attempts_are_429_with_a_time_to_wait) {
    sign_up("ann");
    Answer answer;
    for (int i = 0; i < 6; ++i) {
        answer = call("POST", "/api/auth/login", R"({"login":"ann","password":"not it at all"})");
    }

    EXPECT_EQ(answer.status, 429);
    EXPECT_EQ(answer.text("code"), "rate.limited");
    EXPECT_EQ(answer.headers.get("Retry-After"), "1");
}

TEST_F(Routes, the_key_set_is_public_and_holds_nothing_private) {
    const auto jwks = call("GET", "/.well-known/jwks.json", "");

    ASSERT_EQ(jwks.status, 200);
    const wire::Value& key = jwks.body.find("keys")->if_array()->at(0);
    EXPECT_NE(key.find("kid"), nullptr);
    EXPECT_EQ(key.find("d"), nullptr);
    EXPECT_EQ(*key.find("use")->if_string(), "sig");
}

TEST_F(Routes, the_older_designs_sign_in_has_its_own_form) {
    const auto made =
        call("POST", "/user/register", R"({"username":"ann","password":"a long enough secret"})");
    const auto in =
        call("POST", "/auth/login", R"({"username":"ann","password":"a long enough secret"})");

    EXPECT_EQ(made.status, 201);
    EXPECT_EQ(in.status, 200);
    EXPECT_FALSE(in.text("token").empty());
    EXPECT_FALSE(in.text("refresh_token").empty());
    EXPECT_EQ(in.body.find("access_token"), nullptr);
}

TEST_F(Routes, what_is_mine_needs_me_and_what_is_the_administrators_needs_one) {
    const auto admin = sign_up("ann");
    const auto bob = sign_up("bob");
    const std::string role = "/api/users/" + bob.user.id.to_string() + "/role";

    EXPECT_EQ(call("GET", "/api/auth/me", "").status, 401);
    EXPECT_EQ(call("POST", "/api/auth/logout", "").status, 401);
    EXPECT_EQ(call("GET", "/api/users", "").status, 401);
    EXPECT_EQ(call("PUT", role, R"({"role":"admin"})", caller_of(bob)).status, 403);
    EXPECT_EQ(call("POST", "/api/auth/keys/rotate", "", caller_of(bob)).status, 403);
    EXPECT_EQ(call("PUT", role, R"({"role":"admin"})", caller_of(admin)).status, 200);
    EXPECT_EQ(call("PUT", role, R"({"role":"king"})", caller_of(admin)).status, 422);
    EXPECT_EQ(call("GET", "/api/users/not-an-id", "", caller_of(bob)).status, 422);
    EXPECT_EQ(call("POST", "/api/auth/logout", "", caller_of(bob)).status, 204);
}

}  // namespace
}  // namespace loquat::auth
