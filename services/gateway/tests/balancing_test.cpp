#include "base/failure.hpp"
#include "runtime/calls/call_gate.hpp"
#include "services/gateway/tests/harness.hpp"

namespace loquat::gateway {
namespace {

using net::http::Exchange;

FakeUpstream::Answer status_answer(int status, std::string text) {
    return [status, text](Exchange& exchange) -> Task<void> {
        net::http::Response response{.status = status, .body = text};
        co_await exchange.respond(std::move(response));
    };
}

struct BalancingTest : testing::Test, GatewayHarness {
    BalancingTest() { config.limits.enabled = false; }

    std::map<std::string, int> ask(int times, const std::string& path = "/up/x") {
        std::map<std::string, int> answers;
        for (int i = 0; i < times; ++i) {
            const auto answer = get(path);
            ++answers[answer.status == 200 ? answer.body : std::to_string(answer.status)];
        }
        return answers;
    }
    bool has_counted(const std::string& text) { return metrics.to_text().contains(text); }
};

TEST_F(BalancingTest, takes_instances_from_discovery_as_they_come_and_go) {
    FakeUpstream& one = add_upstream(text_answer("one"));
    FakeUpstream& two = add_upstream(text_answer("two"));
    add_route("r", "/up/**", {"lb://Shop"});
    start();

    EXPECT_EQ(get("/up/x").status, 503) << "nobody yet";
    set_instances("shop", {one.url()});
    EXPECT_EQ(ask(5), (std::map<std::string, int>{{"one", 5}}));
    set_instances("shop", {two.url()});
    EXPECT_EQ(ask(5), (std::map<std::string, int>{{"two", 5}}));
    set_instances("shop", {one.url(), two.url()});
    const auto both = ask(60);
    EXPECT_GE(both.at("one"), 5);
    EXPECT_GE(both.at("two"), 5);
}

TEST_F(BalancingTest, loses_no_safe_request_when_a_server_says_that_it_cannot) {
    FakeUpstream& draining = add_upstream(status_answer(503, "draining"));
    FakeUpstream& good = add_upstream(text_answer("good"));
    add_route("r", "/up/**", {draining.url(), good.url()});
    start();

    EXPECT_EQ(ask(40), (std::map<std::string, int>{{"good", 40}}));
    EXPECT_EQ(draining.heads().size(), 5u) << "then it is put aside";
    EXPECT_TRUE(has_counted("decision=\"put_aside\"} 1"));
}

TEST_F(BalancingTest, goes_on_to_another_when_one_is_silent) {
    FakeUpstream& silent = add_upstream([](Exchange&) -> Task<void> {
        aio::Signal never;
        co_await never.wait();
    });
    FakeUpstream& good = add_upstream(text_answer("good"));
    add_route("r", "/up/**", {silent.url(), good.url()});
    config.upstream.attempt_ms_max = std::chrono::milliseconds{20};
    start();

    EXPECT_EQ(ask(10), (std::map<std::string, int>{{"good", 10}}));
}

TEST_F(BalancingTest, answers_with_the_fallback_when_nobody_can) {
    FakeUpstream& broken = add_upstream(status_answer(503, "no"));
    RouteConfig& own = add_route("own", "/up/**", {broken.url()});
    own.fallback = {.status = 200, .body = R"({"items":[]})"};
    add_route("other", "/else/**", {broken.url()}).fallback.path = "/sorry";
    add_route("sorry", "/sorry", {add_upstream(text_answer("sorry")).url()});
    add_route("none", "/none/**", {"lb://nobody"}).fallback = {.status = 503, .body = "{}"};
    start();

    const auto answer = get("/up/x");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, R"({"items":[]})");
    EXPECT_EQ(answer.headers.get("Content-Type"), "application/json");
    EXPECT_EQ(get("/else/x").body, "sorry");
    EXPECT_EQ(get("/none/x").body, "{}");
    EXPECT_TRUE(has_counted("loquat_gateway_fallbacks_total 3"));
}

TEST_F(BalancingTest, opens_the_circuit_of_a_server_that_fails_and_probes_it_after_the_rest) {
    bool is_well = false;
    FakeUpstream& upstream = add_upstream([&is_well](Exchange& exchange) -> Task<void> {
        net::http::Response response{.status = is_well ? 200 : 503, .body = "ok"};
        co_await exchange.respond(std::move(response));
    });
    add_route("r", "/up/**", {upstream.url()});
    start();

    ask(20);
    is_well = true;
    EXPECT_EQ(get("/up/x").status, 503) << "its circuit is open";
    EXPECT_EQ(upstream.heads().size(), 20u);
    EXPECT_TRUE(get("/up/x").body.contains("upstream.circuit_open"));
    clock.advance(std::chrono::seconds{60});
    EXPECT_EQ(ask(10), (std::map<std::string, int>{{"ok", 10}}));
}

TEST_F(BalancingTest, refuses_what_is_beyond_the_bulkhead) {
    FakeUpstream& upstream = add_upstream(text_answer("x"));
    add_route("r", "/up/**", {upstream.url()});
    config.upstream.requests_max = 1;
    start();

    EXPECT_EQ(ask(3), (std::map<std::string, int>{{"x", 3}}));
}

TEST_F(BalancingTest, asks_only_servers_whose_check_succeeds) {
    bool is_well = false;
    FakeUpstream& ill = add_upstream([&is_well](Exchange& exchange) -> Task<void> {
        const bool is_check = exchange.head().path == "/health";
        net::http::Response response{.status = is_check && !is_well ? 500 : 200, .body = "ill"};
        co_await exchange.respond(std::move(response));
    });
    FakeUpstream& well = add_upstream(text_answer("well"));
    add_route("r", "/up/**", {ill.url(), well.url()}).health_path = "/health";
    config.upstream.health_ms = std::chrono::milliseconds{10};
    start();

    while (!has_counted("decision=\"check_failed\"} 1")) {
        get("/healthz");
    }
    EXPECT_EQ(ask(20), (std::map<std::string, int>{{"well", 20}}));
    is_well = true;
    while (!has_counted("decision=\"check_passed\"} 1")) {
        get("/healthz");
    }
    EXPECT_GT(ask(40)["ill"], 0);
}

TEST_F(BalancingTest, keeps_what_it_knows_of_an_upstream_when_routes_change) {
    FakeUpstream& broken = add_upstream(status_answer(503, "no"));
    add_route("r", "/up/**", {broken.url()});
    start();
    ask(20);

    std::vector<RouteConfig> routes = config.routes;
    routes.push_back(routes.front());
    routes.back().id = "another";
    routes.back().path = "/another";
    run_to_end(loop, gateway->replace_routes(routes, {}));

    EXPECT_TRUE(get("/up/x").body.contains("upstream.circuit_open"));
}

TEST_F(BalancingTest, joins_the_answers_of_several_services_and_says_what_is_absent) {
    FakeUpstream& slow = add_upstream([](Exchange&) -> Task<void> {
        aio::Signal never;
        co_await never.wait();
    });
    FakeUpstream& shop = add_upstream(text_answer(R"({"items":[]})"));
    add_route("shop", "/shop/**", {shop.url()});
    add_route("slow", "/slow", {slow.url()});
    config.joins = {{"/api/home",
                     {{"mine", "/api/mine"},
                      {"shop", "/shop/of/{user}?a=1"},
                      {"text", "/api/refused"},
                      {"slow", "/slow", std::chrono::milliseconds{20}},
                      {"secret", "/api/admin"},
                      {"hidden", "/internal/hidden"}}}};
    start();

    EXPECT_EQ(get("/api/home").status, 401);
    const auto joined = get("/api/home", {{"Authorization", "Bearer user-1"}});

    EXPECT_EQ(joined.status, 200);
    EXPECT_EQ(joined.body,
              R"({"mine":{"ok":true},"shop":{"items":[]},"text":null,"slow":null,"secret":null,)"
              R"("hidden":null,"absent":[{"part":"text","code":"test.conflict"},)"
              R"({"part":"slow","code":"upstream.timeout"},)"
              R"({"part":"secret","code":"auth.admin_only"},)"
              R"({"part":"hidden","code":"request.no_route"}]})");
    EXPECT_EQ(last_caller.username, "user-1");
    EXPECT_TRUE(shop.heads().at(0).starts_with("GET /shop/of/31000000"));
    EXPECT_TRUE(shop.heads().at(0).contains("x-loquat-identity: "));
}

TEST_F(BalancingTest, shows_services_that_it_joins_the_key_of_the_pair_and_no_other) {
    FakeUpstream& files = add_upstream(text_answer("[1]"));
    files_url = files.url();
    add_route("r", "/files/**", {}).service = "files";
    config.joins = {{"/api/home", {{"files", "/files/mine"}}}};
    start();

    get("/api/home", {{"Authorization", "Bearer user-1"}});

    const std::string pair = runtime::make_call_key("internal key", "gateway", "files");
    EXPECT_TRUE(files.heads().at(0).contains("\nx-internal-api-key: " + pair + "\n"))
        << files.heads().at(0);
}

TEST_F(BalancingTest, refuses_a_join_at_a_path_of_its_own) {
    config.joins = {{"/api/open", {{"a", "/api/mine"}}}};

    EXPECT_THROW(start(), Failure);
}

TEST_F(BalancingTest, shows_its_state_to_administrators) {
    add_route("r", "/up/**", {add_upstream(text_answer("x")).url()});
    start();
    get("/up/x");

    EXPECT_EQ(get("/internal/clients").status, 401);
    const auto state = get("/internal/clients", {{"Authorization", "Bearer admin-1"}});
    EXPECT_EQ(state.status, 200);
    EXPECT_TRUE(state.body.contains("\"service\":\"r\"")) << state.body;
    EXPECT_TRUE(state.body.contains("\"circuits\":{\"read\":\"closed\"}")) << state.body;
}

}  // namespace
}  // namespace loquat::gateway
