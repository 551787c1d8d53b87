#include "aio/keyed_mutex.hpp"

#include <gtest/gtest.h>

#include "aio/run.hpp"
#include "aio/scope.hpp"
#include "aio/yield.hpp"

namespace loquat::aio {
namespace {

TEST(KeyedMutex, is_locked_in_order_and_passed_on_when_a_waiter_gives_up) {
    Loop loop{"test"};
    KeyedMutex<int> mutex{10};
    std::vector<int> order;
    auto one = [&](int number) -> Task<void> {
        const auto lock = co_await mutex.lock(1);
        order.push_back(number);
        co_await yield();
    };
    auto body = [&]() -> Task<void> {
        Scope staying{loop, "test"};
        Scope leaving{loop, "test"};
        staying.start(one(1));
        leaving.start(one(2));
        staying.start(one(3));
        co_await leaving.close();
        while (order.size() < 2) {
            co_await yield();
        }
        const auto free = co_await mutex.lock(1);
        co_await staying.close();
    };

    run_to_end(loop, body());

    EXPECT_EQ(order, (std::vector{1, 3}));
}

TEST(KeyedMutex, has_a_holder_of_each_key) {
    Loop loop{"test"};
    KeyedMutex<int> mutex{0};
    int held = 0;
    auto body = [&]() -> Task<void> {
        const auto one = co_await mutex.lock(1);
        const auto other = co_await mutex.lock(2);
        held = 2;
    };

    run_to_end(loop, body());

    EXPECT_EQ(held, 2);
}

TEST(KeyedMutex, refuses_more_waiters_than_it_may_have) {
    Loop loop{"test"};
    KeyedMutex<int> mutex{1};
    std::string code;
    auto wait = [&]() -> Task<void> { const auto lock = co_await mutex.lock(1); };
    auto body = [&]() -> Task<void> {
        Scope scope{loop, "test"};
        const auto lock = co_await mutex.lock(1);
        scope.start(wait());
        co_await yield();
        try {
            co_await mutex.lock(1);
        } catch (const Failure& failure) {
            code = failure.code;
        }
        co_await scope.close();
    };

    run_to_end(loop, body());

    EXPECT_EQ(code, "server.overloaded");
}

}  // namespace
}  // namespace loquat::aio
