#include "services/gateway/tests/harness.hpp"

namespace loquat::gateway {
namespace {

class Hops : public GatewayHarness, public testing::Test {
  protected:
    Hops() {
        upstream_ = &add_upstream([](net::http::Exchange& exchange) -> Task<void> {
            exchange.start(200).raw("Via: 1.1 behind\r\nAllow: GET\r\n");
            co_await exchange.finish(exchange.head().is("HEAD") ? "" : "behind");
        });
        add_route("r", "/up/**", {upstream_->url()});
        start();
    }
    static std::vector<std::string> values(const net::http::Headers& headers,
                                           std::string_view name) {
        std::vector<std::string> found;
        for (const auto& item : headers) {
            if (net::http::equal_names(item.name, name)) {
                found.push_back(item.value);
            }
        }
        return found;
    }
    bool upstream_saw(std::string_view line) const {
        return upstream_->heads().back().find("\n" + std::string{line} + "\n") != std::string::npos;
    }

    FakeUpstream* upstream_;
};

TEST_F(Hops, are_told_by_via_both_ways) {
    const auto response = get("/up/x", {{"Via", "1.0 before"}});

    const std::string& head = upstream_->heads().at(0);
    EXPECT_LT(head.find("\nvia: 1.0 before\n"), head.find("\nvia: 1.1 loquat\n")) << head;
    EXPECT_TRUE(upstream_saw("via: 1.1 loquat"));
    EXPECT_EQ(values(response.headers, "Via"),
              (std::vector<std::string>{"1.1 behind", "1.1 loquat"}));
}

TEST_F(Hops, are_told_with_the_version_that_the_message_came_in) {
    const std::string answer = send_raw("GET /up/x HTTP/1.0\r\nHost: x\r\n\r\n");

    EXPECT_TRUE(upstream_saw("via: 1.0 loquat"));
    EXPECT_NE(answer.find("Via: 1.1 loquat\r\n"), std::string::npos) << answer;
}

TEST_F(Hops, are_not_told_by_what_the_gateway_says_itself) {
    EXPECT_FALSE(get("/api/open").headers.contains("Via"));
}

TEST_F(Hops, that_are_used_up_end_here) {
    const auto asked =
        send({.method = "OPTIONS", .target = "/up/x", .headers = {{"Max-Forwards", "0"}}});
    const auto traced =
        send({.method = "TRACE", .target = "/up/x", .headers = {{"Max-Forwards", "00"}}});

    EXPECT_EQ(asked.status, 204);
    EXPECT_EQ(asked.headers.get("Allow"), "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, QUERY");
    EXPECT_EQ(traced.status, 405);
    EXPECT_EQ(traced.headers.get("Allow"), "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS, QUERY");
    EXPECT_TRUE(upstream_->heads().empty());
}

TEST_F(Hops, are_counted_down) {
    const std::pair<const char*, const char*> rows[] = {
        {"1", "0"}, {"10", "9"}, {"007", "6"}, {"99999999999999999999", "999999999999999998"}};
    for (const char* method : {"OPTIONS", "TRACE"}) {
        for (const auto& [given, wanted] : rows) {
            const auto response =
                send({.method = method, .target = "/up/x", .headers = {{"Max-Forwards", given}}});

            EXPECT_EQ(response.status, 200) << given;
            EXPECT_TRUE(upstream_saw("max-forwards: " + std::string{wanted})) << given;
        }
    }
}

TEST_F(Hops, are_not_counted_for_other_methods) {
    for (const char* method : {"GET", "POST", "DELETE"}) {
        send({.method = method, .target = "/up/x", .headers = {{"Max-Forwards", "0"}}});

        EXPECT_TRUE(upstream_saw("max-forwards: 0")) << method;
    }
}

TEST_F(Hops, that_are_no_number_are_refused) {
    for (const char* value : {"", "-1", "+1", "1.0", "one", "1, 2"}) {
        const auto response =
            send({.method = "OPTIONS", .target = "/up/x", .headers = {{"Max-Forwards", value}}});

        EXPECT_EQ(response.status, 400) << value;
    }
    const auto twice =
        send({.method = "TRACE",
              .target = "/up/x",
              .headers = net::http::Headers{{"Max-Forwards", "1"}, {"Max-Forwards", "1"}}});
    EXPECT_EQ(twice.status, 400);
    EXPECT_TRUE(upstream_->heads().empty());
}

}  // namespace
}  // namespace loquat::gateway
