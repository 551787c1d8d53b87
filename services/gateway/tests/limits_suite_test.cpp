#include <gtest/gtest.h>

#include <thread>

#include "aio/run.hpp"
#include "services/gateway/limits/local_limits.hpp"
#include "services/gateway/limits/redis_limits.hpp"
#include "testing/redis_server.hpp"

// What every LimitStore promises, run over all of them.  Rates are slow: a server's clock goes on.
namespace loquat::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t any_class = 1;
constexpr Rate slow{.per_minute = 6, .burst = 60};  // one in ten seconds

// A store that is asked as the gateway asks it, and its time.
class Place {
  public:
    virtual ~Place() = default;
    virtual LimitStore& store() = 0;
    virtual void advance(std::chrono::milliseconds time) { clock.advance(time); }

    Verdict take(const LimitKey& key, const Rate& rate) {
        if (const auto verdict = store().take(key, rate, clock.steady())) {
            return *verdict;
        }
        LimitCount count{key.what, std::string{key.who}, rate, clock.steady()};
        return aio::run_to_end(loop, store().ask(std::move(count)));
    }
    int allowed(const LimitKey& key, const Rate& rate, int asked) {
        int allowed = 0;
        for (int i = 0; i < asked; ++i) {
            allowed += take(key, rate).is_allowed ? 1 : 0;
        }
        return allowed;
    }

    FakeClock clock;
    aio::Loop loop{"test"};
};

class LocalPlace final : public Place {
  public:
    LimitStore& store() override { return *store_; }

  private:
    std::unique_ptr<LimitStore> store_ = LocalLimits{}.open(1024);
};

constexpr RedisLimitsOptions patient{.keys_max = 1024, .answer_max = 20s, .pause = 5s};

class RedisPlace final : public Place {
  public:
    LimitStore& store() override { return limits; }
    // The server's clock cannot be moved: what it keeps is.
    void advance(std::chrono::milliseconds time) override {
        Place::advance(time);
        const std::string back = std::to_string(std::chrono::microseconds{time}.count());
        for (const store::RedisReply& key : server.ask({"KEYS", "limit.*"}).items) {
            server.ask({"DECRBY", key.text, back});
        }
    }

    test::RedisServer server;
    store::RedisClient client{{.target = server.target(), .name = "test"}};
    RedisLimits limits{client, patient};
};

enum class Kind { local, redis };

struct LimitSuite : testing::TestWithParam<Kind> {
    std::unique_ptr<Place> place = open();

    static std::unique_ptr<Place> open() {
        if (GetParam() == Kind::local) {
            return std::make_unique<LocalPlace>();
        }
        return std::make_unique<RedisPlace>();
    }
};

INSTANTIATE_TEST_SUITE_P(Adapters, LimitSuite, testing::Values(Kind::local, Kind::redis),
                         [](const auto& suite) {
                             return std::string{suite.param == Kind::local ? "local" : "redis"};
                         });

TEST_P(LimitSuite, lets_a_whole_burst_through_and_then_as_much_as_the_rate) {
    constexpr LimitKey key{any_class, "ana"};

    const int at_once = place->allowed(key, slow, 100);
    place->advance(100s);
    const int later = place->allowed(key, slow, 100);

    EXPECT_EQ(at_once, 60);
    EXPECT_EQ(later, 10);
}

TEST_P(LimitSuite, says_what_remains_and_when_it_is_whole_again) {
    constexpr LimitKey key{any_class, "ana"};

    const Verdict first = place->take(key, slow);
    place->allowed(key, slow, 58);
    const Verdict last = place->take(key, slow);
    const Verdict refused = place->take(key, slow);

    EXPECT_EQ(first.limit, 6);
    EXPECT_EQ(first.remaining, 59);
    EXPECT_EQ(first.reset, 10s);
    EXPECT_TRUE(last.is_allowed);
    EXPECT_EQ(last.remaining, 0);
    EXPECT_LE(last.reset, 600s);
    EXPECT_GT(last.reset, 590s);
    EXPECT_FALSE(refused.is_allowed);
    EXPECT_LE(refused.retry_after, 10s);
    EXPECT_GT(refused.retry_after, 0s);
}

TEST_P(LimitSuite, lets_exactly_one_through_after_retry_after) {
    constexpr LimitKey key{any_class, "ana"};
    constexpr Rate rate{.per_minute = 1, .burst = 10};
    place->allowed(key, rate, 10);

    const Verdict refused = place->take(key, rate);
    place->advance(refused.retry_after - 30s);
    const bool too_early = place->take(key, rate).is_allowed;
    place->advance(30s);
    const int allowed = place->allowed(key, rate, 5);

    EXPECT_FALSE(too_early);
    EXPECT_EQ(allowed, 1);
}

TEST_P(LimitSuite, is_not_lengthened_by_asking_while_refused) {
    constexpr LimitKey key{any_class, "ana"};
    constexpr Rate rate{.per_minute = 1, .burst = 10};
    place->allowed(key, rate, 10);

    for (int i = 0; i < 20; ++i) {
        place->advance(1s);
        place->allowed(key, rate, 20);
    }

    EXPECT_EQ(place->allowed(key, rate, 5), 0);
    place->advance(40s);
    EXPECT_EQ(place->allowed(key, rate, 5), 1);
}

