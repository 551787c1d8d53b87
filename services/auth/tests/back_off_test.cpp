#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "services/auth/domain/back_off.hpp"

namespace loquat::auth {
namespace {

using namespace std::chrono_literals;

struct BackingOff : testing::Test {
    FakeClock clock;
    BackOffRules rules;
    std::optional<BackOff> held;

    BackOff& guard() { return held ? *held : held.emplace(rules, clock); }

    // Seconds to wait; 0 when admitted.
    std::int64_t wait_of(std::string_view login, std::string_view address) {
        try {
            guard().admit(login, address);
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.code, "rate.limited");
            return failure.retry_after.value().count();
        }
        return 0;
    }
    void fail(std::string_view login, std::string_view address) {
        guard().admit(login, address).fail();
    }
};

TEST_F(BackingOff, five_failures_are_free_then_the_delay_doubles_up_to_a_quarter_of_an_hour) {
    for (int i = 0; i < 5; ++i) {
        fail("ann", "192.0.2.1");
    }

    std::vector<std::int64_t> waits;
    for (int i = 0; i < 12; ++i) {
        waits.push_back(wait_of("ann", "192.0.2.1"));
        clock.advance(std::chrono::seconds{waits.back()});
        fail("ann", "192.0.2.1");
    }

    EXPECT_EQ(waits, (std::vector<std::int64_t>{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}));
}

TEST_F(BackingOff, success_resets) {
    for (int i = 0; i < 4; ++i) {
        fail("ann", "192.0.2.1");
    }
    guard().admit("ann", "192.0.2.1").succeed();

    fail("ann", "192.0.2.1");

    EXPECT_EQ(wait_of("ann", "192.0.2.1"), 0);
}

TEST_F(BackingOff, strangers_cannot_lock_the_owner_out) {
    guard().admit("ann", "192.0.2.1").succeed();
    for (int i = 0; i < 40; ++i) {
        const std::string address = "198.51.100." + std::to_string(i);
        clock.advance(std::chrono::seconds{wait_of("ann", address)});
        fail("ann", address);
    }

    EXPECT_EQ(wait_of("ann", "203.0.113.9"), 30) << "elsewhere: slow, but never for long";
    EXPECT_EQ(wait_of("ann", "192.0.2.1"), 0) << "from where the owner signed in before";
}

TEST_F(BackingOff, one_address_that_tries_many_names_is_slowed) {
    for (int i = 0; i < 50; ++i) {
        fail("user" + std::to_string(i), "192.0.2.1");
    }

    EXPECT_EQ(wait_of("another", "192.0.2.1"), 1);
    EXPECT_EQ(wait_of("another", "192.0.2.2"), 0);
}

TEST_F(BackingOff, an_ipv6_customer_is_one_address) {
    EXPECT_EQ(to_network("2001:db8::1"), to_network("2001:db8::ffff:1:2:3"));
    EXPECT_NE(to_network("2001:db8::1"), to_network("2001:db8:0:1::1"));
    EXPECT_NE(to_network("192.0.2.1"), to_network("192.0.2.2"));
    EXPECT_EQ(to_network("unix"), "unix");
}

TEST_F(BackingOff, attempts_at_once_do_not_slip_through) {
    rules.at_once_max = 3;
    std::vector<BackOff::Attempt> running;
    for (int i = 0; i < 3; ++i) {
        running.push_back(guard().admit("ann", "192.0.2.1"));
    }

    EXPECT_EQ(wait_of("ann", "192.0.2.1"), 1);
    running.clear();
    EXPECT_EQ(wait_of("ann", "192.0.2.1"), 0)
        << "an attempt without an outcome counts as never made";
}

TEST_F(BackingOff, after_too_many_failures_only_one_attempt_runs_at_once) {
    for (int i = 0; i < 6; ++i) {
        clock.advance(std::chrono::seconds{wait_of("ann", "192.0.2.1")});
        fail("ann", "192.0.2.1");
    }
    clock.advance(1min);

    const auto running = guard().admit("ann", "192.0.2.1");

    EXPECT_EQ(wait_of("ann", "192.0.2.1"), 1);
}

TEST_F(BackingOff, failures_are_forgotten_after_a_quiet_quarter_of_an_hour) {
    for (int i = 0; i < 5; ++i) {
        fail("ann", "192.0.2.1");
    }
    clock.advance(15min + 1s);

    fail("ann", "192.0.2.1");

    EXPECT_EQ(wait_of("ann", "192.0.2.1"), 0);
}

TEST_F(BackingOff, memory_is_bounded_under_attack) {
    rules.entries_max = 100;
    rules.free_per_address = 1'000'000;

    for (int i = 0; i < 1000; ++i) {
        fail("user" + std::to_string(i), "192.0.2.1");
    }

    EXPECT_LE(guard().size(), 100U);
}

TEST_F(BackingOff, can_be_switched_off) {
    rules.is_enabled = false;
    for (int i = 0; i < 100; ++i) {
        fail("ann", "192.0.2.1");
    }

    EXPECT_EQ(wait_of("ann", "192.0.2.1"), 0);
    EXPECT_EQ(guard().size(), 0U);
}

}  // namespace
}  // namespace loquat::auth
