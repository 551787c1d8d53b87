#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <functional>
#include <latch>
#include <thread>

#include "aio/run.hpp"

// How a loop waits, and what it hears of.
namespace loquat::aio {
namespace {

using namespace std::chrono_literals;

struct Ear final : Polled {
    explicit Ear(std::function<void()> with) : call(std::move(with)) {}
    void on_events(std::uint32_t) override { call(); }

    std::function<void()> call;
};

struct Pair {
    Pair() { EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0); }
    ~Pair() {
        ::close(ends[0]);
        ::close(ends[1]);
    }
    void write() const { EXPECT_EQ(::write(ends[1], "x", 1), 1); }

    std::array<int, 2> ends{-1, -1};
};

// Handlers that are never at an end, as those of a connection that always has a next request.
struct Restless {
    void go() {
        loop.defer([this] {
            if (!at_rest) {
                ++rounds;
                go();
            }
        });
    }

    Loop& loop;
    bool at_rest = false;
    int rounds = 0;
};

TEST(Poller, hears_of_a_socket_while_handlers_never_end) {
    Loop loop{"test"};
    Restless restless{loop};
    const Pair pair;
    Ear ear{[&] { loop.stop(); }};
    EXPECT_TRUE(loop.poller().add(pair.ends[0], ear));

    restless.go();
    pair.write();
    loop.run();
    restless.at_rest = true;
    loop.poller().remove(pair.ends[0], ear);

    EXPECT_GT(restless.rounds, 0);
}

TEST(Poller, lets_timers_fire_while_handlers_never_end) {
    Loop loop{"test"};
    Restless restless{loop};
    Timer timer{[&] { loop.stop(); }};

    restless.go();
    timer.start(loop, 1ms);
    loop.run();
    restless.at_rest = true;

    EXPECT_GT(restless.rounds, 0);
}

TEST(Poller, tells_nothing_to_who_was_removed_while_a_batch_is_handed_out) {
    Loop loop{"test"};
    const Pair one;
    const Pair other;  // both can be written to, which is told
    int heard = 0;
    std::array<Ear*, 2> ears{};
    const auto take_away_other = [&](std::size_t mine) {
        ++heard;
        const std::size_t theirs = 1 - mine;
        loop.poller().remove(theirs == 0 ? one.ends[0] : other.ends[0], *ears[theirs]);
    };
    Ear first{[&] { take_away_other(0); }};
    Ear second{[&] { take_away_other(1); }};
    ears = {&first, &second};

    loop.poller().add(one.ends[0], first);
    loop.poller().add(other.ends[0], second);
    loop.poll();

    EXPECT_EQ(heard, 1);
}

TEST(Poller, wakes_a_sleeping_loop_for_each_post_and_loses_none) {
    constexpr int posts = 2'000;
    Loop loop{"test"};
    std::atomic<int> done{0};
    std::thread runner{[&] { loop.run(); }};
    std::vector<std::jthread> posters;
    std::latch all{posts};

    for (int thread = 0; thread < 2; ++thread) {
        posters.emplace_back([&] {
            for (int i = 0; i < posts / 2; ++i) {
                loop.post([&] {
                    ++done;
                    all.count_down();
                });
                // Often the loop has gone to sleep again before the next.
                for (int turns = 0; turns < i % 8; ++turns) {
                    std::this_thread::yield();
                }
            }
        });
    }
    all.wait();
    loop.stop();
    runner.join();

    EXPECT_EQ(done, posts);
}

TEST(Poller, lets_a_sleeping_loop_be_stopped_from_another_thread) {
    Loop loop{"test"};
    std::latch running{1};
    loop.post([&] { running.count_down(); });
    std::thread runner{[&] { loop.run(); }};

    running.wait();
    loop.stop();
    runner.join();

    EXPECT_FALSE(loop.is_current());
}

TEST(Poller, keeps_what_is_queued_when_the_loop_is_stopped) {
    Loop loop{"test"};
    std::vector<int> seen;
    loop.defer([&] {
        seen.push_back(1);
        loop.stop();
    });
    loop.defer([&] { seen.push_back(2); });

    loop.run();
    const std::vector<int> at_stop = seen;
    loop.poll();

    EXPECT_EQ(at_stop, std::vector{1});
    EXPECT_EQ(seen, (std::vector{1, 2}));
}

}  // namespace
}  // namespace loquat::aio