TEST_P(LimitSuite, counts_callers_and_classes_apart) {
    place->allowed(LimitKey{1, "ana"}, slow, 60);

    EXPECT_FALSE(place->take(LimitKey{1, "ana"}, slow).is_allowed);
    EXPECT_TRUE(place->take(LimitKey{2, "ana"}, slow).is_allowed);
    EXPECT_TRUE(place->take(LimitKey{1, "ben"}, slow).is_allowed);
    EXPECT_TRUE(place->take(LimitKey{1, std::string_view{"\0\r\n ", 4}}, slow).is_allowed);
}

TEST_P(LimitSuite, has_no_verdict_where_there_is_no_limit) {
    EXPECT_EQ(place->take(LimitKey{1, "ana"}, Rate{}).limit, 0);
}

struct RedisLimitsTest : testing::Test {
    RedisPlace here;
    store::RedisClient other_client{{.target = here.server.target(), .name = "other"}};
    RedisLimits other{other_client, patient};

    static Verdict ask(LimitStore& store, const LimitKey& key, const Rate& rate, Steady now) {
        aio::Loop loop{"other"};
        return aio::run_to_end(loop, store.ask({key.what, std::string{key.who}, rate, now}));
    }
};

TEST_F(RedisLimitsTest, is_exact_over_several_edges_that_ask_at_once) {
    constexpr LimitKey key{any_class, "ana"};
    std::atomic<int> allowed{0};

    {
        std::vector<std::jthread> edges;
        for (RedisLimits* edge : {&here.limits, &other}) {
            for (int i = 0; i < 2; ++i) {
                edges.emplace_back([&, edge] {
                    for (int asked = 0; asked < 50; ++asked) {
                        const Steady now = here.clock.steady();
                        const bool may =
                            !edge->take(key, slow, now) && ask(*edge, key, slow, now).is_allowed;
                        allowed += may ? 1 : 0;
                    }
                });
            }
        }
    }

    EXPECT_EQ(allowed.load(), 60);
    EXPECT_EQ(here.limits.edges(), 2);
}

TEST_F(RedisLimitsTest, counts_its_share_while_the_server_does_not_answer) {
    constexpr LimitKey key{any_class, "ana"};
    here.take(key, slow);
    ask(other, key, slow, here.clock.steady());
    here.take(LimitKey{any_class, "ben"}, slow);
    ASSERT_EQ(here.limits.edges(), 2);
    RedisLimits hasty{here.client, {.answer_max = 1ms, .pause = 1h}};

    here.server.pause();
    const Verdict first = ask(hasty, key, slow, here.clock.steady());
    here.server.resume();

    EXPECT_TRUE(first.is_allowed);
    EXPECT_TRUE(hasty.take(key, slow, here.clock.steady())) << "it is not asked again at once";
    EXPECT_FALSE(hasty.take(key, slow, here.clock.steady() + 2h)) << "but later";
}

TEST_F(RedisLimitsTest, halves_a_limit_that_two_edges_count_without_the_server) {
    constexpr LimitKey key{any_class, "ana"};
    ask(other, key, slow, here.clock.steady());
    here.take(LimitKey{any_class, "ben"}, slow);
    ASSERT_EQ(here.limits.edges(), 2);

    here.server.kill();
    int allowed = 0;
    for (int i = 0; i < 100; ++i) {
        allowed += here.take(key, slow).is_allowed ? 1 : 0;
    }

    EXPECT_EQ(allowed, 30);
}

TEST_F(RedisLimitsTest, never_believes_a_time_beyond_a_whole_burst) {
    constexpr LimitKey key{any_class, "ana"};
    here.take(key, slow);
    const std::string name = here.server.ask({"KEYS", "limit.*"}).items.at(0).text;
    here.server.ask({"SET", name, "99999999999999999"});

    const Verdict refused = here.take(key, slow);
    here.advance(11s);

    EXPECT_FALSE(refused.is_allowed);
    EXPECT_LE(refused.retry_after, 10s);
    EXPECT_EQ(here.allowed(key, slow, 3), 1);
}

TEST_F(RedisLimitsTest, keeps_nothing_for_callers_whose_burst_is_whole_again) {
    here.take(LimitKey{any_class, "ana"}, slow);

    const std::string name = here.server.ask({"KEYS", "limit.*"}).items.at(0).text;

    EXPECT_GT(here.server.ask({"PTTL", name}).integer, 0);
    EXPECT_LE(here.server.ask({"PTTL", name}).integer, 10'002);
}

TEST_F(RedisLimitsTest, goes_on_after_the_server_was_started_anew_without_its_scripts) {
    constexpr LimitKey key{any_class, "ana"};
    here.take(key, slow);

    here.server.ask({"SCRIPT", "FLUSH"});

    EXPECT_TRUE(here.take(key, slow).is_allowed);
    EXPECT_EQ(here.server.ask({"KEYS", "limit.*"}).items.size(), 1U);
}

}  // namespace
}  // namespace loquat::gateway
