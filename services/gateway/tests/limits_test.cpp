#include "services/gateway/limits/limit_table.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "services/gateway/limits/limiter.hpp"

namespace loquat::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t any_class = 1;

net::Address address(std::string_view text) { return net::Address::parse(text).value(); }

int allowed_of(LimitStore& store, const LimitKey& key, const Rate& rate, int asked, Steady now) {
    int allowed = 0;
    for (int i = 0; i < asked; ++i) {
        allowed += store.take(key, rate, now).is_allowed ? 1 : 0;
    }
    return allowed;
}

// What every LimitStore promises, run over all of them.
struct Adapter {
    const char* name;
    std::unique_ptr<LimitStore> (*open)();
};

struct LimitSuite : testing::TestWithParam<Adapter> {
    std::unique_ptr<LimitStore> store = GetParam().open();
    FakeClock clock;
};

std::unique_ptr<LimitStore> open_table() { return std::make_unique<LimitTable>(1024); }

INSTANTIATE_TEST_SUITE_P(Adapters, LimitSuite, testing::Values(Adapter{"table", &open_table}),
                         [](const auto& suite) { return std::string{suite.param.name}; });

TEST_P(LimitSuite, lets_a_whole_burst_through_and_then_as_much_as_the_rate) {
    constexpr LimitKey key{any_class, "ana"};
    const Rate rate = Rate::of(60);

    const int at_once = allowed_of(*store, key, rate, 100, clock.steady());
    clock.advance(10s);
    const int later = allowed_of(*store, key, rate, 100, clock.steady());

    EXPECT_EQ(at_once, 60);
    EXPECT_EQ(later, 10);
}

TEST_P(LimitSuite, says_what_remains_and_when_it_is_whole_again) {
    constexpr LimitKey key{any_class, "ana"};
    const Rate rate = Rate::of(100);

    const Verdict first = store->take(key, rate, clock.steady());
    allowed_of(*store, key, rate, 98, clock.steady());
    const Verdict last = store->take(key, rate, clock.steady());
    const Verdict refused = store->take(key, rate, clock.steady());

    EXPECT_EQ(first.limit, 100);
    EXPECT_EQ(first.remaining, 99);
    EXPECT_EQ(first.reset, 1s);
    EXPECT_TRUE(last.is_allowed);
    EXPECT_EQ(last.remaining, 0);
    EXPECT_EQ(last.reset, 60s);
    EXPECT_FALSE(refused.is_allowed);
    EXPECT_EQ(refused.retry_after, 1s);
}

TEST(Limiter, counts_sign_ins_for_each_address_and_account_together) {
    LimitTable table{1024};
    LimitsConfig config;
    config.sign_in_per_minute = 1;
    Limiter limiter{config, table};
    FakeClock clock;
    const auto tries = [&](const char* from, const char* account) {
        return limiter.check_sign_in(address(from), account, clock.steady()).is_allowed;
    };

    EXPECT_TRUE(tries("192.0.2.1", "ana"));
    EXPECT_FALSE(tries("192.0.2.1", " ANA"));
    EXPECT_TRUE(tries("192.0.2.1", "ben"));
    EXPECT_TRUE(tries("192.0.2.2", "ana"));
    EXPECT_TRUE(tries("2001:db8::1", "ana"));
    EXPECT_FALSE(tries("2001:db8::2", "ana"));
}

TEST(Limiter, counts_refused_tokens_against_their_address) {
    LimitTable table{1024};
    LimitsConfig config;
    config.address_per_minute = 2;
    Limiter limiter{config, table};
    FakeClock clock;
    const auto tries = [&](const char* from) {
        return limiter.check_refused_token(address(from), clock.steady()).is_allowed;
    };

    EXPECT_TRUE(tries("192.0.2.1"));
    EXPECT_TRUE(tries("192.0.2.1"));
    EXPECT_FALSE(tries("192.0.2.1"));
    EXPECT_TRUE(tries("192.0.2.2"));
}

