#include <gtest/gtest.h>

#include <map>

#include "base/failure.hpp"
#include "services/model/adapters/json_cursor.hpp"
#include "services/model/adapters/openai_request.hpp"
#include "services/model/domain/breaker.hpp"
#include "services/model/domain/rate_limits.hpp"
#include "services/model/domain/text_cleaner.hpp"

namespace loquat::model {
namespace {

using namespace std::chrono_literals;

const Time now = from_unix_ms(1'800'000'000'000);

TEST(ParseReset, understands_every_way_to_say_when) {
    EXPECT_EQ(parse_reset("20ms", now), 20ms);
    EXPECT_EQ(parse_reset("7.66s", now), 7'660ms);
    EXPECT_EQ(parse_reset("2m59.56s", now), 179'560ms);
    EXPECT_EQ(parse_reset("6m0s", now), 6min);
    EXPECT_EQ(parse_reset("1h2m3s", now), 1h + 2min + 3s);
    EXPECT_EQ(parse_reset("30", now), 30s);
    EXPECT_EQ(parse_reset(" 1.5 ", now), 1'500ms);
    EXPECT_EQ(parse_reset("1800000010", now), 10s);
    EXPECT_EQ(parse_reset("1800000000250", now), 250ms);
    EXPECT_EQ(parse_reset("1700000000", now), 0ms);
    EXPECT_EQ(parse_reset(to_rfc3339(now + 5s), now), 5s);
    EXPECT_EQ(parse_reset("999999h", now), 168h);
    for (const char* bad : {"", "soon", "-1", "5x", "s", "1.2.3s", "nan", "inf"}) {
        EXPECT_EQ(parse_reset(bad, now), std::nullopt) << bad;
    }
}

FieldOf fields(std::map<std::string, std::string, std::less<>> of) {
    auto held = std::make_shared<decltype(of)>(std::move(of));
    return [held](std::string_view name) {
        const auto found = held->find(name);
        return found == held->end() ? std::string_view{} : std::string_view{found->second};
    };
}

TEST(ParseRetryAfter, prefers_milliseconds_and_takes_dates) {
    EXPECT_EQ(parse_retry_after(fields({{"retry-after", "2"}}), now), 2s);
    EXPECT_EQ(parse_retry_after(fields({{"retry-after", "0.25"}}), now), 250ms);
    EXPECT_EQ(parse_retry_after(fields({{"retry-after", "9"}, {"retry-after-ms", "120.5"}}), now),
              121ms);
    const Time date = from_unix_ms(784'111'777'000);  // the example of RFC 9110 section 5.6.7
    EXPECT_EQ(
        parse_retry_after(fields({{"retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"}}), date - 3s),
        3s);
    EXPECT_EQ(parse_retry_after(fields({}), now), std::nullopt);
}

TEST(ParseHold, waits_for_the_limit_that_is_used_up) {
    EXPECT_EQ(parse_hold(fields({{"x-ratelimit-remaining-requests", "0"},
                                 {"x-ratelimit-reset-requests", "1m"},
                                 {"x-ratelimit-remaining-tokens", "10"},
                                 {"x-ratelimit-reset-tokens", "2m"}}),
                         now),
              1min);
    EXPECT_EQ(parse_hold(fields({{"x-ratelimit-remaining-requests", "0"},
                                 {"x-ratelimit-reset-requests", "1m"},
                                 {"x-ratelimit-remaining-tokens", "0"},
                                 {"x-ratelimit-reset-tokens", "2m"}}),
                         now),
              2min);
    EXPECT_EQ(parse_hold(fields({{"x-ratelimit-remaining-tokens", "0"}}), now), std::nullopt);
    EXPECT_EQ(parse_hold(fields({{"x-ratelimit-remaining-tokens", "1"},
                                 {"x-ratelimit-reset-tokens", "2m"}}),
                         now),
              std::nullopt);
}

TEST(Breaker, opens_after_failures_in_a_row_and_lets_one_try_decide) {
    FakeClock clock;
    Breaker breaker{{.failures = 3, .rest = 10s, .rest_max = 15s}};
    const auto fail = [&] {
        EXPECT_TRUE(breaker.try_begin(clock.steady()));
        breaker.failed(clock.steady());
    };
    fail();
    fail();
    breaker.succeeded();
    fail();
    fail();
    EXPECT_EQ(breaker.state(clock.steady()), BreakerState::closed);

    fail();
    EXPECT_EQ(breaker.state(clock.steady()), BreakerState::open);
    EXPECT_FALSE(breaker.try_begin(clock.steady()));

    clock.advance(10s);
    EXPECT_TRUE(breaker.try_begin(clock.steady()));
    EXPECT_FALSE(breaker.try_begin(clock.steady()));
    breaker.failed(clock.steady());
    clock.advance(10s);
    EXPECT_FALSE(breaker.try_begin(clock.steady()));

    clock.advance(5s);
    EXPECT_TRUE(breaker.try_begin(clock.steady()));
    breaker.succeeded();
    EXPECT_EQ(breaker.state(clock.steady()), BreakerState::closed);
}

TEST(Breaker, rests_as_shortly_as_at_first_once_it_had_closed) {
    FakeClock clock;
    Breaker breaker{{.failures = 1, .rest = 10s, .rest_max = 40s}};
    breaker.failed(clock.steady());
    clock.advance(10s);
    ASSERT_TRUE(breaker.try_begin(clock.steady()));
    breaker.succeeded();

    ASSERT_TRUE(breaker.try_begin(clock.steady()));
    breaker.failed(clock.steady());
    clock.advance(10s);

    EXPECT_EQ(breaker.state(clock.steady()), BreakerState::half_open);
}

TEST(Breaker, lets_another_try_decide_when_one_said_nothing) {
    FakeClock clock;
    Breaker breaker{{.failures = 1, .rest = 10s}};
    ASSERT_TRUE(breaker.try_begin(clock.steady()));
    breaker.failed(clock.steady());
    clock.advance(10s);

    ASSERT_TRUE(breaker.try_begin(clock.steady()));
    breaker.undecided();

    EXPECT_TRUE(breaker.try_begin(clock.steady()));
}

TEST(TextCleaner, gives_the_same_however_the_text_is_cut) {
    const std::string text =
        "a\r\nb\xf0\x9f\x98\x80\xed\xa0\xbd\xed\xb8\x80\xed\xa0\xbdz\xe4\xbd\r\r\n\x01"
        "\xc2\x85\xc3\xbc\xf8\xf0\x80\x80\x80\xed\xa0\xbd\xed";
    TextCleaner one;
    std::string whole;
    one.append(whole, text);
    one.finish(whole);

    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        TextCleaner cleaner;
        std::string clean;
        cleaner.append(clean, std::string_view{text}.substr(0, cut));
        cleaner.append(clean, std::string_view{text}.substr(cut));
        cleaner.finish(clean);
        EXPECT_EQ(clean, whole) << "cut at " << cut;
    }
    EXPECT_TRUE(
        whole.starts_with("a\nb\xf0\x9f\x98\x80\xf0\x9f\x98\x80\xef\xbf\xbdz\xef\xbf\xbd\n\n"));
}

bool is_good(std::string_view text) {
    JsonCursor cursor{text};
    cursor.skip();
    return !cursor.has_failed() && cursor.is_at_end();
}

TEST(JsonCursor, tells_json_from_what_is_none) {
    for (const char* good : {"{}", "[]", " [1,-2.5e3,\"a\\\"b\",{\"x\":[true,false,null]}] ",
                             "\"\"", "0", "{\"a\":{\"b\":{}},\"c\":[[],[[]]]}"}) {
        EXPECT_TRUE(is_good(good)) << good;
    }
    for (const char* bad : {"", "{", "[1,]", "{\"a\"}", "{\"a\":}", "{a:1}", "[1 2]", "\"a",
                            "\"a\\\"", "tru", "{}}", "[1]]", "{\"a\":1,}", "--1", "x", ",", "]"}) {
        EXPECT_FALSE(is_good(bad)) << bad;
    }
}

TEST(ProviderUrl, takes_what_people_write) {
    const ProviderUrl usual = ProviderUrl::parse("https://api.openai.com/v1/");
    EXPECT_EQ(usual.origin, "https://api.openai.com");
    EXPECT_EQ(usual.path, "/v1");
    EXPECT_EQ(ProviderUrl::parse("http://localhost:11434").path, "/v1");
    EXPECT_EQ(ProviderUrl::parse("http://localhost:8080/api/chat/completions").path, "/api");
    for (const char* bad : {"", "api.openai.com/v1", "ftp://x/v1", "https://", "https://x/v1?key=1",
                            "https://me:pw@x/v1", "https://x/v 1", "http://x:99999/"}) {
        EXPECT_THROW(ProviderUrl::parse(bad), Failure) << bad;
    }
}

TEST(ParseModelList, reads_the_lists_of_servers_in_use) {
    const auto models = parse_model_list(
        R"({"object":"list","data":[{"id":"a","context_length":1000},{"id":"b","max_model_len":2000},)"
        R"({"id":"c","context_window":3000,"active":true},{"id":"d","active":false},)"
        R"({"id":"e","meta":{"n_ctx_train":4000}},{"id":7},{"name":"x"}]})");

    ASSERT_EQ(models.size(), 4U);
    EXPECT_EQ(models[0].context_tokens, 1000);
    EXPECT_EQ(models[1].context_tokens, 2000);
    EXPECT_EQ(models[2].context_tokens, 3000);
    EXPECT_EQ(models[3].context_tokens, 4000);
    EXPECT_THROW(parse_model_list("<html>"), Failure);
    EXPECT_THROW(parse_model_list("{}"), Failure);
}

}  // namespace
}  // namespace loquat::model
