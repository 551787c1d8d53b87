#include "services/gateway/routes/spring_routes.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "base/failure.hpp"
#include "services/gateway/tests/harness.hpp"

namespace loquat::gateway {
namespace {

// A file of routes in a folder of its own.
struct SpringRoutes : testing::Test {
    std::filesystem::path file = std::filesystem::path{testing::TempDir()} /
                                 ("routes-" + std::to_string(::getpid()) + ".yml");

    ~SpringRoutes() override { std::filesystem::remove(file); }

    std::vector<RouteConfig> read(const std::string& text) {
        std::ofstream{file} << text;
        return read_spring({.routes_file = file.string()}).routes;
    }
    std::string refusal(const std::string& text) {
        try {
            read(text);
            return {};
        } catch (const Failure& failure) {
            const std::string& said = failure.message;
            return said.starts_with(file.string()) ? said.substr(file.string().size()) : said;
        }
    }
};

constexpr std::string_view learners_file = R"(
spring:
  application:
    name: gateway
  cloud:
    gateway:
      default-filters:
        - AddResponseHeader=X-From, gateway
      routes:
        - id: chat
          uri: lb://CHAT
          order: 2
          predicates:
            - Path=/chat/**,/talk/{id}/*
            - Method=GET,POST
            - Header=X-Request-Kind, \d{1,3}
          filters:
            - StripPrefix=1
            - RewritePath=/red/?(?<segment>.*), /$\{segment}
        - id: expanded
          uri: http://localhost:8081/ignored
          order: 1
          predicates:
            - name: Path
              args:
                patterns: [/x/**]
            - name: Query
              args:
                param: color
                regexp: gr.n
            - name: Weight
              args: {group: g, weight: 8}
          filters:
            - name: CircuitBreaker
              args:
                name: breaker
                fallbackUri: forward:/sorry
            - name: Retry
              args: {retries: 3, statuses: BAD_GATEWAY}
            - name: RequestRateLimiter
              args:
                redis-rate-limiter.replenishRate: 10
                redis-rate-limiter.burstCapacity: 20
            - SaveSession
          metadata:
            response-timeout: 1500
)";

TEST_F(SpringRoutes, are_read_in_both_forms_and_in_their_order) {
    const auto routes = read(std::string{learners_file});

    ASSERT_EQ(routes.size(), 3u);
    EXPECT_EQ(routes[0].id, "expanded");
    EXPECT_EQ(routes[0].path, "/x/**");
    EXPECT_EQ(routes[0].upstreams, std::vector<std::string>{"http://localhost:8081"});
    EXPECT_EQ(routes[0].time_ms_max, std::chrono::milliseconds{1500});
    ASSERT_EQ(routes[0].predicates.size(), 2u);
    EXPECT_EQ(routes[0].predicates[0].args, (std::vector<std::string>{"color", "gr.n"}));
    EXPECT_EQ(routes[0].predicates[1].args, (std::vector<std::string>{"g", "8"}));
    ASSERT_EQ(routes[0].filters.size(), 5u);
    EXPECT_EQ(routes[0].filters[1].args, (std::vector<std::string>{"breaker", "forward:/sorry"}));
    EXPECT_EQ(routes[0].filters[3].args, (std::vector<std::string>{"10", "20"}));

    EXPECT_EQ(routes[1].id, "chat");
    EXPECT_EQ(routes[1].path, "/chat/**");
    EXPECT_EQ(routes[1].upstreams, std::vector<std::string>{"lb://CHAT"});
    EXPECT_EQ(routes[1].methods, (std::vector<std::string>{"GET", "POST"}));
    EXPECT_EQ(routes[1].predicates[0].args,
              (std::vector<std::string>{"X-Request-Kind", "\\d{1,3}"}))
        << "a comma of a regular expression parts nothing";
    EXPECT_EQ(routes[1].filters[0].name, "AddResponseHeader") << "a default filter comes first";
    EXPECT_EQ(routes[1].filters[2].args,
              (std::vector<std::string>{"/red/?(?<segment>.*)", "/$\\{segment}"}));
    EXPECT_EQ(routes[2].id, "chat-2");
    EXPECT_EQ(routes[2].path, "/talk/{id}/{any1}");
}

TEST_F(SpringRoutes, are_found_at_the_newer_place_and_below_dotted_keys) {
    EXPECT_EQ(read("spring.cloud.gateway.server.webflux:\n  routes:\n  - id: a\n"
                   "    uri: lb://a\n    predicates: [Path=/a/**]\n")
                  .size(),
              1u);
    EXPECT_TRUE(read("server: {port: 1}\n").empty());
}

TEST_F(SpringRoutes, with_what_nobody_knows_are_refused_with_route_line_and_what_is_known) {
    const std::string head =
        "spring:\n  cloud:\n    gateway:\n      routes:\n"
        "      - id: r\n        uri: lb://a\n";
    EXPECT_TRUE(
        refusal(head + "        predicates:\n        - Path=/a/**\n        filters:\n"
                       "        - StripPrefix=1\n        - Teleport=1\n")
            .starts_with(":11: route r is no filter: Teleport; known are AddRequestHeader"));
    EXPECT_TRUE(refusal(head + "        predicates:\n        - Moon=full\n")
                    .starts_with(":8: route r is no predicate: Moon; known are Path, Method"));
    EXPECT_EQ(refusal(head), ":5: route r has no predicates");
    EXPECT_TRUE(refusal(head + "        predicates: [Path=/a]\n        color: red\n")
                    .starts_with(":8: route r has color, which is none of"));
    EXPECT_TRUE(refusal("spring: {cloud: {gateway: {routes: [{id: r, uri: 'ftp://a'}]}}}")
                    .contains("route r has an uri that cannot be called: ftp://a"));
    EXPECT_TRUE(
        refusal("spring: {cloud: {gateway: {routes: {id: r}}}}").contains("routes must be a list"));
    EXPECT_TRUE(refusal("spring: [").contains(":"));
}

TEST_F(SpringRoutes, cannot_write_what_services_of_ours_believe) {
    EXPECT_EQ(Filters::find_fault({"AddRequestHeader", {"X-Loquat-User", "root"}}),
              "AddRequestHeader must not change the field X-Loquat-User");
    EXPECT_EQ(Filters::find_fault({"SetRequestHeader", {"X-A", "a\r\nX-B: c"}}),
              "SetRequestHeader has a value that cannot be sent");
    EXPECT_TRUE(Filters::find_fault({"RewritePath", {"(", "x"}}).has_value());
}

struct SpringGateway : SpringRoutes, GatewayHarness {
    void start_with(std::string text) {
        const std::string mark = "URL";
        for (std::size_t at = 0; (at = text.find(mark, at)) != std::string::npos;) {
            text.replace(at, mark.size(), upstreams.front().url());
        }
        std::ofstream{file} << text;
        config.routes_file = file.string();
        config.limits.enabled = false;
        start();
    }
};

TEST_F(SpringGateway, changes_requests_and_answers_as_the_filters_say) {
    FakeUpstream& upstream = add_upstream(text_answer("behind"));
    start_with(R"(
spring.cloud.gateway.routes:
- id: a
  uri: URL
  predicates: ["Path=/red/{kind}/**"]
  filters:
  - StripPrefix=1
  - PrefixPath=/api/v2
  - AddRequestHeader=X-Kind, {kind}
  - RemoveRequestHeader=X-Secret
  - MapRequestHeader=X-From, X-To
  - AddRequestParameter=color, blue
  - RemoveRequestParameter=debug
  - SetResponseHeader=Content-Type, text/x
  - SetStatus=202
- id: b
  uri: URL
  predicates: [Path=/old/**]
  filters: ["RewritePath=/old/(?<rest>.*), /new/$\\{rest}"]
- id: c
  uri: no://op
  predicates: [Path=/moved]
  filters: ["RedirectTo=301, https://example.org/there"]
)");

    const auto changed = get("/red/hot/x?debug=1&a=2", {{"X-Secret", "s"}, {"X-From", "here"}});
    get("/old/a/b");
    const auto moved = get("/moved");

    EXPECT_EQ(changed.status, 202);
    EXPECT_EQ(changed.headers.get("Content-Type"), "text/x");
    const std::string& head = upstream.heads().at(0);
    EXPECT_TRUE(head.starts_with("GET /api/v2/hot/x?a=2&color=blue\n")) << head;
    EXPECT_TRUE(head.contains("\nx-kind: hot\n")) << head;
    EXPECT_TRUE(head.contains("\nx-to: here\n")) << head;
    EXPECT_FALSE(head.contains("x-secret")) << head;
    EXPECT_TRUE(upstream.heads().at(1).starts_with("GET /new/a/b\n")) << upstream.heads().at(1);
    EXPECT_EQ(moved.status, 301);
    EXPECT_EQ(moved.headers.get("Location"), "https://example.org/there");
}

TEST_F(SpringGateway, chooses_by_what_the_predicates_say) {
    add_upstream(text_answer("behind"));
    start_with(R"(
spring.cloud.gateway.routes:
- {id: q, uri: URL, predicates: [Path=/q, "Query=color, gr..n"]}
- {id: k, uri: URL, predicates: [Path=/k, "Cookie=taste, sw.*"]}
- {id: h, uri: URL, predicates: [Path=/h, "Header=X-N, \\d+"]}
- {id: n, uri: URL, predicates: [Path=/n, "Host=**.example.org,a.example"]}
- {id: t, uri: URL, predicates: [Path=/t, "After=2099-01-20T17:42:47.789-07:00[America/Denver]"]}
- {id: r, uri: URL, predicates: [Path=/r, RemoteAddr=127.0.0.0/8]}
)");

    EXPECT_EQ(get("/q?color=green").status, 200);
    EXPECT_EQ(get("/q?color=red").status, 404);
    EXPECT_EQ(get("/k", {{"Cookie", "a=b; taste=sweet"}}).status, 200);
    EXPECT_EQ(get("/k").status, 404);
    EXPECT_EQ(get("/h", {{"X-N", "12"}}).status, 200);
    EXPECT_EQ(get("/h", {{"X-N", "12a"}}).status, 404);
    EXPECT_EQ(get("/n", {{"Host", "x.y.example.org:80"}}).status, 200);
    EXPECT_EQ(get("/n", {{"Host", "b.example"}}).status, 404);
    EXPECT_EQ(get("/t").status, 404) << "not yet";
    EXPECT_EQ(get("/r").status, 200);
}

TEST_F(SpringGateway, shares_requests_out_by_weight) {
    add_upstream(text_answer("old"));
    FakeUpstream& canary = add_upstream(text_answer("new"));
    start_with(
        "spring.cloud.gateway.routes:\n"
        "- {id: old, uri: URL, predicates: [Path=/w, 'Weight=g,8']}\n"
        "- {id: new, uri: '" +
        canary.url() + "', predicates: [Path=/w, 'Weight=g,2']}\n");
    std::map<std::string, int> answers;

    for (int i = 0; i < 200; ++i) {
        ++answers[get("/w", {{"X-Request-Id", "request-" + std::to_string(i)}}).body];
    }

    EXPECT_EQ(answers["old"] + answers["new"], 200);
    EXPECT_GT(answers["new"], 15);
    EXPECT_LT(answers["new"], 80);
}

TEST(Patterns, cost_a_bounded_number_of_steps) {
    const Pattern evil{"(a+)+$"};

    EXPECT_FALSE(evil.fits(std::string(40, 'a') + "b"));
    EXPECT_EQ(Pattern{"/red/(?<rest>.*)"}.replace("/red/x", "/$1"), "/x");
    EXPECT_TRUE(Pattern{"gr.n"}.fits("gren"));
    EXPECT_FALSE(Pattern{"gr.n"}.fits("green")) << "all of it";
}

}  // namespace
}  // namespace loquat::gateway