TEST_P(LimitSuite, lets_exactly_one_through_after_retry_after) {
    constexpr LimitKey key{any_class, "ana"};
    const Rate rate = Rate::of(10);
    allowed_of(*store, key, rate, 10, clock.steady());

    const Verdict refused = store->take(key, rate, clock.steady());
    clock.advance(refused.retry_after - 1ms);
    const bool too_early = store->take(key, rate, clock.steady()).is_allowed;
    clock.advance(1ms);
    const int allowed = allowed_of(*store, key, rate, 5, clock.steady());

    EXPECT_EQ(refused.retry_after, 6s);
    EXPECT_FALSE(too_early);
    EXPECT_EQ(allowed, 1);
}

TEST_P(LimitSuite, is_not_lengthened_by_asking_while_refused) {
    constexpr LimitKey key{any_class, "ana"};
    const Rate rate = Rate::of(60);
    allowed_of(*store, key, rate, 60, clock.steady());

    for (int i = 0; i < 1000; ++i) {
        clock.advance(1ms);
        store->take(key, rate, clock.steady());
    }

    EXPECT_EQ(allowed_of(*store, key, rate, 5, clock.steady()), 0);
    clock.advance(1s);
    EXPECT_EQ(allowed_of(*store, key, rate, 5, clock.steady()), 1);
}

TEST_P(LimitSuite, counts_callers_and_classes_apart) {
    const Rate rate = Rate::of(5);

    allowed_of(*store, LimitKey{1, "ana"}, rate, 5, clock.steady());

    EXPECT_FALSE(store->take(LimitKey{1, "ana"}, rate, clock.steady()).is_allowed);
    EXPECT_TRUE(store->take(LimitKey{2, "ana"}, rate, clock.steady()).is_allowed);
    EXPECT_TRUE(store->take(LimitKey{1, "ben"}, rate, clock.steady()).is_allowed);
}

TEST(Limiter, takes_a_whole_ipv6_network_as_one_caller) {
    LimitTable table{1024};
    LimitsConfig config;
    config.address_per_minute = 1;
    Limiter limiter{config, table};
    FakeClock clock;
    const auto tries = [&](const char* from) {
        return limiter.check_refused_token(address(from), clock.steady()).is_allowed;
    };

    EXPECT_TRUE(tries("2001:db8::1"));
    EXPECT_FALSE(tries("2001:db8::ffff"));
    EXPECT_TRUE(tries("2001:db8:0:1::1"));
    EXPECT_TRUE(tries("10.0.0.1"));
    EXPECT_TRUE(tries("10.0.0.2"));
}

TEST(LimitTable, stays_within_its_bound_and_keeps_those_who_used_most) {
    LimitTable table{1024};
    FakeClock clock;
    const Rate rate = Rate::of(100);
    constexpr LimitKey heavy{any_class, "heavy"};
    allowed_of(table, heavy, rate, 100, clock.steady());

    for (int i = 0; i < 100'000; ++i) {
        const std::string who = "caller " + std::to_string(i);
        table.take({any_class, who}, rate, clock.steady());
    }

    EXPECT_LE(table.count_used(clock.steady()), 1024U);
    EXPECT_FALSE(table.take(heavy, rate, clock.steady()).is_allowed);
}

TEST(LimitTable, forgets_callers_whose_burst_is_whole_again) {
    LimitTable table{1024};
    FakeClock clock;
    table.take(LimitKey{any_class, "ana"}, Rate::of(60), clock.steady());

    const std::size_t before = table.count_used(clock.steady());
    clock.advance(1s);

    EXPECT_EQ(before, 1U);
    EXPECT_EQ(table.count_used(clock.steady()), 0U);
}

TEST(LimitTable, is_exact_when_several_loops_share_it) {
    LimitTable table{1024};
    FakeClock clock;
    constexpr LimitKey key{any_class, "ana"};
    std::atomic<int> allowed{0};

    {
        std::vector<std::jthread> loops;
        for (int i = 0; i < 4; ++i) {
            loops.emplace_back(
                [&] { allowed += allowed_of(table, key, Rate::of(600), 1000, clock.steady()); });
        }
    }

    EXPECT_EQ(allowed.load(), 600);
}

}  // namespace
}  // namespace loquat::gateway
