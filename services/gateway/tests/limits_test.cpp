#include "services/gateway/limits/limit_table.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "services/gateway/limits/limiter.hpp"

namespace loquat::gateway {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t any_class = 1;

net::Address address(std::string_view text) { return net::Address::parse(text).value(); }

int allowed_of(LimitTable& table, const LimitKey& key, const Rate& rate, int asked, Steady now) {
    int allowed = 0;
    for (int i = 0; i < asked; ++i) {
        allowed += table.decide(key, rate, now).is_allowed ? 1 : 0;
    }
    return allowed;
}

TEST(Limiter, counts_sign_ins_for_each_address_and_account_together) {
    LimitTable table{1024};
    LimitsConfig config;
    config.sign_in_per_minute = 1;
    Limiter limiter{config, table};
    FakeClock clock;
    const auto tries = [&](const char* from, const char* account) {
        return limiter.check_sign_in(address(from), account, clock.steady()).verdict->is_allowed;
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
        return limiter.check_refused_token(address(from), clock.steady()).verdict->is_allowed;
    };

    EXPECT_TRUE(tries("192.0.2.1"));
    EXPECT_TRUE(tries("192.0.2.1"));
    EXPECT_FALSE(tries("192.0.2.1"));
    EXPECT_TRUE(tries("192.0.2.2"));
}

TEST(Limiter, counts_new_guests_by_address_and_shoppers_by_who_they_are) {
    LimitTable table{1024};
    LimitsConfig config;
    config.guest_per_minute = 1;
    config.shop_per_minute = 2;
    Limiter limiter{config, table};
    FakeClock clock;
    const auto tries = [&](LimitKind kind, const char* from, std::optional<UserId> user) {
        return limiter.check({.kind = kind}, {address(from), user}, clock.steady())
            .verdict->is_allowed;
    };
    const UserId ana = UserId::make();

    EXPECT_TRUE(tries(LimitKind::guest, "192.0.2.1", std::nullopt));
    EXPECT_FALSE(tries(LimitKind::guest, "192.0.2.1", std::nullopt));
    EXPECT_TRUE(tries(LimitKind::guest, "192.0.2.2", std::nullopt));
    EXPECT_TRUE(tries(LimitKind::guest, "192.0.2.1", ana));
    EXPECT_TRUE(tries(LimitKind::shop, "192.0.2.9", ana));
    EXPECT_FALSE(tries(LimitKind::shop, "192.0.2.8", ana));
    EXPECT_TRUE(tries(LimitKind::shop, "192.0.2.8", std::nullopt));
}

TEST(Limiter, takes_a_whole_ipv6_network_as_one_caller) {
    LimitTable table{1024};
    LimitsConfig config;
    config.address_per_minute = 1;
    Limiter limiter{config, table};
    FakeClock clock;
    const auto tries = [&](const char* from) {
        return limiter.check_refused_token(address(from), clock.steady()).verdict->is_allowed;
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
        table.decide({any_class, who}, rate, clock.steady());
    }

    EXPECT_LE(table.count_used(clock.steady()), 1024U);
    EXPECT_FALSE(table.decide(heavy, rate, clock.steady()).is_allowed);
}

TEST(LimitTable, forgets_callers_whose_burst_is_whole_again) {
    LimitTable table{1024};
    FakeClock clock;
    table.decide(LimitKey{any_class, "ana"}, Rate::of(60), clock.steady());

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
