#include "aio/yield.hpp"
#include "base/failure.hpp"
#include "services/gateway/tests/harness.hpp"

namespace loquat::gateway {
namespace {

// Routes that came as settings of Spring's, and change while the gateway runs.
class ServedRoutes : public GatewayHarness, public testing::Test {
  protected:
    ServedRoutes() { config.limits.enabled = false; }

    static std::vector<SpringKey> redirect(const std::string& id, const std::string& path) {
        const std::string route = "spring.cloud.gateway.routes[0].";
        return {{route + "id", id, "config server"},
                {route + "uri", "http://127.0.0.1:9", "config server"},
                {route + "predicates[0]", "Path=" + path, "config server"},
                {route + "filters[0]", "RedirectTo=302, http://a.example/" + id, "config server"}};
    }
    void change(std::vector<SpringKey> keys) {
        run_to_end(loop, gateway->replace_routes(config.routes, std::move(keys)));
    }
    std::string location(const std::string& path) {
        return std::string{get(path).headers.get("Location")};
    }
};

TEST_F(ServedRoutes, hold_from_the_start_and_change_as_a_whole) {
    config.spring = redirect("one", "/one");
    start();

    const std::string before = location("/one");
    change(redirect("two", "/two"));

    EXPECT_EQ(before, "http://a.example/one");
    EXPECT_EQ(location("/two"), "http://a.example/two");
    EXPECT_EQ(get("/one").status, 404);
}

TEST_F(ServedRoutes, stay_as_they_are_where_one_of_them_cannot_be) {
    config.spring = redirect("one", "/one");
    start();
    auto bad = redirect("two", "/two");
    bad.push_back({"spring.cloud.gateway.routes[1].id", "bad", "config server"});

    EXPECT_THROW(change(bad), Failure);
    EXPECT_THROW(change(redirect("mine", "/api/login")), Failure);

    EXPECT_EQ(location("/one"), "http://a.example/one");
    EXPECT_EQ(get("/two").status, 404);
}

TEST_F(ServedRoutes, stay_when_other_routes_are_put) {
    start();
    change(redirect("two", "/two"));

    const auto put = send({.method = "PUT",
                           .target = "/internal/gateway/routes",
                           .headers = {{"Authorization", "Bearer admin-1"}},
                           .body = R"({"routes":[]})"});

    EXPECT_EQ(put.status, 200);
    EXPECT_EQ(location("/two"), "http://a.example/two");
    EXPECT_TRUE(get("/internal/gateway/routes", {{"Authorization", "Bearer admin-1"}})
                    .body.contains(R"({"id":"two","path":"/two")"));
}

TEST_F(ServedRoutes, lose_no_request_on_connections_that_go_on_while_they_change) {
    start();
    int asking = 8;
    aio::Signal all_asked;
    std::map<std::string, int> seen;
    change(redirect("0", "/r/**"));
    for (int i = 0; i < 8; ++i) {
        loop.spawn([](ServedRoutes& self, int& left, aio::Signal& done,
                      std::map<std::string, int>& out) -> Task<void> {
            for (int asked = 0; asked < 50; ++asked) {
                const Steady until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
                net::http::ClientRequest request{.origin = self.origin(), .target = "/r/x"};
                const auto answer = co_await self.client->request(std::move(request), until);
                ++out[std::to_string(answer.status)];
            }
            if (--left == 0) {
                done.set();
            }
        }(*this, asking, all_asked, seen));
    }

    run_to_end(loop, [](ServedRoutes& self, int& left, aio::Signal& done) -> Task<void> {
        for (int i = 0; left > 0; ++i) {
            auto keys = redirect(std::to_string(i), "/r/**");
            if (i % 3 == 0) {
                keys.pop_back();
                keys.push_back({"spring.cloud.gateway.routes[0].filters[0]", "Nonsense", "x"});
            }
            try {
                co_await self.gateway->replace_routes({}, std::move(keys));
            } catch (const Failure&) {
                // Refused as a whole: the ones before hold.
            }
            co_await aio::yield();
        }
        co_await done.wait();
    }(*this, asking, all_asked));

    EXPECT_EQ(seen, (std::map<std::string, int>{{"302", 400}}));
}

}  // namespace
}  // namespace loquat::gateway
