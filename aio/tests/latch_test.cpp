#include "aio/latch.hpp"

#include <gtest/gtest.h>

#include "aio/run.hpp"
#include "aio/scope.hpp"
#include "aio/yield.hpp"

namespace loquat::aio {
namespace {

TEST(Latch, lets_all_who_wait_and_all_who_come_later_through) {
    Loop loop{"test"};
    Latch latch;
    int through = 0;
    auto one = [&]() -> Task<void> {
        const bool is_open = co_await latch.wait_until(Steady::max());
        through += is_open ? 1 : 0;
    };
    auto body = [&]() -> Task<void> {
        Scope scope{loop, "test"};
        scope.start(one());
        scope.start(one());
        co_await yield();
        EXPECT_EQ(through, 0);

        latch.open();
        co_await one();
        while (through < 3) {
            co_await yield();
        }
        co_await scope.close();
    };

    run_to_end(loop, body());

    EXPECT_EQ(through, 3);
}

TEST(Latch, says_that_a_deadline_came_first) {
    Loop loop{"test"};
    Latch latch;
    std::optional<bool> is_open;
    auto body = [&]() -> Task<void> {
        is_open = co_await latch.wait_until(std::chrono::steady_clock::now());
    };

    run_to_end(loop, body());

    EXPECT_EQ(is_open, false);
}

TEST(Latch, opens_though_a_waiter_gave_up) {
    Loop loop{"test"};
    Latch latch;
    auto wait = [&]() -> Task<void> { co_await latch.wait_until(Steady::max()); };
    auto body = [&]() -> Task<void> {
        Scope scope{loop, "test"};
        scope.start(wait());
        co_await yield();
        co_await scope.close();
        latch.open();
    };

    run_to_end(loop, body());

    EXPECT_TRUE(latch.is_open());
}

}  // namespace
}  // namespace loquat::aio
