#include "services/gateway/routes/upstream_group.hpp"

#include <gtest/gtest.h>

namespace loquat::gateway {
namespace {

using namespace std::chrono_literals;

UpstreamConfig config() {
    UpstreamConfig config;
    config.eject_after_failures = 3;
    config.eject_ms = std::chrono::milliseconds{1000};
    return config;
}

std::vector<std::size_t> turns(UpstreamGroup& group, int count, Steady now) {
    std::vector<std::size_t> out;
    for (int i = 0; i < count; ++i) {
        out.push_back(group.pick(now, 0).value());
    }
    return out;
}

void fail(UpstreamGroup& group, std::size_t address, int times, Steady now) {
    for (int i = 0; i < times; ++i) {
        group.on_failure(address, now);
    }
}

TEST(UpstreamGroup, takes_addresses_in_turn) {
    FakeClock clock;
    UpstreamGroup group{3, config()};

    EXPECT_EQ(turns(group, 6, clock.steady()), (std::vector<std::size_t>{0, 1, 2, 0, 1, 2}));
}

TEST(UpstreamGroup, lets_an_address_rest_that_fails_in_a_row) {
    FakeClock clock;
    UpstreamGroup group{2, config()};
    fail(group, 1, 2, clock.steady());
    group.on_success(1);
    fail(group, 1, 2, clock.steady());
    EXPECT_EQ(turns(group, 2, clock.steady()), (std::vector<std::size_t>{0, 1}));

    fail(group, 1, 1, clock.steady());

    EXPECT_EQ(turns(group, 3, clock.steady()), (std::vector<std::size_t>{0, 0, 0}));
    EXPECT_EQ(group.count_resting(clock.steady()), 1U);
}

TEST(UpstreamGroup, asks_a_rested_address_again_and_rests_it_longer_when_it_fails_again) {
    FakeClock clock;
    UpstreamGroup group{2, config()};
    fail(group, 1, 3, clock.steady());

    clock.advance(1s);
    const bool was_asked = group.pick(clock.steady(), 1).value() == 1;
    fail(group, 1, 1, clock.steady());
    clock.advance(1500ms);
    const std::size_t still = group.count_resting(clock.steady());
    clock.advance(500ms);

    EXPECT_TRUE(was_asked);
    EXPECT_EQ(still, 1U);
    EXPECT_EQ(group.count_resting(clock.steady()), 0U);
}

TEST(UpstreamGroup, uses_all_when_all_rest) {
    FakeClock clock;
    UpstreamGroup group{2, config()};
    fail(group, 0, 3, clock.steady());
    fail(group, 1, 3, clock.steady());

    EXPECT_EQ(turns(group, 4, clock.steady()), (std::vector<std::size_t>{0, 1, 0, 1}));
}

TEST(UpstreamGroup, gives_each_address_once_to_one_request) {
    FakeClock clock;
    UpstreamGroup group{2, config()};

    const auto first = group.pick(clock.steady(), 0);
    const auto second = group.pick(clock.steady(), 1U << *first);

    EXPECT_NE(first, second);
    EXPECT_EQ(group.pick(clock.steady(), 3), std::nullopt);
}

TEST(UpstreamGroup, stops_repeating_when_much_fails) {
    FakeClock clock;
    UpstreamGroup group{2, config()};

    fail(group, 0, 4, clock.steady());
    const bool after_four = group.may_repeat();
    fail(group, 0, 1, clock.steady());
    const bool after_five = group.may_repeat();
    for (int i = 0; i < 11; ++i) {
        group.on_success(1);
    }

    EXPECT_TRUE(after_four);
    EXPECT_FALSE(after_five);
    EXPECT_TRUE(group.may_repeat());
}

}  // namespace
}  // namespace loquat::gateway
