#include "runtime/resilience/breaker.hpp"

#include <gtest/gtest.h>

#include "runtime/resilience/retry_budget.hpp"

namespace loquat::runtime {
namespace {

using namespace std::chrono_literals;
using enum CallOutcome;

struct Breaking : testing::Test {
    BreakerRules rules{.window = 10, .calls_min = 4};
    std::optional<Breaker> made;
    FakeClock clock;

    Breaker& breaker() {
        if (!made) {
            made.emplace(rules);
        }
        return *made;
    }
    bool call(CallOutcome outcome, std::chrono::milliseconds took = 1ms) {
        const auto permit = breaker().try_begin(clock.steady());
        if (permit) {
            breaker().end(*permit, outcome, took, clock.steady());
        }
        return permit.has_value();
    }
    void calls(std::string_view outcomes) {
        for (const char one : outcomes) {
            call(one == '+' ? success : one == '-' ? failure : ignored);
        }
    }
    BreakerState state() { return breaker().state(clock.steady()); }
    void open() {
        calls("----");
        ASSERT_EQ(state(), BreakerState::open);
    }
};

TEST_F(Breaking, opens_when_the_share_of_failures_is_reached) {
    calls("++-");
    EXPECT_EQ(state(), BreakerState::closed) << "too few calls";
    calls("-");
    EXPECT_EQ(state(), BreakerState::open) << "2 of 4";
    EXPECT_FALSE(call(success));
    EXPECT_EQ(breaker().refused(), 1u);
}

TEST_F(Breaking, judges_the_latest_calls_only) {
    calls("+++++++---");
    EXPECT_EQ(state(), BreakerState::closed) << "3 of 10";
    calls("--");
    EXPECT_EQ(state(), BreakerState::open) << "5 of the last 10";
}

TEST_F(Breaking, opens_for_calls_that_are_slow) {
    rules.slow_after = 100ms;
    for (int i = 0; i < 4; ++i) {
        call(success, 100ms);
    }
    EXPECT_EQ(state(), BreakerState::open);
}

TEST_F(Breaking, opens_after_failures_in_a_row_where_it_is_told_to) {
    rules.failures_in_row = 3;
    rules.calls_min = 10;
    calls("--+--");
    EXPECT_EQ(state(), BreakerState::closed);
    calls("-");
    EXPECT_EQ(state(), BreakerState::open);
}

TEST_F(Breaking, does_not_count_what_says_nothing) {
    calls("ooooooo-");
    EXPECT_EQ(state(), BreakerState::closed);
    EXPECT_FALSE(breaker().failure_percent());
}

TEST_F(Breaking, lets_probes_through_after_its_rest_and_closes_when_all_succeed) {
    open();
    clock.advance(59'999ms);
    EXPECT_FALSE(call(success));
    clock.advance(1ms);
    EXPECT_EQ(state(), BreakerState::half_open);

    const auto one = breaker().try_begin(clock.steady());
    const auto two = breaker().try_begin(clock.steady());
    const auto three = breaker().try_begin(clock.steady());
    EXPECT_FALSE(breaker().may_begin(clock.steady()));
    EXPECT_FALSE(breaker().try_begin(clock.steady())) << "three at once";
    breaker().end(*one, success, 1ms, clock.steady());
    breaker().end(*two, success, 1ms, clock.steady());
    EXPECT_EQ(state(), BreakerState::half_open);
    breaker().end(*three, success, 1ms, clock.steady());
    EXPECT_EQ(state(), BreakerState::closed);
}

TEST_F(Breaking, opens_again_at_the_first_probe_that_fails) {
    open();
    clock.advance(60s);
    calls("+-");

    EXPECT_EQ(state(), BreakerState::open);
    clock.advance(59s);
    EXPECT_FALSE(call(success)) << "a fresh rest";
}

TEST_F(Breaking, awaits_all_probes_where_their_share_decides) {
    rules.probing = Probing::share;
    open();
    clock.advance(60s);
    calls("-+");
    EXPECT_EQ(state(), BreakerState::half_open);
    calls("+");
    EXPECT_EQ(state(), BreakerState::closed) << "1 of 3 is less than a half";
}

TEST_F(Breaking, drops_what_ends_after_the_state_has_changed) {
    const auto late = breaker().try_begin(clock.steady());
    open();
    clock.advance(60s);
    calls("+");
    breaker().end(*late, failure, 1ms, clock.steady());

    EXPECT_EQ(state(), BreakerState::half_open);
}

TEST_F(Breaking, is_not_blocked_by_probes_that_never_end) {
    open();
    clock.advance(60s);
    for (int i = 0; i < 3; ++i) {
        ASSERT_TRUE(breaker().try_begin(clock.steady()));
    }
    clock.advance(30s);
    EXPECT_FALSE(call(success)) << "the probes count as failed";
    clock.advance(60s);
    calls("+++");
    EXPECT_EQ(state(), BreakerState::closed);
}

TEST(RetryBudget, gives_a_share_of_the_calls_and_a_few_each_second) {
    FakeClock clock;
    RetryBudget budget{{}};
    for (int i = 0; i < 100; ++i) {
        budget.note_call(clock.steady());
    }
    int taken = 0;
    while (budget.try_take(clock.steady())) {
        ++taken;
    }
    EXPECT_EQ(taken, 10);

    clock.advance(1s);
    taken = 0;
    while (budget.try_take(clock.steady())) {
        ++taken;
    }
    EXPECT_EQ(taken, 3);

    clock.advance(10s);
    taken = 0;
    while (budget.try_take(clock.steady())) {
        ++taken;
    }
    EXPECT_EQ(taken, 3) << "the calls of before are forgotten";
}

}  // namespace
}  // namespace loquat::runtime
