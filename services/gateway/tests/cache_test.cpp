#include "aio/yield.hpp"
#include "services/gateway/tests/cache_harness.hpp"

namespace loquat::gateway {
namespace {

using net::http::Exchange;
using net::http::Headers;

TEST_F(CacheTest, gives_a_good_answer_again_and_says_how_old_it_is) {
    add_cached_route();
    start();

    const auto first = get("/up/a?x=1");
    clock.advance(std::chrono::seconds{7});
    const auto second = get("/up/a?x=1");

    EXPECT_EQ(asked(), 1);
    EXPECT_EQ(status_of(first), "loquat; fwd=uri-miss; stored");
    EXPECT_EQ(second.body, "one");
    EXPECT_EQ(second.headers.get("Age"), "7");
    EXPECT_EQ(status_of(second), "loquat; hit; ttl=53");
    EXPECT_EQ(second.headers.get("Content-Type"), "text/plain");
}

TEST_F(CacheTest, asks_again_when_the_time_is_over_or_the_address_another) {
    add_cached_route();
    start();

    get("/up/a");
    get("/up/a?b");
    get("/up/a", {{"Host", "other.example"}});
    clock.advance(std::chrono::seconds{61});
    body = "two";
    const auto later = get("/up/a");

    EXPECT_EQ(asked(), 4);
    EXPECT_EQ(later.body, "two");
    EXPECT_EQ(status_of(later), "loquat; fwd=stale; fwd-status=200; stored");
}

TEST_F(CacheTest, keeps_nothing_that_must_not_be_kept) {
    add_cached_route();
    start();
    const std::vector<Headers> answers{
        {{"Cache-Control", "no-store, max-age=60"}},
        {{"Cache-Control", "private, max-age=60"}},
        {{"Cache-Control", "max-age=60, private=\"set-cookie, x\""}},
        {{"Cache-Control", "max-age=60"}, {"Set-Cookie", "a=b"}},
        {{"Cache-Control", "max-age=60"}, {"Vary", "*"}},
        {{"Cache-Control", "max-age=60"}, {"Vary", "X-Forwarded-For"}},
        {{"Cache-Control", "max-age=0"}},
        {{"Cache-Control", "max-age=soon"}},
        {{"Expires", "0"}},
        {{"Cache-Control", "max-age=60"}, {"Content-Type", "text/event-stream"}},
        {},
    };
    for (std::size_t i = 0; i < answers.size(); ++i) {
        fields = answers[i];
        const std::string path = "/up/" + std::to_string(i);

        get(path);
        get(path);

        EXPECT_EQ(asked(), 2 * (i + 1)) << i;
    }
}

TEST_F(CacheTest, believes_s_maxage_before_max_age_before_expires) {
    add_cached_route();
    start();
    const auto is_kept = [this](const std::string& path, Headers said) {
        fields = std::move(said);
        get(path);
        const std::size_t before = asked();
        clock.advance(std::chrono::seconds{30});
        get(path);
        return asked() == before;
    };

    EXPECT_TRUE(is_kept("/up/1", {{"Cache-Control", "s-maxage=60, max-age=1"}}));
    EXPECT_FALSE(is_kept("/up/2", {{"Cache-Control", "s-maxage=1, max-age=60"}}));
    EXPECT_FALSE(is_kept(
        "/up/3", {{"Cache-Control", "max-age=1"}, {"Expires", "Fri, 01 Jan 2100 00:00:00 GMT"}}));
    EXPECT_TRUE(is_kept("/up/4", {{"Expires", "Fri, 01 Jan 2100 00:00:00 GMT"}}));
    EXPECT_TRUE(is_kept("/up/5", {{"Expires", "Friday, 01-Jan-60 00:00:00 GMT"}}));
    EXPECT_FALSE(is_kept("/up/6", {{"Cache-Control", "max-age=60"}, {"Age", "40"}}));
}

TEST_F(CacheTest, tells_requests_apart_by_what_vary_names) {
    add_cached_route();
    start();
    fields.append("Vary", "Accept-Language");
    get("/up/a", {{"Accept-Language", "de"}});
    body = "zwei";

    const auto english = get("/up/a", {{"Accept-Language", "en"}});
    const auto german = get("/up/a", {{"Accept-Language", "de"}});

    EXPECT_EQ(status_of(english), "loquat; fwd=vary-miss; fwd-status=200; stored");
    EXPECT_EQ(english.body, "zwei");
    EXPECT_EQ(german.body, "one");
}

TEST_F(CacheTest, gives_an_answer_to_somebody_to_others_only_where_it_says_so) {
    add_cached_route();
    start();
    const Headers ada{{"Authorization", "Bearer user-1"}};
    get("/up/own", ada);
    const auto own = get("/up/own", {{"Authorization", "Bearer user-2"}});
    fields = {{"Cache-Control", "public, max-age=60"}};
    get("/up/all", ada);
    const auto all = get("/up/all");

    EXPECT_EQ(status_of(own), "loquat; fwd=uri-miss");
    EXPECT_EQ(status_of(all), "loquat; hit; ttl=60");
}

TEST_F(CacheTest, confirms_what_is_old_with_its_tag_and_gives_it_with_the_new_time) {
    add_cached_route();
    start();
    fields.append("ETag", "\"v1\"");
    get("/up/a");
    clock.advance(std::chrono::seconds{61});

    const auto confirmed = get("/up/a");
    const auto after = get("/up/a");

    EXPECT_EQ(asked(), 2);
    EXPECT_TRUE(server_->heads().at(1).contains("\nif-none-match: \"v1\"\n"));
    EXPECT_EQ(confirmed.status, 200);
    EXPECT_EQ(confirmed.body, "one");
    EXPECT_EQ(status_of(confirmed), "loquat; fwd=stale; fwd-status=304; stored");
    EXPECT_EQ(status_of(after), "loquat; hit; ttl=60");
}

TEST_F(CacheTest, tells_a_client_that_has_it_already_no_more_than_that) {
    add_cached_route();
    start();
    fields.append("ETag", "W/\"v1\"");
    fields.append("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT");

    const auto first = get("/up/a", {{"If-None-Match", "\"v1\""}});
    const auto since = get("/up/a", {{"If-Modified-Since", "Thu, 01 Jan 2026 00:00:00 GMT"}});
    const auto other = get("/up/a", {{"If-None-Match", "\"v0\""}});

    EXPECT_EQ(asked(), 1);
    EXPECT_FALSE(server_->heads().at(0).contains("if-none-match"));
    EXPECT_EQ(first.status, 304);
    EXPECT_EQ(since.status, 304);
    EXPECT_FALSE(since.headers.contains("Content-Type"));
    EXPECT_EQ(other.status, 200);
    EXPECT_EQ(other.body, "one");
}

TEST_F(CacheTest, answers_head_from_what_a_get_has_brought) {
    add_cached_route();
    start();
    get("/up/a");

    const auto head = send({.method = "HEAD", .target = "/up/a"});

    EXPECT_EQ(asked(), 1);
    EXPECT_EQ(head.headers.get("Content-Length"), "3");
    EXPECT_EQ(head.body, "");
}

TEST_F(CacheTest, forgets_what_a_successful_change_of_the_same_address_has_changed) {
    add_cached_route().methods = {"GET"};
    add_route("changes", "/up/**", {server_->url()}).methods = {"POST", "DELETE"};
    start();
    get("/up/a");
    status = 409;
    post("/up/a", "x");
    status = 200;
    const auto refused = get("/up/a");
    post("/up/a", "x");
    body = "two";

    const auto changed = get("/up/a");

    EXPECT_EQ(refused.body, "one");
    EXPECT_EQ(changed.body, "two");
}

TEST_F(CacheTest, asks_the_server_where_the_client_wants_a_new_answer) {
    add_cached_route();
    start();
    get("/up/a");
    body = "two";

    const auto reloaded = get("/up/a", {{"Cache-Control", "no-cache"}});
    const auto after = get("/up/a");
    const auto young = get("/up/a", {{"Cache-Control", "max-age=5"}});
    get("/up/a", {{"Range", "bytes=0-1"}});
    get("/up/a", {{"X-HTTP-Method-Override", "DELETE"}});

    EXPECT_EQ(reloaded.body, "two");
    EXPECT_EQ(after.body, "two");
    EXPECT_EQ(status_of(young), "loquat; hit; ttl=60");
    EXPECT_EQ(asked(), 4);
}

TEST_F(CacheTest, gives_what_is_old_while_it_is_confirmed) {
    add_cached_route();
    start();
    fields = {{"Cache-Control", "max-age=10, stale-while-revalidate=60"}};
    get("/up/a");
    clock.advance(std::chrono::seconds{20});
    body = "two";

    const auto old = get("/up/a");
    auto fresh = get("/up/a");
    for (int i = 0; fresh.body == "one" && i < 1'000; ++i) {
        fresh = get("/up/a");
    }

    EXPECT_EQ(old.body, "one");
    EXPECT_EQ(status_of(old), "loquat; hit; ttl=-10");
    EXPECT_EQ(status_of(fresh), "loquat; hit; ttl=10");
    EXPECT_EQ(fresh.body, "two");
    EXPECT_EQ(asked(), 2);
}

TEST_F(CacheTest, gives_what_is_old_when_the_server_fails_and_the_answer_allows_it) {
    add_cached_route();
    start();
    fields = {{"Cache-Control", "max-age=10, stale-if-error=60"}};
    get("/up/a");
    fields = {{"Cache-Control", "max-age=10, stale-if-error=60, must-revalidate"}};
    get("/up/b");
    clock.advance(std::chrono::seconds{20});
    status = 500;
    fields = {};

    EXPECT_EQ(get("/up/a").body, "one");
    EXPECT_EQ(get("/up/b").status, 500);
    clock.advance(std::chrono::seconds{60});
    EXPECT_EQ(get("/up/a").status, 500);
}

TEST_F(CacheTest, lets_go_of_what_was_used_longest_ago) {
    add_cached_route().cache.bytes_max = 20'000;
    start();
    body = std::string(5'000, 'x');
    get("/up/1");
    get("/up/2");
    get("/up/3");
    get("/up/1");
    get("/up/4");
    const std::size_t before = asked();

    get("/up/1");
    get("/up/2");

    EXPECT_EQ(asked(), before + 1);
}

TEST_F(CacheTest, does_not_keep_what_is_larger_than_an_answer_may_be) {
    add_cached_route().cache.answer_bytes_max = 100;
    start();
    body = std::string(101, 'x');

    get("/up/a");
    const auto again = get("/up/a");

    EXPECT_EQ(asked(), 2);
    EXPECT_EQ(again.body, body);
}

TEST_F(CacheTest, keeps_answers_that_come_in_pieces) {
    FakeUpstream& upstream = add_upstream([](Exchange& exchange) -> Task<void> {
        exchange.start(200).add("Cache-Control", "max-age=60");
        exchange.begin_body(std::nullopt);
        co_await exchange.write_body("first ");
        co_await exchange.flush();
        co_await aio::yield();
        co_await exchange.write_body("second");
        co_await exchange.end_body();
    });
    add_route("r", "/up/**", {upstream.url()}).cache.enabled = true;
    start();

    const auto first = get("/up/a");
    const auto second = get("/up/a");

    EXPECT_EQ(upstream.heads().size(), 1);
    EXPECT_EQ(first.body, "first second");
    EXPECT_EQ(second.body, "first second");
}

TEST_F(CacheTest, keeps_nothing_of_an_answer_that_broke_off) {
    FakeUpstream& upstream = add_upstream([](Exchange& exchange) -> Task<void> {
        exchange.start(200).add("Cache-Control", "max-age=60");
        exchange.begin_body(std::nullopt);
        co_await exchange.write_body("half");
        co_await exchange.flush();
        exchange.abandon();
    });
    add_route("r", "/up/**", {upstream.url()}).cache.enabled = true;
    start();

    for (int i = 0; i < 2; ++i) {
        EXPECT_ANY_THROW(get("/up/a"));
    }
    EXPECT_EQ(upstream.heads().size(), 2);
}

TEST_F(CacheTest, forgets_the_answers_of_a_route_that_has_changed) {
    RouteConfig& route = add_cached_route();
    start();
    get("/up/a");
    route.audience = "another";
    run_to_end(loop, gateway->replace_routes(config.routes, {}));

    get("/up/a");

    EXPECT_EQ(asked(), 2);
}

TEST_F(CacheTest, is_what_a_file_of_spring_asks_for_by_its_filter) {
    RouteConfig& route = add_cached_route();
    route.cache.enabled = false;
    route.filters = {{"LocalResponseCache", {"30s", "1MB"}}};
    fields = {};
    start();
    get("/up/a");
    clock.advance(std::chrono::seconds{29});
    const auto kept = get("/up/a");
    get("/up/a", {{"Cookie", "a=b"}});
    clock.advance(std::chrono::seconds{2});
    get("/up/a");

    EXPECT_EQ(status_of(kept), "loquat; hit; ttl=1");
    EXPECT_EQ(asked(), 2);
}

TEST_F(CacheTest, is_not_there_for_routes_that_do_not_ask_for_it) {
    add_cached_route().cache.enabled = false;
    start();

    get("/up/a");
    const auto second = get("/up/a");

    EXPECT_EQ(asked(), 2);
    EXPECT_EQ(status_of(second), "");
}

TEST_F(CacheTest, asks_nobody_for_a_client_that_wants_only_what_is_kept) {
    RouteConfig& route = add_cached_route();
    route.fallback.status = 200;
    start();
    const Headers only{{"Cache-Control", "only-if-cached"}};

    const auto before = get("/up/a", only);
    get("/up/a");
    const auto kept = get("/up/a", only);
    const auto part = get("/up/a", {{"Cache-Control", "only-if-cached"}, {"Range", "bytes=0-1"}});
    clock.advance(std::chrono::seconds{61});
    const auto old = get("/up/a", only);

    EXPECT_EQ(before.status, 504);
    EXPECT_TRUE(before.body.contains("gateway.not_kept")) << before.body;
    EXPECT_EQ(kept.status, 200);
    EXPECT_EQ(kept.body, "one");
    EXPECT_EQ(part.status, 504);
    EXPECT_EQ(old.status, 504);
    EXPECT_EQ(asked(), 1);
}

TEST_F(CacheTest, asks_for_a_client_that_wants_only_what_is_kept_where_nothing_ever_is) {
    RouteConfig& route = add_cached_route();
    route.cache.enabled = false;
    route.fallback.last_good.seconds = std::chrono::seconds{60};
    start();

    EXPECT_EQ(get("/up/a", {{"Cache-Control", "only-if-cached"}}).body, "one");
}

}  // namespace
}  // namespace loquat::gateway
