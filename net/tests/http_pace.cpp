#include "net/http/pace.hpp"

#include <gtest/gtest.h>

namespace loquat::net::http {
namespace {

using namespace std::chrono_literals;

constexpr PaceRule rule{.grace = 10s, .credit_max = 30s, .bytes_per_second = 1000};

// Seconds until a sender of `bytes` every `pause` is given up; 3,600 when it never is.
int seconds_of(std::uint64_t bytes, std::chrono::milliseconds pause) {
    Pace pace;
    pace.begin(rule);
    std::chrono::nanoseconds now{0};
    while (now < 3600s) {
        if (pace.left(rule) < pause) {
            now += pace.left(rule);
            break;
        }
        now += pause;
        pace.on_waited(pause);
        pace.on_bytes(rule, bytes);
    }
    return static_cast<int>(now / 1s);
}

TEST(Pace, gives_up_who_drips_however_the_drops_fall) {
    EXPECT_EQ(seconds_of(1, 1s), 10);
    EXPECT_EQ(seconds_of(1, 9s), 10);
    EXPECT_EQ(seconds_of(10, 100ms), 11);
    EXPECT_EQ(seconds_of(500, 1s), 19);
    EXPECT_EQ(seconds_of(0, 11s), 10);
}

TEST(Pace, lets_who_sends_at_the_least_rate_go_on) {
    EXPECT_EQ(seconds_of(1000, 1s), 3600);
    EXPECT_EQ(seconds_of(9000, 9s), 3600);
    EXPECT_EQ(seconds_of(1, 1ms), 3600);
}

TEST(Pace, does_not_let_a_large_beginning_pay_for_an_endless_end) {
    Pace pace;
    pace.begin(rule);

    pace.on_bytes(rule, UINT64_MAX);

    EXPECT_EQ(pace.left(rule), 30s);
    pace.on_waited(31s);
    EXPECT_EQ(pace.left(rule), 0s);
}

TEST(Pace, is_not_asked_for_where_the_rate_is_none) {
    Pace pace;
    const PaceRule none{.bytes_per_second = 0};
    pace.begin(none);
    pace.on_waited(1h);
    pace.on_bytes(none, 1);

    EXPECT_EQ(pace.left(none), std::chrono::nanoseconds::max());
}

}  // namespace
}  // namespace loquat::net::http
