#include "services/gateway/domain/fields.hpp"

#include "base/text.hpp"
#include "services/gateway/tests/harness.hpp"

namespace loquat::gateway {
namespace {

class ForwardedFields : public GatewayHarness, public testing::Test {
  protected:
    ForwardedFields() {
        upstream_ = &add_upstream([this](net::http::Exchange& exchange) -> Task<void> {
            exchange.start(200).raw(answer_);
            co_await exchange.finish("behind");
        });
        add_route("r", "/up/**", {upstream_->url()});
    }
    // The head that the upstream got, names in lower case.
    std::string ask(net::http::Headers fields) {
        last_ = get("/up/x", std::move(fields));
        return upstream_->heads().back();
    }

    FakeUpstream* upstream_;
    std::string answer_;  // lines of its head
    net::http::ClientResponse last_;
};

TEST_F(ForwardedFields, that_any_connection_line_names_end_here) {
    start();

    const std::string head = ask({{"Connection", "X-One"},
                                  {"Connection", "keep-alive, x-two ,\tX-Three"},
                                  {"Connection", "X-Four"},
                                  {"X-One", "1"},
                                  {"X-Two", "2"},
                                  {"X-Three", "3"},
                                  {"X-Four", "4"},
                                  {"X-Five", "5"}});

    for (const char* gone : {"x-one", "x-two", "x-three", "x-four", "connection"}) {
        EXPECT_EQ(head.find(gone), std::string::npos) << head;
    }
    EXPECT_NE(head.find("x-five: 5"), std::string::npos);
}

TEST_F(ForwardedFields, of_a_hop_end_here) {
    start();

    for (const char* name :
         {"Keep-Alive", "TE", "Trailer", "Proxy", "Proxy-Authorization", "Proxy-Authenticate",
          "Proxy-Connection", "Proxy-Authentication-Info", "proxy-anything", "HTTP2-Settings"}) {
        EXPECT_EQ(ask({{name, "this-hop"}}).find("this-hop"), std::string::npos) << name;
    }
}

TEST_F(ForwardedFields, that_a_message_needs_cannot_be_named_away) {
    start();

    const std::string head = ask({{"Connection", "authorization, cookie, content-type, host"},
                                  {"Authorization", "Basic abc"},
                                  {"Cookie", "a=b"},
                                  {"Content-Type", "text/plain"}});

    EXPECT_NE(head.find("authorization: Basic abc"), std::string::npos);
    EXPECT_NE(head.find("cookie: a=b"), std::string::npos);
    EXPECT_NE(head.find("content-type: text/plain"), std::string::npos);
    EXPECT_NE(head.find("host: "), std::string::npos);
}

TEST_F(ForwardedFields, of_answers_end_at_every_connection_line_too) {
    answer_ =
        "Connection: X-One\r\nConnection: x-two, set-cookie\r\nX-One: 1\r\nX-Two: 2\r\nX-Five: "
        "5\r\n"
        "Keep-Alive: timeout=5\r\nTrailer: X-T\r\nProxy-Authenticate: Basic\r\nSet-Cookie: a=b\r\n"
        "Proxy-Status: ours\r\n";
    start();

    ask({});

    for (const char* gone : {"X-One", "X-Two", "Keep-Alive", "Trailer", "Proxy-Authenticate"}) {
        EXPECT_FALSE(last_.headers.contains(gone)) << gone;
    }
    EXPECT_EQ(last_.headers.get("X-Five"), "5");
    EXPECT_EQ(last_.headers.get("Set-Cookie"), "a=b");
    EXPECT_EQ(last_.headers.get("Proxy-Status"), "ours");
}

constexpr std::array proxy_words{"X-Forwarded-Host",
                                 "X-Forwarded-Proto",
                                 "X-Forwarded-Port",
                                 "X-Forwarded-For",
                                 "X-Forwarded-Prefix",
                                 "X-Forwarded-Server",
                                 "X-Forwarded",
                                 "Forwarded",
                                 "X-Real-IP",
                                 "X-Client-IP",
                                 "True-Client-IP",
                                 "CF-Connecting-IP",
                                 "X-Original-URL",
                                 "X-Original-Host",
                                 "X-Rewrite-URL",
                                 "X-Host",
                                 "Remote-User",
                                 "X-Remote-User",
                                 "Forwarded-For",
                                 "X-Original-Forwarded-For",
                                 "Front-End-Https",
                                 "X-Url-Scheme",
                                 "X-Scheme",
                                 "X-ProxyUser-Ip",
                                 "X-Auth-Request-User",
                                 "X-WEBAUTH-USER",
                                 "X-Envoy-Original-Path",
                                 "X-Appengine-User-Ip",
                                 "X-SSL-Client-Cert",
                                 "SSL-Client-Verify",
                                 "Client-Cert",
                                 "Client-Cert-Chain",
                                 "X-Client-Cert",
                                 "X-ARR-SSL",
                                 "WL-Proxy-Client-IP",
                                 "CF-Visitor",
                                 "X-Azure-SocketIP",
                                 "X-Sendfile-Type",
                                 "X-Accel-Mapping"};

TEST_F(ForwardedFields, that_only_a_proxy_knows_are_not_taken_from_strangers) {
    start();

    for (const char* name : proxy_words) {
        for (const std::string& spelling :
             {std::string{name}, to_lower_ascii(name), std::string{name} + "_"}) {
            EXPECT_EQ(ask({{spelling, "strangers-word"}}).find("strangers-word"), std::string::npos)
                << spelling;
        }
    }
    const std::string head = ask({{"X-Forwarded-Host", "evil"}, {"X-Forwarded-Proto", "https"}});
    EXPECT_NE(head.find("x-forwarded-host: " + origin().authority()), std::string::npos);
    EXPECT_NE(head.find("x-forwarded-proto: http\n"), std::string::npos);
    EXPECT_NE(head.find("x-forwarded-for: 127.0.0.1\n"), std::string::npos);
}

TEST_F(ForwardedFields, that_only_services_write_are_taken_from_nobody) {
    config.trusted_proxies = {"127.0.0.0/8"};
    start();

    for (const char* name : {"X-Loquat-Caller", "X-Loquat-Deadline", "X-Loquat-Anything",
                             "X-Internal-API-Key", "x_loquat_caller", "X-Internal_API-Key"}) {
        EXPECT_EQ(ask({{name, "strangers-word"}}).find("strangers-word"), std::string::npos)
            << name;
    }
}

TEST_F(ForwardedFields, that_only_a_proxy_knows_are_taken_from_a_trusted_one) {
    config.trusted_proxies = {"127.0.0.0/8"};
    start();

    for (const char* name : {"X-Forwarded-Host", "X-Forwarded-Port", "X-Forwarded-For", "Forwarded",
                             "X-Real-IP", "X-Original-URL"}) {
        EXPECT_NE(ask({{name, "198.51.100.7"}}).find("198.51.100.7"), std::string::npos) << name;
    }
}

}  // namespace
}  // namespace loquat::gateway
