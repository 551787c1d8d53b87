#include "services/gateway/tests/cache_harness.hpp"

namespace loquat::gateway {
namespace {

using net::http::Headers;

// Many at once: those behind the first wait for its answer.
class WaitingForOne : public CacheTest {
  protected:
    void ask_at_once(int count) {
        left = count;
        for (int i = 0; i < count; ++i) {
            loop.spawn(ask(*this));
        }
        run_to_end(loop, [](WaitingForOne& self) -> Task<void> {
            co_await self.all_answered.wait();
        }(*this));
    }
    static Task<void> ask(WaitingForOne& self) {
        const Steady until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        net::http::ClientRequest request{.origin = self.origin(), .target = "/up/a"};
        const auto answer = co_await self.client->request(std::move(request), until);
        ++self.answers[answer.body];
        if (--self.left == 0) {
            self.all_answered.set();
        }
    }

    int left = 0;
    aio::Signal all_answered;
    std::map<std::string, int> answers;
};

TEST_F(WaitingForOne, makes_one_request_of_many) {
    add_cached_route();
    start();

    ask_at_once(50);

    EXPECT_EQ(asked(), 1);
    EXPECT_EQ(answers["one"], 50);
}

TEST_F(WaitingForOne, is_over_at_once_where_the_answer_is_for_one_alone) {
    add_cached_route();
    start();
    fields = {{"Cache-Control", "private"}};

    ask_at_once(20);

    EXPECT_EQ(asked(), 20);
    EXPECT_EQ(answers["one"], 20);
}

// What was last good, where the server cannot answer.
class LastGood : public CacheTest {
  protected:
    RouteConfig& add_lasting_route() {
        RouteConfig& route = add_cached_route();
        route.cache.enabled = false;
        route.fallback.last_good.seconds = std::chrono::seconds{3'600};
        fields = {{"Content-Type", "text/plain"}};
        return route;
    }
};

TEST_F(LastGood, is_given_and_marked_when_the_server_fails) {
    add_lasting_route();
    start();
    const auto good = get("/up/a");
    clock.advance(std::chrono::seconds{90});
    status = 503;
    body = "broken";

    const auto kept = get("/up/a");
    const auto other = get("/up/b");

    EXPECT_EQ(good.headers.get("Cache-Status"), "");
    EXPECT_EQ(kept.status, 200);
    EXPECT_EQ(kept.body, "one");
    EXPECT_EQ(kept.headers.get("Age"), "90");
    EXPECT_EQ(kept.headers.get("Warning"), "111 loquat \"Revalidation Failed\"");
    EXPECT_EQ(status_of(kept), "loquat; hit; ttl=-90; detail=last-good");
    EXPECT_EQ(other.status, 503);
}

TEST_F(LastGood, is_given_when_nobody_is_there_and_is_never_too_old) {
    add_lasting_route();
    start();
    get("/up/a");
    run_to_end(loop, server_->stop());

    const auto kept = get("/up/a");
    clock.advance(std::chrono::seconds{3'601});
    const auto old = get("/up/a");

    EXPECT_EQ(kept.body, "one");
    EXPECT_EQ(old.status, 503);
}

TEST_F(LastGood, is_never_that_of_somebody_else) {
    add_lasting_route();
    start();
    const Headers ada{{"Authorization", "Bearer user-1"}};
    get("/up/a", ada);
    get("/up/a", {{"Cookie", "session=x"}});
    status = 503;

    EXPECT_EQ(get("/up/a", ada).status, 200);
    EXPECT_EQ(get("/up/a", {{"Authorization", "Bearer user-2"}}).status, 503);
    EXPECT_EQ(get("/up/a", {{"Cookie", "session=x"}}).status, 200);
    EXPECT_EQ(get("/up/a", {{"Cookie", "session=y"}}).status, 503);
    EXPECT_EQ(get("/up/a").status, 503);
}

TEST_F(LastGood, comes_before_an_answer_of_the_gateways_own) {
    RouteConfig& route = add_lasting_route();
    route.fallback.status = 200;
    route.fallback.body = "{}";
    start();
    get("/up/a");
    status = 502;

    EXPECT_EQ(get("/up/a").body, "one");
    EXPECT_EQ(get("/up/b").body, "{}");
}

TEST_F(LastGood, is_not_looked_for_where_another_route_has_answered_a_change) {
    RouteConfig& route = add_lasting_route();
    route.fallback.path = "/sorry";
    FakeUpstream& sorry = add_upstream(text_answer("sorry"));
    add_route("sorry", "/sorry", {sorry.url()});
    start();
    status = 503;

    const auto changed = post("/up/a", "x");
    const auto read = get("/up/a");

    EXPECT_EQ(changed.body, "sorry");
    EXPECT_EQ(read.body, "sorry");
}

TEST_F(LastGood, is_not_what_must_not_be_given_old) {
    add_lasting_route();
    start();
    for (const char* said : {"no-store", "must-revalidate", "no-cache", "s-maxage=1"}) {
        status = 200;
        fields = {{"Cache-Control", said}};
        const std::string path = std::string{"/up/"} + said;
        get(path);
        clock.advance(std::chrono::seconds{10});
        status = 503;

        EXPECT_EQ(get(path).status, 503) << said;
    }
}

}  // namespace
}  // namespace loquat::gateway
