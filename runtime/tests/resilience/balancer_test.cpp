#include "runtime/resilience/balancer.hpp"

#include <gtest/gtest.h>

#include <array>
#include <map>

namespace loquat::runtime {
namespace {

using namespace std::chrono_literals;

struct Balancing : testing::Test {
    BalancerRules rules;
    std::optional<Balancer> made;
    FakeClock clock;
    std::mt19937_64 random{7};

    Balancer& balancer() {
        if (!made) {
            made.emplace(rules);
        }
        return *made;
    }
    void set(std::vector<Endpoint> endpoints) { balancer().set(endpoints); }
    Balancer::TargetPtr choose(std::vector<Balancer::TargetPtr> tried = {}) {
        return balancer().choose({.tried = tried}, random, clock.steady());
    }
    // So many calls one after the other, each answered in the time that `took` gives.
    std::map<std::string, int> calls(int number,
                                     std::map<std::string, std::chrono::milliseconds> took,
                                     const std::string& failing = {}) {
        std::map<std::string, int> count;
        for (int i = 0; i < number; ++i) {
            const auto target = choose();
            const std::string& id = target->endpoint.id;
            ++count[id];
            balancer().begin(*target, clock.steady());
            balancer().end(*target, id == failing ? CallOutcome::failure : CallOutcome::success,
                           took[id], clock.steady());
            clock.advance(1ms);
        }
        return count;
    }
};

TEST_F(Balancing, has_none_without_instances) {
    EXPECT_EQ(choose(), nullptr);
    set({{.id = "a", .weight = 0}});
    EXPECT_EQ(choose(), nullptr);
}

TEST_F(Balancing, counts_each_ones_calls_and_those_that_failed) {
    rules.failures_in_row = 1'000'000;
    set({{.id = "good"}, {.id = "bad"}});

    auto count = calls(100, {}, "bad");
    const auto ignored = balancer().targets()[0];
    balancer().begin(*ignored, clock.steady());
    balancer().end(*ignored, CallOutcome::ignored, 1ms, clock.steady());

    const auto targets = balancer().targets();
    EXPECT_EQ(targets[0]->calls, static_cast<std::uint64_t>(count["good"] + 1));
    EXPECT_EQ(targets[0]->failed, 0U);
    EXPECT_EQ(targets[1]->calls, static_cast<std::uint64_t>(count["bad"]));
    EXPECT_EQ(targets[1]->failed, targets[1]->calls);
    EXPECT_GT(targets[1]->calls, 0U);
}

TEST_F(Balancing, prefers_those_that_answer_sooner) {
    set({{.id = "fast"}, {.id = "slow"}, {.id = "slower"}});

    auto count = calls(600, {{"fast", 1ms}, {"slow", 20ms}, {"slower", 40ms}});

    EXPECT_GT(count["fast"], 350);
    EXPECT_LT(count["slower"], 40);
}

TEST_F(Balancing, spreads_over_equal_ones_by_their_weights) {
    set({{.id = "a", .weight = 300}, {.id = "b", .weight = 100}});

    std::map<std::string, int> count;
    std::vector<Balancer::TargetPtr> held;
    for (int i = 0; i < 400; ++i) {
        ++count[choose()->endpoint.id];
    }

    EXPECT_NEAR(count["a"], 300, 40);
}

TEST_F(Balancing, leaves_those_with_much_under_way_alone) {
    set({{.id = "a"}, {.id = "b"}});
    for (int i = 0; i < 20; ++i) {
        const auto target = choose();
        balancer().begin(*target, clock.steady());
    }

    EXPECT_NEAR(balancer().targets()[0]->under_way, 10, 1);
}

TEST_F(Balancing, stays_in_its_zone_while_that_has_any) {
    rules.zone = "z1";
    set({{.id = "near", .zone = "z1"}, {.id = "far", .zone = "z2"}});

    EXPECT_EQ(calls(50, {})["far"], 0);
    set({{.id = "near", .zone = "z1", .is_healthy = false}, {.id = "far", .zone = "z2"}});
    EXPECT_EQ(calls(50, {})["near"], 0);
}

TEST_F(Balancing, puts_aside_who_fails_in_a_row_for_a_growing_while) {
    set({{.id = "bad"}, {.id = "good"}, {.id = "fine"}});

    EXPECT_EQ(calls(200, {{"bad", 1ms}, {"good", 1ms}, {"fine", 1ms}}, "bad")["bad"], 5);
    clock.advance(30s);
    EXPECT_EQ(calls(200, {{"bad", 1ms}, {"good", 1ms}, {"fine", 1ms}}, "bad")["bad"], 5);
    clock.advance(31s);
    EXPECT_EQ(calls(200, {{"bad", 1ms}, {"good", 1ms}, {"fine", 1ms}}, "bad")["bad"], 0)
        << "twice as long";
}

TEST_F(Balancing, puts_aside_no_more_than_half) {
    set({{.id = "a"}, {.id = "b"}, {.id = "c"}, {.id = "d"}});
    for (const auto& target : balancer().targets()) {
        for (int i = 0; i < 10; ++i) {
            balancer().begin(*target, clock.steady());
            balancer().end(*target, CallOutcome::failure, 1ms, clock.steady());
        }
    }

    int aside = 0;
    for (const auto& target : balancer().targets()) {
        aside += balancer().is_aside(*target, clock.steady()) ? 1 : 0;
    }
    EXPECT_EQ(aside, 2);
}

TEST_F(Balancing, tries_another_one_first_and_the_same_rather_than_none) {
    set({{.id = "a"}, {.id = "b"}});
    const auto first = choose();
    const auto second = choose({first});

    EXPECT_NE(first, second);
    EXPECT_NE(choose({first, second}), nullptr);
}

TEST_F(Balancing, tries_what_it_takes_for_unfit_when_there_is_nothing_else) {
    set({{.id = "a", .is_healthy = false}});

    EXPECT_NE(choose(), nullptr);
}

TEST_F(Balancing, does_not_take_who_refuses_at_once_for_fast) {
    rules.failures_in_row = 1'000;
    set({{.id = "refuses"}, {.id = "works"}, {.id = "does"}});
    calls(10, {{"refuses", 5ms}, {"works", 5ms}, {"does", 5ms}});

    auto count = calls(300, {{"refuses", 0ms}, {"works", 5ms}, {"does", 5ms}}, "refuses");

    EXPECT_LT(count["refuses"], 150);
}

TEST_F(Balancing, sends_no_second_call_to_one_that_has_answered_nothing_yet) {
    set({{.id = "asleep"}, {.id = "known"}});
    const auto known = balancer().targets()[1];
    balancer().begin(*known, clock.steady());
    balancer().end(*known, CallOutcome::success, 300ms, clock.steady());
    balancer().begin(*balancer().targets()[0], clock.steady());

    for (int i = 0; i < 20; ++i) {
        EXPECT_EQ(choose()->endpoint.id, "known");
    }
}

TEST_F(Balancing, calls_none_without_the_contract_even_when_nobody_else_is_there) {
    set({{.id = "a"}, {.id = "other", .offers_contract = false}});
    const auto a = balancer().targets()[0];
    const std::array tried{a};

    EXPECT_EQ(choose(), a);
    EXPECT_EQ(
        balancer().choose({.tried = tried, .again = Again::others_only}, random, clock.steady()),
        nullptr);
}

TEST_F(Balancing, calls_none_whose_breaker_is_open_for_that_class_of_operations) {
    set({{.id = "a"}});
    auto& breaker = balancer().targets()[0]->breakers[std::size_t(OperationClass::change)];
    breaker = std::make_unique<Breaker>(BreakerRules{.failures_in_row = 1});
    breaker->end(*breaker->try_begin(clock.steady()), CallOutcome::failure, 1ms, clock.steady());

    EXPECT_EQ(balancer().choose({.operation = OperationClass::change}, random, clock.steady()),
              nullptr);
    EXPECT_NE(balancer().choose({.operation = OperationClass::read}, random, clock.steady()),
              nullptr);
}

TEST_F(Balancing, learns_nothing_of_what_was_canceled) {
    set({{.id = "a"}});
    const auto a = choose();
    balancer().begin(*a, clock.steady());

    balancer().end(*a, CallOutcome::ignored, 10s, clock.steady());

    EXPECT_EQ(a->latency_ns, 0);
    EXPECT_EQ(a->under_way, 0);
}

TEST_F(Balancing, keeps_what_it_knows_of_those_that_stay) {
    set({{.id = "a", .address = "1"}, {.id = "b", .address = "2"}});
    calls(20, {{"a", 5ms}, {"b", 5ms}});
    const auto gone = balancer().targets()[1];
    set({{.id = "a", .address = "1", .weight = 50}, {.id = "b", .address = "3"}});

    EXPECT_GT(balancer().targets()[0]->latency_ns, 0);
    EXPECT_EQ(balancer().targets()[1]->latency_ns, 0) << "another address is another instance";
    EXPECT_TRUE(gone->is_gone);
    EXPECT_EQ(balancer().targets()[0]->endpoint.weight, 50);
}

}  // namespace
}  // namespace loquat::runtime
