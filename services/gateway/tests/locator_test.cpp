#include <fstream>

#include "contracts/registry.hpp"
#include "services/gateway/routes/spring_routes.hpp"
#include "services/gateway/tests/harness.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::gateway {
namespace {

using net::http::Exchange;

// A gateway whose file of routes switches Spring Cloud Gateway's discovery locator on.
class Locator : public GatewayHarness, public testing::Test {
  protected:
    Locator() { config.limits.enabled = false; }
    ~Locator() override { std::filesystem::remove_all(folder_); }

    // `rest` are lines below spring.cloud.gateway, `locator` those below its locator.
    void start_with(const std::string& locator, const std::string& rest = {}) {
        write(locator, rest);
        config.routes_file = file_.string();
        start();
    }
    std::string refusal(const std::string& locator) {
        write(locator, {});
        try {
            read_spring({.routes_file = file_.string()});
            return {};
        } catch (const Failure& failure) {
            return failure.message.substr(file_.string().size());
        }
    }
    FakeUpstream& register_application(const std::string& name) {
        FakeUpstream& server = add_upstream(text_answer(name));
        set_instances(name, {server.url()}, {});
        return server;
    }
    static std::string line_of(const FakeUpstream& server, std::size_t i) {
        const std::string& head = server.heads().at(i);
        return head.substr(0, head.find('\n'));
    }

    static constexpr const char* lower = "          lower-case-service-id: true\n";

  private:
    void write(const std::string& locator, const std::string& rest) {
        std::ofstream{file_} << "spring:\n  cloud:\n    gateway:\n"
                             << rest
                             << "      discovery:\n        locator:\n          enabled: true\n"
                             << locator;
    }

