#include "aio/yield.hpp"
#include "services/gateway/tests/harness.hpp"
#include "wire/json.hpp"

namespace loquat::gateway {
namespace {

std::string answer_of(const net::http::ClientResponse& response) {
    const wire::Value body = wire::parse(response.body);
    return std::to_string(response.status) + " " + *body.find("code")->if_string();
}

class RoutesAtRunTime : public GatewayHarness, public testing::Test {};

TEST_F(RoutesAtRunTime, takes_other_routes_while_it_runs) {
    FakeUpstream& upstream = add_upstream(text_answer("behind"));
    start();
    const net::http::Headers admin{{"Authorization", "Bearer admin-1"}};
    const auto put = [&](std::string body) {
        return send({.method = "PUT",
                     .target = "/internal/gateway/routes",
                     .headers = admin,
                     .body = std::move(body)});
    };
    const std::string route =
        R"({"id":"r","path":"/new/**","upstreams":[")" + upstream.url() + R"("]})";

    EXPECT_EQ(get("/new/x").status, 404);
    EXPECT_EQ(put(R"({"routes":[)" + route + "]}").body, R"({"routes":1})");
    EXPECT_EQ(get("/new/x").body, "behind");
    EXPECT_EQ(answer_of(put(R"({"routes":[)" + route + "," + route + "]}")), "422 config.invalid");
    EXPECT_EQ(get("/new/x").body, "behind") << "what cannot be leaves the present routes alone";
    EXPECT_NE(get("/internal/gateway/routes", admin).body.find(R"("id":"r")"), std::string::npos);
    EXPECT_EQ(put(R"({"routes":[]})").status, 200);
    EXPECT_EQ(get("/new/x").status, 404);
    EXPECT_EQ(get("/internal/gateway/routes").status, 401);
}

TEST_F(RoutesAtRunTime, keeps_its_own_paths_whatever_routes_are_put) {
    FakeUpstream& upstream = add_upstream(text_answer("behind"));
    start();
    const auto put = [&](const std::string& path) {
        return send({.method = "PUT",
                     .target = "/internal/gateway/routes",
                     .headers = {{"Authorization", "Bearer admin-1"}},
                     .body = R"({"routes":[{"id":"r","path":")" + path + R"(","upstreams":[")" +
                             upstream.url() + R"("]}]})"});
    };

    for (const char* path :
         {"/api/login", "/api/things/{x}/parts/{y}", "/api/things/7/parts/{y}", "/api/docs", "/ws",
          "/ws/x", "/healthz", "/internal/gateway/routes", "/internal/{x}", "/internal/**",
          "/actuator/health", "/", "/c/{id}", "/c/7", "/sign-up", "/app.js", "/assets/{x}"}) {
        EXPECT_EQ(answer_of(put(path)), "422 config.invalid") << path;
    }
    for (const char* path : {"/**", "/api/**", "/{a}/{b}", "/api/{a}", "/{a}"}) {
        EXPECT_EQ(put(path).status, 200) << path;
        EXPECT_EQ(post("/api/login", "{}").body, R"({"ok":true})") << path;
        EXPECT_EQ(send({.method = "DELETE", .target = "/api/login"}).status, 405) << path;
        EXPECT_EQ(get("/app.js").body, "let a;") << path;
        EXPECT_EQ(get("/").body, "<!doctype html>") << path;
        EXPECT_EQ(get("/internal/hidden").status, 404) << path;
        EXPECT_EQ(get("/ws").status, 404) << path;
    }
    EXPECT_TRUE(upstream.heads().empty());
}

TEST_F(RoutesAtRunTime, writes_changes_of_routes_into_the_audit_trail) {
    start();
    const auto put = [&](const std::string& routes) {
        return send({.method = "PUT",
                     .target = "/internal/gateway/routes",
                     .headers = {{"Authorization", "Bearer admin-1"}},
                     .body = R"({"routes":[)" + routes + "]}"});
    };
    const auto route = [](std::string id, std::string path) {
        return R"({"id":")" + id + R"(","path":")" + path +
               R"(","upstreams":["http://10.0.0.7:80"]})";
    };

    put(route("a", "/a/**") + "," + route("b", "/b"));
    put(route("a", "/a2"));
    put(route("a", "/api/login"));
    stop();

    std::vector<std::string> acts;
    run_to_end(loop, [](store::EventLog& log, std::vector<std::string>& out) -> Task<void> {
        const std::string topic{contracts::records::audit.topic};
        const auto records = co_await log.read({topic}, 0, {});
        for (const auto& one : records) {
            const auto record = contracts::decode<contracts::AuditRecord>(one->payload);
            out.push_back(record->actor_name + ": " + record->action + " " + record->subject + " " +
                          record->outcome);
        }
    }(*log, acts));
    const std::vector<std::string> expected{
        "admin-1: gateway.routes_replaced 2 routes, 2 changes done",
        "admin-1: gateway.route_added a /a/** -> http://10.0.0.7:80 done",
        "admin-1: gateway.route_added b /b -> http://10.0.0.7:80 done",
        "admin-1: gateway.routes_replaced 1 routes, 2 changes done",
        "admin-1: gateway.route_changed a /a2 -> http://10.0.0.7:80 done",
        "admin-1: gateway.route_removed b /b -> http://10.0.0.7:80 done",
        "admin-1: gateway.routes_replaced  config.invalid"};
    EXPECT_EQ(acts, expected);
}

// Requests that go on while routes change under them.
class RoutesUnderLoad : public RoutesAtRunTime {
  protected:
    Task<void> ask(int times) {
        for (int i = 0; i < times; ++i) {
            const Steady until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
            net::http::ClientRequest request{.origin = origin(), .target = "/up/x"};
            const auto answer = co_await client->request(std::move(request), until);
            ++answers[std::to_string(answer.status) + " " + answer.body];
        }
        if (--asking == 0) {
            all_asked.set();
        }
    }
    Task<void> change() {
        for (int i = 0; asking > 0; ++i) {
            std::vector<RouteConfig> routes = config.routes;
            routes.front().audience = std::to_string(i);
            routes.front().cache.enabled = i % 3 == 0;
            routes.front().upstreams.resize(1 + static_cast<std::size_t>(i % 2));
            co_await gateway->replace_routes(std::move(routes), {});
            ++changes;
            co_await aio::yield();
        }
        co_await all_asked.wait();
    }

    int asking = 16;
    int changes = 0;
    aio::Signal all_asked;
    std::map<std::string, int> answers;
};

TEST_F(RoutesUnderLoad, lose_no_request) {
    config.limits.enabled = false;
    const std::string one = add_upstream(text_answer("behind")).url();
    const std::string two = add_upstream(text_answer("behind")).url();
    add_route("r", "/up/**", {one, two});
    start();
    for (int i = 0; i < 16; ++i) {
        loop.spawn(ask(50));
    }

    run_to_end(loop, change());

    EXPECT_EQ(answers, (std::map<std::string, int>{{"200 behind", 800}}));
    EXPECT_GT(changes, 10);
}

}  // namespace
}  // namespace loquat::gateway
