#include "services/gateway/domain/credentials.hpp"

#include "contracts/auth/auth.hpp"
#include "net/jose/jws.hpp"
#include "services/gateway/tests/harness.hpp"
#include "wire/json.hpp"

namespace loquat::gateway {
namespace {

std::int64_t seconds(const wire::Value& claims, const char* name) {
    return std::get<std::int64_t>(claims.find(name)->any());
}

class Credentials : public GatewayHarness, public testing::Test {
  protected:
    Credentials() {
        upstream_ = &add_upstream([this](net::http::Exchange& exchange) -> Task<void> {
            exchange.start(200).raw(answer_);
            co_await exchange.finish("behind");
        });
        route_ = &add_route("r", "/up/**", {upstream_->url()});
    }
    // The head that the upstream got, names in lower case.
    std::string ask(const std::string& target, net::http::Headers fields) {
        last_ = get(target, std::move(fields));
        return upstream_->heads().back();
    }
    static std::string field(const std::string& head, const std::string& name) {
        const std::size_t at = head.find("\n" + name + ": ");
        const std::size_t begin = at + name.size() + 3;
        return at == std::string::npos ? "" : head.substr(begin, head.find('\n', begin) - begin);
    }
    static std::string own_cookie() { return std::string{contracts::refresh_cookie_name}; }