    std::filesystem::path folder_ = test::make_folder();
    std::filesystem::path file_ = folder_ / "application.yml";
};

TEST_F(Locator, leads_to_an_application_by_its_name_and_takes_the_name_away) {
    FakeUpstream& shop = register_application("shop");
    start_with(lower);

    EXPECT_EQ(get("/shop/a/b?c=d").body, "shop");
    EXPECT_EQ(get("/shop").status, 200);
    EXPECT_EQ(get("/shop/").status, 200);
    EXPECT_EQ(post("/shop/orders", "{}").status, 200);

    EXPECT_EQ(line_of(shop, 0), "GET /a/b?c=d");
    EXPECT_EQ(line_of(shop, 1), "GET /");
    EXPECT_EQ(line_of(shop, 2), "GET /");
    EXPECT_EQ(line_of(shop, 3), "POST /orders");
    EXPECT_TRUE(metrics.to_text().contains("route=\"lb://shop\""));
}

TEST_F(Locator, knows_a_name_in_upper_case_unless_told_otherwise) {
    register_application("shop");
    start_with({});

    EXPECT_EQ(get("/SHOP/a").body, "shop");
    EXPECT_EQ(get("/shop/a").status, 404);
    EXPECT_EQ(get("/Shop/a").status, 404);
}

TEST_F(Locator, knows_a_name_in_lower_case_where_told_so) {
    register_application("shop");
    start_with(lower);

    EXPECT_EQ(get("/SHOP/a").status, 404);
    EXPECT_EQ(get("/shop/a").status, 200);
}

TEST_F(Locator, follows_applications_that_come_and_go) {
    start_with(lower);

    const int before = get("/shop/a").status;
    FakeUpstream& shop = register_application("shop");
    const int there = get("/shop/a").status;
    set_instances("shop", {}, {});
    const int gone = get("/shop/a").status;
    set_instances("shop", {shop.url()}, {});
    const int back = get("/shop/a").status;

    EXPECT_EQ((std::vector{before, there, gone, back}), (std::vector{404, 200, 404, 200}));
}

TEST_F(Locator, keeps_its_routes_when_others_are_put) {
    register_application("shop");
    start_with(lower);
    get("/shop/a");

    const auto put = send({.method = "PUT",
                           .target = "/internal/gateway/routes",
                           .headers = {{"Authorization", "Bearer admin-1"}},
                           .body = R"({"routes":[]})"});

    EXPECT_EQ(put.status, 200);
    EXPECT_EQ(get("/shop/a").status, 200);
    EXPECT_EQ(get("/nobody/a").status, 404);
}

TEST_F(Locator, shows_its_routes_before_somebody_has_asked_for_one) {
    const std::string shop = register_application("shop").url();
    register_application("api");
    known = contracts::all_operations();
    start_with({});

    const std::string list =
        get("/internal/gateway/routes", {{"Authorization", "Bearer admin-1"}}).body;

    EXPECT_TRUE(list.contains(R"({"id":"lb://shop","path":"/SHOP/**","methods":")")) << list;
    EXPECT_TRUE(
        list.contains(R"("upstreams":[")" + shop.substr(7) + R"("],"resting":0,"located":true})"))
        << list;
    EXPECT_FALSE(list.contains("lb://api")) << list;
}

TEST_F(Locator, keeps_answers_where_the_default_filters_say_so) {
    int asked = 0;
    FakeUpstream& shop = add_upstream([&asked](Exchange& exchange) -> Task<void> {
        net::http::Response response{.status = 200, .body = std::to_string(++asked)};
        co_await exchange.respond(std::move(response));
    });
    set_instances("shop", {shop.url()}, {});
    start_with(lower, "      default-filters: ['LocalResponseCache=30s,1MB']\n");

    EXPECT_EQ(get("/shop/a").body, "1");
    EXPECT_EQ(get("/shop/a").body, "1");
    EXPECT_EQ(get("/shop/b").body, "2");
    EXPECT_EQ(post("/shop/a", "").body, "3");
    EXPECT_EQ(get("/shop/a").body, "4") << "what was changed is asked for again";
}

TEST_F(Locator, comes_after_configured_routes) {
    FakeUpstream& shop = register_application("shop");
    FakeUpstream& other = add_upstream(text_answer("configured"));
    start_with(lower, "      routes:\n        - id: r\n          uri: " + other.url() +
                          "\n          predicates: [Path=/shop/own/**, Method=GET]\n");

    EXPECT_EQ(get("/shop/own/x").body, "configured");
    EXPECT_EQ(post("/shop/own/x", "").status, 405) << "the path is the route's, for all methods";
    EXPECT_EQ(get("/shop/x").body, "shop");
    EXPECT_EQ(shop.heads().size(), 1U);
}

TEST_F(Locator, leads_to_no_service_and_no_path_of_the_product) {
    known = contracts::all_operations();
    for (const char* name : {"api", "ws", "internal", "actuator", "assets", "c", "healthz", "auth",
                             "chat", "gateway", "registry", "config", "realtime"}) {
        register_application(name);
    }
    FakeUpstream& ours = add_upstream(text_answer("ours"));
    set_instances("plain", {ours.url()}, {"PlainApi"});
    set_instances("fixed", {ours.url()});
    start_with(lower);

    for (const char* path : {"/api/x", "/ws/x", "/internal/x", "/assets/x", "/c/x/y", "/healthz/x",
                             "/auth/x", "/chat/x", "/gateway/x", "/registry/x", "/config/x",
                             "/realtime/x", "/plain/x", "/fixed/x"}) {
        EXPECT_EQ(get(path).status, 404) << path;
    }
    EXPECT_EQ(get("/actuator/x").status, 401);
    for (const FakeUpstream& upstream : upstreams) {
        EXPECT_TRUE(upstream.heads().empty());
    }
}

TEST_F(Locator, applies_default_filters_and_withholds_credentials) {
    FakeUpstream& shop = register_application("shop");
    start_with(lower, "      default-filters:\n        - AddRequestHeader=X-From, gateway\n");

    get("/shop/a", {{"Authorization", "Bearer user-1"}});

    const std::string& head = shop.heads().at(0);
    EXPECT_TRUE(head.contains("\nX-From: gateway") || head.contains("\nx-from: gateway")) << head;
    EXPECT_FALSE(head.contains("user-1")) << head;
    EXPECT_FALSE(head.contains("internal key")) << head;
}

TEST_F(Locator, refuses_paths_that_servers_read_in_two_ways) {
    FakeUpstream& shop = register_application("shop");
    start_with(lower);

    for (const char* path : {"/shop/a;b", "/shop/%2e%2e;/x", "/shop%2Fa", "/shop/a%252Fb"}) {
        EXPECT_EQ(get(path).status, 400) << path;
    }
    EXPECT_TRUE(shop.heads().empty());
}

TEST_F(Locator, tells_other_web_pages_which_methods_there_are) {
    origins = {"https://pages.example.org"};
    register_application("shop");
    start_with(lower);

    const auto answer = send({.method = "OPTIONS",
                              .target = "/shop/a",
                              .headers = {{"Origin", "https://pages.example.org"},
                                          {"Access-Control-Request-Method", "DELETE"}}});

    EXPECT_TRUE(answer.headers.get("Access-Control-Allow-Methods").contains("DELETE"));
}

TEST_F(Locator, is_off_unless_switched_on) {
    register_application("shop");
    start();

    EXPECT_EQ(get("/shop/a").status, 404);
    EXPECT_EQ(get("/SHOP/a").status, 404);
}

TEST_F(Locator, refuses_what_it_would_have_to_leave_out) {
    for (const char* name : {"filters", "predicates", "url-expression", "include-expression",
                             "route-id-prefix", "urlExpression"}) {
        const std::string said = refusal("          " + std::string{name} + ": x\n");
        EXPECT_TRUE(said.starts_with(":7: ")) << said;
        EXPECT_TRUE(said.contains("locator." + std::string{name} + " is not supported: known are"))
            << said;
    }
    EXPECT_TRUE(refusal("          lower-case-service-id: perhaps\n")
                    .contains("lower-case-service-id must be true or false, not perhaps"));
}

}  // namespace
}  // namespace loquat::gateway
