#include "services/gateway/domain/request_id.hpp"
#include "services/gateway/domain/trace.hpp"
#include "services/gateway/tests/harness.hpp"
#include "wire/json.hpp"

namespace loquat::gateway {
namespace {

using namespace std::chrono_literals;

class GatewayTest : public testing::Test, protected GatewayHarness {
  protected:
    static std::string code_of(const net::http::ClientResponse& response) {
        const wire::Value problem = wire::parse(response.body);
        EXPECT_EQ(*problem.find("request_id")->if_string(), response.headers.get("X-Request-Id"));
        EXPECT_EQ(response.headers.get("Content-Type"), "application/problem+json");
        return *problem.find("code")->if_string();
    }
    std::string answer_of(const net::http::ClientResponse& response) {
        return std::to_string(response.status) + " " + code_of(response);
    }
};

TEST_F(GatewayTest, answers_for_services_of_this_process) {
    start();

    const auto response =
        get("/api/things/a%20b/parts/7?q=x+y", {{"Authorization", "Bearer user-1"},
                                                {"User-Agent", "test"},
                                                {"Cookie", "a=b; loquat_refresh=secret; c=d"},
                                                {"Idempotency-Key", "once"}});

    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body, R"({"ok":true})");
    EXPECT_EQ(response.headers.get("Content-Type"), "application/json");
    EXPECT_EQ(last_call.path, (decltype(last_call.path){{"id", "a b"}, {"part", "7"}}));
    EXPECT_EQ(last_call.query, (decltype(last_call.query){{"q", "x y"}}));
    EXPECT_EQ(last_caller.username, "user-1");
    EXPECT_EQ(last_caller.address, "127.0.0.1");
    EXPECT_EQ(last_caller.user_agent, "test");
    EXPECT_EQ(last_caller.refresh_cookie, "secret");
    EXPECT_EQ(last_caller.idempotency_key, "once");
    EXPECT_EQ(last_caller.request_id, response.headers.get("X-Request-Id"));
    EXPECT_TRUE(TraceParent::parse(last_caller.trace_parent));
}

TEST_F(GatewayTest, hands_an_idempotency_key_on_whole) {
    start();
    const std::string key = std::string(253, 'k') + "\u00e9";

    const auto response =
        post("/api/things", "{}", {{"Authorization", "Bearer user-1"}, {"Idempotency-Key", key}});

    EXPECT_EQ(last_caller.idempotency_key, key) << response.status;
}

TEST_F(GatewayTest, refuses_an_idempotency_key_that_it_would_have_to_change) {
    start();
    const std::vector<net::http::Headers> bad{{{"Idempotency-Key", std::string(256, 'k')}},
                                              {{"Idempotency-Key", ""}},
                                              {{"Idempotency-Key", "\xff"}},
                                              {{"Idempotency-Key", "a"}, {"idempotency-key", "a"}}};

    for (const net::http::Headers& fields : bad) {
        const auto response = post("/api/things", "{}", fields);

        EXPECT_EQ(response.status, 422);
        EXPECT_EQ(code_of(response), "request.invalid");
        EXPECT_NE(response.body.find("Idempotency-Key"), std::string::npos);
    }
}

TEST_F(GatewayTest, puts_security_fields_on_every_answer) {
    start();

    for (const char* target : {"/api/open", "/nothing", "/", "/api/open?%zz"}) {
        const auto response = get(target);
        EXPECT_EQ(response.headers.get("X-Content-Type-Options"), "nosniff") << target;
        EXPECT_TRUE(response.headers.contains("Referrer-Policy")) << target;
        EXPECT_TRUE(response.headers.contains("Permissions-Policy")) << target;
        EXPECT_TRUE(is_sane_request_id(response.headers.get("X-Request-Id"))) << target;
        EXPECT_TRUE(response.headers.contains("Date")) << target;
        EXPECT_FALSE(response.headers.contains("Strict-Transport-Security")) << target;
    }
}

TEST_F(GatewayTest, names_requests_that_it_cannot_even_read) {
    start();

    const std::string answer = send_raw("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");

    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_NE(answer.find("\r\nX-Request-Id: "), std::string::npos);
    EXPECT_NE(answer.find("\r\nX-Content-Type-Options: nosniff\r\n"), std::string::npos);
    EXPECT_NE(answer.find("\"request_id\":\""), std::string::npos);
}

TEST_F(GatewayTest, keeps_a_sane_request_id_and_makes_another_for_a_strange_one) {
    start();

    EXPECT_EQ(get("/api/open", {{"X-Request-Id", "abc-1.2_3"}}).headers.get("X-Request-Id"),
              "abc-1.2_3");
    const auto strange = get("/api/open", {{"X-Request-Id", "a b"}});
    EXPECT_TRUE(is_sane_request_id(strange.headers.get("X-Request-Id")));
}

TEST_F(GatewayTest, goes_on_with_a_trace_that_came_in) {
    start();

    get("/api/open", {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}});

