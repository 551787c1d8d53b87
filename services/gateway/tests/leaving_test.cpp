#include "aio/yield.hpp"
#include "services/gateway/tests/harness.hpp"

namespace loquat::gateway {
namespace {

using net::http::Exchange;

// Servers that discovery knows, and how many connections they have.
class Leaving : public GatewayHarness, public testing::Test {
  protected:
    Leaving() { config.limits.enabled = false; }

    FakeUpstream& start_with(FakeUpstream::Answer answer) {
        FakeUpstream& shop = add_upstream(std::move(answer));
        set_instances("shop", {shop.url()});
        add_route("shop", "/shop/**", {"lb://shop"});
        start();
        return shop;
    }
    // As many as there are once there are `wanted`; far sooner than connections end by themselves.
    std::size_t connections_of(const FakeUpstream& server, std::size_t wanted) {
        run_to_end(loop, [](const FakeUpstream& of, std::size_t count) -> Task<void> {
            const Steady until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
            while (of.connections() != count && std::chrono::steady_clock::now() < until) {
                co_await aio::yield();
            }
        }(server, wanted));
        return server.connections();
    }
};

TEST_F(Leaving, closes_the_idle_connections_to_who_has_left) {
    FakeUpstream& shop = start_with(text_answer("shop"));
    FakeUpstream& other = add_upstream(text_answer("other"));
    get("/shop/a");
    const std::size_t before = shop.connections();

    set_instances("shop", {other.url()});

    EXPECT_EQ(before, 1U);
    EXPECT_EQ(connections_of(shop, 0), 0U);
    EXPECT_EQ(get("/shop/a").body, "other");
    set_instances("shop", {shop.url()});
    EXPECT_EQ(get("/shop/a").body, "shop") << "who is there again is called again";
    EXPECT_EQ(get("/shop/a").body, "shop");
    EXPECT_EQ(shop.connections(), 1U) << "and its connection is kept";
    EXPECT_EQ(connections_of(other, 0), 0U);
}

TEST_F(Leaving, lets_a_request_end_and_keeps_nothing_of_it) {
    aio::Signal asked;
    aio::Signal may_answer;
    FakeUpstream& shop = start_with([&](Exchange& exchange) -> Task<void> {
        asked.set();
        co_await may_answer.wait();
        net::http::Response response{.status = 200, .body = "whole"};
        co_await exchange.respond(std::move(response));
    });
    loop.spawn([](Leaving& self, aio::Signal& has_asked, aio::Signal& goes_on) -> Task<void> {
        co_await has_asked.wait();
        self.set_instances("shop", {});
        co_await aio::yield();
        co_await aio::yield();
        goes_on.set();
    }(*this, asked, may_answer));

    const auto answer = get("/shop/a");

    EXPECT_EQ(answer.body, "whole");
    EXPECT_EQ(connections_of(shop, 0), 0U);
}

TEST_F(Leaving, leaves_connections_to_those_who_stay) {
    FakeUpstream& shop = start_with(text_answer("shop"));
    get("/shop/a");

    set_instances("shop", {shop.url(), "http://127.0.0.1:9"});
    set_instances("shop", {shop.url()});
    get("/healthz");

    EXPECT_EQ(shop.connections(), 1U);
}

}  // namespace
}  // namespace loquat::gateway
