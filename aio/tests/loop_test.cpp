#include <gtest/gtest.h>

#include <thread>

#include "aio/backoff.hpp"
#include "aio/call.hpp"
#include "aio/channel.hpp"
#include "aio/offload.hpp"
#include "aio/run.hpp"
#include "aio/scope.hpp"

namespace loquat::aio {
namespace {

using namespace std::chrono_literals;

TEST(Loop, runs_posted_work_in_order) {
    Loop loop{"test"};
    std::vector<int> seen;

    for (int i = 0; i < 5; ++i) {
        loop.post([&seen, i] { seen.push_back(i); });
    }
    loop.poll();

    EXPECT_EQ(seen, (std::vector{0, 1, 2, 3, 4}));
}

TEST(Loop, that_was_stopped_before_it_ran_returns_at_once_and_runs_later) {
    Loop loop{"test"};
    bool has_run = false;
    loop.post([&] {
        has_run = true;
        loop.stop();
    });
    loop.stop();

    loop.run();
    EXPECT_FALSE(has_run);

    loop.run();
    EXPECT_TRUE(has_run);
}

TEST(Timer, fires_in_order_of_time_and_never_early) {
    Loop loop{"test"};
    std::vector<int> order;
    const auto begin = std::chrono::steady_clock::now();
    Timer late{[&] {
        order.push_back(2);
        loop.stop();
    }};
    Timer soon{[&] { order.push_back(1); }};
    Timer stopped{[&] { order.push_back(3); }};

    late.start(loop, 20ms);
    soon.start(loop, 5ms);
    stopped.start(loop, 8ms);
    stopped.stop();
    loop.run();

    EXPECT_EQ(order, (std::vector{1, 2}));
    EXPECT_GE(std::chrono::steady_clock::now() - begin, 20ms);
}

TEST(Timer, is_never_early_wherever_in_a_tick_it_was_started) {
    Loop loop{"test"};

    for (int i = 0; i < 40; ++i) {
        const auto wait = std::chrono::milliseconds{1 + i % 7};
        const auto begin = std::chrono::steady_clock::now();
        run_to_end(loop, loop.sleep_for(wait));
        EXPECT_GE(std::chrono::steady_clock::now() - begin, wait);
    }
}

TEST(Backoff, waits_longer_and_longer_up_to_its_limit_and_shortly_again_after_a_success) {
    constexpr auto most = 1000ms;
    Backoff pauses{1ms, most};
    EXPECT_LE(pauses.next(), 1ms);
    std::chrono::milliseconds longest{0};

    for (int i = 0; i < 200; ++i) {
        longest = std::max(longest, pauses.next());
    }
    pauses.reset();

    EXPECT_GT(longest, 500ms);  // by chance not once in 2^190 runs
    EXPECT_LE(longest, most);
    EXPECT_LE(pauses.next(), 1ms);
}

TEST(Timer, may_be_as_far_away_as_time_goes) {
    Loop loop{"test"};
    int fired = 0;
    Timer never{[&] { ++fired; }};
    Timer past{[&] { ++fired; }};

    never.start(loop, std::chrono::milliseconds::max());
    past.start(loop, std::chrono::milliseconds::min());
    loop.poll();

    EXPECT_TRUE(never.is_running());
    never.stop();
}

TEST(Timer, may_destroy_itself_and_others_while_firing) {
    Loop loop{"test"};
    auto other = std::make_unique<Timer>([] { FAIL() << "destroyed before its time"; });
    std::unique_ptr<Timer> self;
    self = std::make_unique<Timer>([&] {
        other.reset();
        loop.stop();
    });

    other->start(loop, 5ms);
    self->start(loop, 1ms);
    loop.run();

    EXPECT_EQ(other, nullptr);
}

TEST(Signal, is_remembered_when_set_before_the_wait) {
    Loop loop{"test"};
    bool reached = false;
    auto body = [&]() -> Task<void> {
        Signal signal;
        signal.set();
        co_await signal.wait();
        reached = true;
    };

    run_to_end(loop, body());

    EXPECT_TRUE(reached);
}

TEST(Signal, gives_up_at_the_deadline) {
    Loop loop{"test"};
    bool in_time = true;
    auto body = [&]() -> Task<void> {
        Signal signal;
        in_time = co_await signal.wait_until(std::chrono::steady_clock::now() + 3ms);
    };

    run_to_end(loop, body());

    EXPECT_FALSE(in_time);
}

// What is called between the handlers of the loop, as timers and posted work are.
TEST(Scope, cancels_nobody_who_ends_in_the_same_turn) {
    Loop loop{"test"};
    Scope scope{loop, "test"};
    Signal go;
    auto child = [](Signal& signal) -> Task<void> { co_await signal.wait(); };
    scope.start(child(go));
    loop.poll();

    loop.post([&] {
        go.set();
        scope.cancel();
    });
    loop.post([&] { scope.cancel(); });
    loop.poll();

    EXPECT_EQ(scope.size(), 0U);
}

TEST(Scope, close_cancels_children_and_waits_for_their_cleanup) {
    Loop loop{"test"};
    int cleaned = 0;
    auto child = [](int& count) -> Task<void> {
        Signal never;
        try {
            co_await never.wait();
        } catch (const std::exception&) {
            ++count;
            throw;
        }
    };
    auto body = [&]() -> Task<void> {
        Scope scope{loop, "test"};
        scope.start(child(cleaned));
        scope.start(child(cleaned));
        co_await loop.sleep_for(1ms);
        co_await scope.close();
    };

    run_to_end(loop, body());

    EXPECT_EQ(cleaned, 2);
}

TEST(CallOn, brings_results_and_failures_back_to_the_caller) {
    Loop home{"home"};
    Loop away{"away"};
    std::jthread thread{[&] { away.run(); }};
    int answer = 0;
    std::string code;
    auto body = [&]() -> Task<void> {
        auto good = []() -> Task<int> { co_return Loop::current().name() == "away" ? 42 : 0; };
        auto bad = []() -> Task<int> {
            throw Failure{Kind::conflict, "test.code", "no"};
            co_return 0;
        };
        answer = co_await call_on<int>(away, good);
        EXPECT_TRUE(home.is_current());
        try {
            co_await call_on<int>(away, bad);
        } catch (const Failure& failure) {
            code = failure.code;
        }
    };

    run_to_end(home, body());
    away.stop();

    EXPECT_EQ(answer, 42);
    EXPECT_EQ(code, "test.code");
}

TEST(CallOn, ends_at_the_deadline_while_the_work_goes_on) {
    Loop home{"home"};
    Loop away{"away"};
    std::jthread thread{[&] { away.run(); }};
    Signal gate;  // of the loop `away`
    auto ended = std::make_shared<Completion<int>>(home);
    std::string code;
    int worked = 0;
    auto body = [&]() -> Task<void> {
        auto slow = [&gate, ended]() -> Task<int> {
            co_await gate.wait();
            ended->set(7);
            co_return 1;
        };
        try {
            co_await call_on<int>(away, slow, std::chrono::steady_clock::now() + 2ms);
        } catch (const Failure& failure) {
            code = failure.code;
        }
        away.post([&gate] { gate.set(); });
        worked = co_await ended->wait();
    };

    run_to_end(home, body());
    away.stop();

    EXPECT_EQ(code, "upstream.timeout");
    EXPECT_EQ(worked, 7);
}

TEST(Channel, refuses_what_does_not_fit_and_drains_after_close) {
    Loop loop{"test"};
    std::vector<int> got;
    auto body = [&]() -> Task<void> {
        Channel<int> channel{2};
        EXPECT_TRUE(channel.try_push(1));
        EXPECT_TRUE(channel.try_push(2));
        EXPECT_FALSE(channel.try_push(3));
        channel.close();
        while (auto item = co_await channel.pop()) {
            got.push_back(*item);
        }
    };

    run_to_end(loop, body());

    EXPECT_EQ(got, (std::vector{1, 2}));
}

TEST(WorkerPool, refuses_work_beyond_its_queue) {
    Loop loop{"test"};
    std::string code;
    int sum = 0;
    auto body = [&]() -> Task<void> {
        WorkerPool pool{"pool", 1, 0};
        try {
            co_await pool.run<int>([] { return 1; });
        } catch (const Failure& failure) {
            code = failure.code;
        }
        WorkerPool wide{"wide", 2, 8};
        sum = co_await wide.run<int>([] { return 7; });
    };

    run_to_end(loop, body());

    EXPECT_EQ(code, "server.overloaded");
    EXPECT_EQ(sum, 7);
}

}  // namespace
}  // namespace loquat::aio