    EXPECT_EQ(last_caller.trace_parent.substr(3, 32), "0af7651916cd43dd8448eb211c80319c");
    EXPECT_NE(last_caller.trace_parent.substr(36, 16), "b7ad6b7169203331");
}

TEST_F(GatewayTest, refuses_who_may_not) {
    start();
    const auto with = [&](std::string target, std::string token) {
        return get(std::move(target), {{"Authorization", "Bearer " + token}});
    };

    EXPECT_EQ(answer_of(get("/api/mine")), "401 auth.required");
    EXPECT_EQ(get("/api/mine").headers.get("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
    EXPECT_EQ(answer_of(with("/api/mine", "wrong")), "401 auth.invalid_token");
    EXPECT_EQ(answer_of(get("/api/mine", {{"Authorization", "Basic dXNlci0x"}})),
              "401 auth.required");
    EXPECT_EQ(with("/api/mine", "user-1").status, 200);
    EXPECT_EQ(answer_of(get("/api/admin")), "401 auth.required");
    EXPECT_EQ(answer_of(with("/api/admin", "user-1")), "403 auth.admin_only");
    EXPECT_EQ(with("/api/admin", "admin-1").status, 200);
    EXPECT_EQ(answer_of(with("/internal/hidden", "admin-1")), "404 request.no_route");
}

TEST_F(GatewayTest, ignores_a_bad_token_where_none_is_needed_but_knows_a_good_one) {
    start();

    EXPECT_EQ(get("/api/open", {{"Authorization", "Bearer wrong"}}).status, 200);
    EXPECT_FALSE(last_caller.user.has_value());
    get("/api/open", {{"Authorization", "Bearer user-1"}});
    EXPECT_TRUE(last_caller.user.has_value());
}

TEST_F(GatewayTest, turns_failures_into_problems) {
    start();

    EXPECT_EQ(answer_of(get("/api/refused")), "409 test.conflict");
    EXPECT_EQ(answer_of(get("/api/nothing", {{"Accept", "text/html"}})), "404 request.no_route");
    EXPECT_EQ(answer_of(get("/api/open?a=%zz")), "400 request.malformed_query");
    EXPECT_EQ(answer_of(get("/api//open")), "400 http.bad_path");
    EXPECT_EQ(answer_of(get("/api/x/../open")), "400 http.bad_path");
    EXPECT_EQ(answer_of(get("/api/%2e%2e/open")), "400 http.bad_path");
    EXPECT_EQ(answer_of(get("/api/a%2Fb")), "400 http.bad_path");
    EXPECT_EQ(get("/%61pi/open").status, 200);
}

TEST_F(GatewayTest, says_which_methods_there_are) {
    start();

    const auto refused = send({.method = "DELETE", .target = "/api/things"});
    const auto asked = send({.method = "OPTIONS", .target = "/api/things"});

    EXPECT_EQ(answer_of(refused), "405 request.method_not_allowed");
    EXPECT_EQ(refused.headers.get("Allow"), "POST, OPTIONS");
    EXPECT_EQ(asked.status, 204);
    EXPECT_EQ(asked.headers.get("Allow"), "POST, OPTIONS");
    EXPECT_EQ(send({.method = "HEAD", .target = "/api/open"}).status, 200);
    const std::string of_all = send_raw("OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_NE(of_all.find("204 No Content"), std::string::npos);
    EXPECT_NE(of_all.find("\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS\r\n"),
              std::string::npos)
        << of_all;
}

TEST_F(GatewayTest, does_not_take_a_wider_path_for_a_method_that_a_more_exact_one_lacks) {
    start();

    const auto refused = send({.method = "DELETE", .target = "/api/rooms/public"});
    const auto asked = send({.method = "OPTIONS", .target = "/api/rooms/public"});

    EXPECT_EQ(answer_of(refused), "405 request.method_not_allowed");
    EXPECT_EQ(refused.headers.get("Allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(asked.headers.get("Allow"), "GET, HEAD, OPTIONS");
    EXPECT_EQ(send({.method = "GET", .target = "/api/rooms/public"}).status, 200);
    EXPECT_EQ(send({.method = "DELETE", .target = "/api/rooms/7"}).status, 200);
    EXPECT_EQ(send({.method = "GET", .target = "/api/rooms/7"}).headers.get("Allow"),
              "DELETE, OPTIONS");
}

TEST_F(GatewayTest, tells_methods_that_it_does_not_know_from_those_that_a_path_has_not) {
    start();

    for (const char* target : {"/api/open", "/api/nothing", "/", "/healthz", "/api/docs"}) {
        for (const char* method : {"PROPFIND", "get", "FOO", "PURGE"}) {
            EXPECT_EQ(answer_of(send({.method = method, .target = target})),
                      "501 http.unsupported_method")
                << method << " " << target;
        }
    }
    for (const char* target : {"/api/open", "/", "/healthz", "/api/docs"}) {
        const auto traced = send({.method = "TRACE", .target = target});
        EXPECT_EQ(answer_of(traced), "405 request.method_not_allowed") << target;
        EXPECT_EQ(traced.headers.get("Allow"), "GET, HEAD, OPTIONS") << target;
        EXPECT_EQ(send({.method = "QUERY", .target = target}).status, 405) << target;
    }
    EXPECT_EQ(answer_of(send({.method = "TRACE", .target = "/api/nothing"})),
              "404 request.no_route");
}

TEST_F(GatewayTest, takes_only_json_of_the_right_size) {
    start();

    EXPECT_EQ(post("/api/things", "{}").status, 200);
    EXPECT_EQ(
        post("/api/things", "{}", {{"Content-Type", "application/json; charset=utf-8"}}).status,
        200);
    EXPECT_EQ(post("/api/things", "{}", {{"Content-Type", "application/merge-patch+json"}}).status,
              200);
    EXPECT_EQ(answer_of(post("/api/things", "a=b",
                             {{"Content-Type", "application/x-www-form-urlencoded"}})),
              "415 request.unsupported_media_type");
    for (const char* coding : {"gzip", "GZIP", "br", "deflate", "identity, gzip", "x"}) {
        EXPECT_EQ(answer_of(post("/api/things", "{}", {{"Content-Encoding", coding}})),
                  "415 request.unsupported_media_type")
            << coding;
    }
    EXPECT_EQ(post("/api/things", "{}", {{"Content-Encoding", "identity"}}).status, 200);
    EXPECT_EQ(answer_of(post("/api/things", std::string(1001, ' '))), "413 request.too_large");
    const std::string chunked = send_raw(
        "POST /api/things HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n800\r\n" +
        std::string(2048, ' ') + "\r\n0\r\n\r\n");
    EXPECT_NE(chunked.find("413 "), std::string::npos);
    const std::string body_of_get =
        send_raw("GET /api/open HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n" +
                 std::string(5000, 'x'));
    EXPECT_NE(body_of_get.find("413 "), std::string::npos);
}

TEST_F(GatewayTest, compresses_large_answers_for_who_takes_it) {
    start();

    const auto plain = get("/api/big");
    const auto packed = get("/api/big", {{"Accept-Encoding", "br;q=0, gzip"}});
    const auto small = get("/api/open", {{"Accept-Encoding", "gzip"}});

    EXPECT_EQ(plain.body.size(), big_body.size() + 2);
    EXPECT_EQ(plain.headers.get("Vary"), "Accept-Encoding");
    EXPECT_EQ(packed.headers.get("Content-Encoding"), "gzip");
    EXPECT_LT(packed.body.size(), 200U);
    EXPECT_FALSE(small.headers.contains("Content-Encoding"));
}

TEST_F(GatewayTest, limits_addresses_and_users) {
    config.limits.address_per_minute = 3;
    config.limits.user_per_minute = 5;
    start();
    const net::http::Headers user{{"Authorization", "Bearer user-1"}};
    const auto count_allowed = [&](const net::http::Headers& headers) {
        int allowed = 0;
        for (int i = 0; i < 10; ++i) {
            allowed += get("/api/open", headers).status == 200 ? 1 : 0;
        }
        return allowed;
    };

    const auto first = get("/api/open");
    EXPECT_EQ(count_allowed({}), 2);
    const auto refused = get("/api/open");
    EXPECT_EQ(count_allowed(user), 5);
    EXPECT_EQ(count_allowed({{"Authorization", "Bearer user-2"}}), 5);
    clock.advance(20s);

    EXPECT_EQ(first.headers.get("RateLimit-Limit"), "3");
    EXPECT_EQ(first.headers.get("RateLimit-Remaining"), "2");
    EXPECT_EQ(first.headers.get("RateLimit-Reset"), "20");
    EXPECT_EQ(answer_of(refused), "429 rate.limited");
    EXPECT_EQ(refused.headers.get("Retry-After"), "20");
    EXPECT_EQ(refused.headers.get("RateLimit-Remaining"), "0");
    EXPECT_EQ(count_allowed({}), 1);
    EXPECT_EQ(get("/api/free").status, 200);
    EXPECT_FALSE(get("/api/free").headers.contains("RateLimit-Limit"));
}

TEST_F(GatewayTest, counts_refused_tokens_for_the_address) {
    config.limits.address_per_minute = 2;
    start();
    const auto guess = [&] { return get("/api/mine", {{"Authorization", "Bearer guess"}}); };

    EXPECT_EQ(guess().status, 401);
    EXPECT_EQ(guess().status, 401);
    EXPECT_EQ(guess().status, 429);
}

TEST_F(GatewayTest, limits_sign_in_by_address_and_account) {
    config.limits.sign_in_per_minute = 2;
    start();
    const auto try_as = [&](std::string body) {
        return post("/api/login", std::move(body)).status;
    };

    EXPECT_EQ(try_as(R"({"login":"ana","password":"1"})"), 200);
    EXPECT_EQ(try_as(R"({"login":"ANA ","password":"2"})"), 200);
    EXPECT_EQ(try_as(R"({"login":"ana","password":"3"})"), 429);
    EXPECT_EQ(try_as(R"({"username":"ben","password":"1"})"), 200);
    EXPECT_EQ(last_call.body, R"({"username":"ben","password":"1"})");
    EXPECT_EQ(try_as("not json"), 200);
    EXPECT_EQ(try_as(""), 200);
    EXPECT_EQ(try_as("[]"), 429);
}

TEST_F(GatewayTest, can_go_without_limits) {
    config.limits.address_per_minute = 1;
    config.limits.sign_in_per_minute = 1;
    config.limits.enabled = false;
    start();

    for (int i = 0; i < 5; ++i) {
        EXPECT_EQ(get("/api/open").status, 200);
        EXPECT_EQ(post("/api/login", "{}").status, 200);
    }
    EXPECT_FALSE(get("/api/open").headers.contains("RateLimit-Limit"));
}

TEST_F(GatewayTest, answers_allowed_origins_and_no_others) {
    origins = {"https://app.example.org"};
    start();
    const net::http::Headers preflight{{"Origin", "https://app.example.org"},
                                       {"Access-Control-Request-Method", "POST"}};

    const auto allowed = get("/api/open", {{"Origin", "https://app.example.org"}});
    const auto other = get("/api/open", {{"Origin", "https://evil.example"}});
    const auto asked = send({.method = "OPTIONS", .target = "/api/things", .headers = preflight});
    const auto asked_by_other =
        send({.method = "OPTIONS",
              .target = "/api/things",
              .headers = {{"Origin", "null"}, {"Access-Control-Request-Method", "POST"}}});

    EXPECT_EQ(allowed.headers.get("Access-Control-Allow-Origin"), "https://app.example.org");
    EXPECT_EQ(allowed.headers.get("Access-Control-Allow-Credentials"), "true");
    EXPECT_EQ(other.status, 200);
    EXPECT_FALSE(other.headers.contains("Access-Control-Allow-Origin"));
    EXPECT_EQ(asked.status, 204);
    EXPECT_EQ(asked.headers.get("Access-Control-Allow-Methods"), "POST, OPTIONS");
    EXPECT_EQ(asked_by_other.status, 204);
    EXPECT_FALSE(asked_by_other.headers.contains("Access-Control-Allow-Origin"));
}

TEST_F(GatewayTest, shows_operations_to_admins_only) {
    start();
    const net::http::Headers admin{{"Authorization", "Bearer admin-1"}};

    for (const char* path : {"/internal/health", "/internal/metrics", "/actuator", "/actuator/info",
                             "/actuator/metrics/process.uptime"}) {
        EXPECT_EQ(get(path).status, 401) << path;
        EXPECT_EQ(get(path, {{"Authorization", "Bearer user-1"}}).status, 403) << path;
        EXPECT_EQ(get(path, admin).body, std::string{"operator GET "} + path);
    }
    for (const char* probe : {"/livez", "/readyz"}) {
        EXPECT_EQ(get(probe).body, std::string{"GET "} + probe);
    }
    EXPECT_EQ(get("/healthz").body, R"({"status":"UP"})");
    EXPECT_EQ(get("/internal/other", admin).status, 404);
}

TEST_F(GatewayTest, describes_its_api) {
    start();

    const wire::Value document = wire::parse(get("/api/openapi.json").body);
    const auto page = get("/api/docs");

    EXPECT_NE(document.find("paths")->find("/api/things/{id}/parts/{part}"), nullptr);
    EXPECT_EQ(document.find("paths")->find("/internal/hidden"), nullptr);
    EXPECT_EQ(page.headers.get("Content-Type"), "text/html; charset=utf-8");
    EXPECT_NE(page.body.find("/api/things/{id}/parts/{part}"), std::string::npos);
    EXPECT_EQ(page.body.find("<script"), std::string::npos);
    EXPECT_EQ(page.body.find("style="), std::string::npos);
    EXPECT_EQ(get("/api/docs.css").headers.get("Content-Type"), "text/css; charset=utf-8");
}

TEST_F(GatewayTest, counts_requests_by_route_and_status) {
    start();

    get("/api/open");
    get("/api/refused");
    get("/nothing");
    const std::string text = metrics.to_text();

    EXPECT_NE(text.find(R"(loquat_gateway_requests_total{route="test.open",status="2xx"} 1)"),
              std::string::npos);
    EXPECT_NE(text.find(R"(loquat_gateway_requests_total{route="test.refused",status="4xx"} 1)"),
              std::string::npos);
    EXPECT_NE(text.find(R"(loquat_gateway_requests_total{route="none",status="4xx"} 1)"),
              std::string::npos);
}

}  // namespace
}  // namespace loquat::gateway