    FakeUpstream* upstream_;
    RouteConfig* route_;
    std::string answer_;  // lines of its head
    net::http::ClientResponse last_;
};

TEST_F(Credentials, of_loquat_do_not_reach_servers_behind) {
    start();

    for (const char* scheme : {"Bearer ", "bearer ", "BEARER\t", "Bearer  "}) {
        const std::string head = ask("/up/x", {{"Authorization", scheme + std::string{"user-1"}},
                                               {"Cookie", own_cookie() + "=user-1"}});

        EXPECT_EQ(head.find("user-1"), std::string::npos) << head;
        EXPECT_EQ(head.find("\ncookie:"), std::string::npos) << head;
        EXPECT_EQ(head.find("\nauthorization:"), std::string::npos) << head;
    }
}

TEST_F(Credentials, that_are_bad_do_not_reach_them_either) {
    start();

    const std::string head = ask("/up/x", {{"Authorization", "Bearer was-good-once"}});

    EXPECT_EQ(head.find("was-good-once"), std::string::npos) << head;
    EXPECT_EQ(field(head, "x-loquat-user"), "");
}

TEST_F(Credentials, of_the_servers_themselves_go_on) {
    start();

    const std::string head =
        ask("/up/x?a=1&access_tokens=2", {{"Authorization", "Basic abc"},
                                          {"Cookie", "a=b; " + own_cookie() + "=s3cret; c=\"d\""},
                                          {"Cookie", "e=f"}});

    EXPECT_EQ(field(head, "authorization"), "Basic abc");
    EXPECT_EQ(field(head, "cookie"), "a=b; c=\"d\"");
    EXPECT_NE(head.find("\ncookie: e=f\n"), std::string::npos);
    EXPECT_TRUE(head.starts_with("GET /up/x?a=1&access_tokens=2\n")) << head;
}

TEST_F(Credentials, in_queries_are_cut_out_and_the_rest_stays_byte_for_byte) {
    start();

    const std::pair<const char*, const char*> rows[] = {
        {"access_token=s3cret", ""},
        {"access_token", ""},
        {"a=b&access_token=s3cret&c=%20%2f+d", "?a=b&c=%20%2f+d"},
        {"access%5Ftoken=s3cret&x", "?x"},
        {"x&%61ccess_toke%6E=s3cret", "?x"},
        {"access_token=s3cret&access_token=s3cret", ""},
        {"a&&b=&=c&access_token=s3cret", "?a&&b=&=c"},
        {"my_access_token=1", "?my_access_token=1"},
    };
    for (const auto& [query, wanted] : rows) {
        const std::string head = ask("/up/x?" + std::string{query}, {});

        EXPECT_TRUE(head.starts_with("GET /up/x" + std::string{wanted} + "\n")) << head;
    }
}

TEST_F(Credentials, go_on_where_the_route_says_so) {
    route_->credentials = CredentialRule::pass;
    start();

    const std::string head = ask("/up/x?access_token=1", {{"Authorization", "Bearer user-1"},
                                                          {"Cookie", own_cookie() + "=2"}});

    EXPECT_EQ(field(head, "authorization"), "Bearer user-1");
    EXPECT_EQ(field(head, "cookie"), own_cookie() + "=2");
    EXPECT_TRUE(head.starts_with("GET /up/x?access_token=1\n"));
}

TEST_F(Credentials, are_replaced_by_a_token_that_only_the_server_behind_takes) {
    route_->audience = "wiki";
    start();

    const std::string head = ask("/up/x", {{"Authorization", "Bearer admin-7"},
                                           {"X-Loquat-Identity", "forged"},
                                           {"X-Loquat-User", "forged"},
                                           {"X-Loquat-Role", "forged"},
                                           {"X_Loquat_User", "forged"}});
    const auto keys = get(std::string{identity_keys_path});

    EXPECT_EQ(head.find("forged"), std::string::npos) << head;
    const auto token = net::jose::verify_compact(field(head, "x-loquat-identity"),
                                                 net::jose::KeySet::from_jwks(keys.body));
    ASSERT_TRUE(token.has_value());
    EXPECT_EQ(token->type, identity_type);
    const wire::Value claims = wire::parse(token->payload);
    EXPECT_EQ(*claims.find("aud")->if_string(), "wiki");
    EXPECT_EQ(*claims.find("iss")->if_string(), "loquat");
    EXPECT_EQ(*claims.find("sub")->if_string(), field(head, "x-loquat-user"));
    EXPECT_EQ(*claims.find("role")->if_string(), "admin");
    EXPECT_EQ(field(head, "x-loquat-role"), "admin");
    EXPECT_EQ(seconds(claims, "exp") - seconds(claims, "iat"), 60);
}

TEST_F(Credentials, name_nobody_where_nobody_has_signed_in) {
    start();

    const std::string head = ask("/up/x", {{"X-Loquat-Identity", "forged"}});

    EXPECT_EQ(head.find("x-loquat-"), std::string::npos) << head;
}

TEST_F(Credentials, are_not_set_by_servers_behind) {
    answer_ = "Set-Cookie: a=b\r\nSet-Cookie: " + own_cookie() + "=fixed; Path=/\r\n";
    start();

    ask("/up/x", {});

    EXPECT_EQ(last_.headers.get("Set-Cookie"), "a=b");
    for (const auto& item : last_.headers) {
        EXPECT_EQ(item.value.find("fixed"), std::string::npos) << item.name;
    }
}

TEST(IdentityTokens, are_made_once_in_a_while_for_a_session_and_audience) {
    FakeClock clock;
    IdentityTokens tokens{clock, net::jose::Key::generate(net::jose::Algorithm::es256), "loquat"};
    const runtime::Tokens::Identity ann{.username = "ann", .expires_at = Time::max()};
    runtime::Tokens::Identity boss = ann;
    boss.role = contracts::Role::admin;

    const std::string first{tokens.token_for(ann, "a")};
    const std::string again{tokens.token_for(ann, "a")};
    const std::string elsewhere{tokens.token_for(ann, "b")};
    const std::string as_admin{tokens.token_for(boss, "a")};
    clock.advance(IdentityTokens::lifetime / 2);
    const std::string later{tokens.token_for(ann, "a")};

    EXPECT_EQ(again, first);
    EXPECT_NE(elsewhere, first);
    EXPECT_NE(as_admin, first);
    EXPECT_NE(later, first);
}

TEST(IdentityTokens, of_one_gateway_are_checked_with_the_keys_of_another_one) {
    FakeClock clock;
    IdentityTokens tokens{clock, make_identity_key("secret"), "loquat"};
    const runtime::Tokens::Identity ann{.username = "ann", .expires_at = Time::max()};
    const std::string token{tokens.token_for(ann, "a")};

    const net::jose::KeySet of_another{{make_identity_key("secret")}};
    const net::jose::KeySet of_a_stranger{{make_identity_key("another secret")}};

    EXPECT_TRUE(net::jose::verify_compact(token, of_another).has_value());
    EXPECT_FALSE(net::jose::verify_compact(token, of_a_stranger).has_value());
}

TEST(IdentityTokens, do_not_outlive_the_session) {
    FakeClock clock;
    const net::jose::Key key = net::jose::Key::generate(net::jose::Algorithm::es256);
    IdentityTokens tokens{clock, key, "loquat"};
    const runtime::Tokens::Identity ann{.expires_at = clock.now() + std::chrono::seconds{7}};

    const std::string token{tokens.token_for(ann, "a")};

    const auto read = net::jose::verify_compact(token, net::jose::KeySet{{key}});
    ASSERT_TRUE(read.has_value());
    const wire::Value claims = wire::parse(read->payload);
    EXPECT_LE(seconds(claims, "exp") - seconds(claims, "iat"), 7);
}

}  // namespace
}  // namespace loquat::gateway
