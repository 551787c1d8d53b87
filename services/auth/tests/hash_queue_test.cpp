#include "services/auth/domain/hash_queue.hpp"

#include <gtest/gtest.h>

#include <deque>

#include "base/failure.hpp"

namespace loquat::auth {
namespace {

using namespace std::chrono_literals;

struct Refusal {
    std::chrono::seconds retry_after{};
    std::string position;
};

std::optional<Refusal> refusal_of(HashQueue& queue, Steady now) {
    try {
        queue.check(now);
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.code, "server.overloaded");
        EXPECT_EQ(http_status(failure.kind), 503);
        return Refusal{failure.retry_after.value(), failure.extra.at(0).second};
    }
    return std::nullopt;
}

TEST(HashQueue, lets_wait_whoever_gets_a_turn_in_time) {
    HashQueue queue{{.threads = 2, .waiting_max = 1000, .wait_max = 8s}};
    std::deque<HashQueue::Place> places;

    for (int i = 0; i < 320; ++i) {
        ASSERT_FALSE(refusal_of(queue, Steady{})) << i;
        places.emplace_back(queue);
    }

    const auto refused = refusal_of(queue, Steady{});
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->retry_after, 9s);  // 320 hashes of 50 ms on two threads, then one's own
    EXPECT_EQ(refused->position, "321");
}

TEST(HashQueue, tells_each_of_a_burst_a_moment_when_there_is_room_for_it) {
    HashQueue queue{{.threads = 2, .waiting_max = 100, .wait_max = 8s}};
    std::deque<HashQueue::Place> places;
    for (int i = 0; i < 100; ++i) {
        places.emplace_back(queue);
    }

    std::map<std::chrono::seconds, int> told;
    for (int i = 0; i < 300; ++i) {
        ++told[refusal_of(queue, Steady{})->retry_after];
    }

    EXPECT_EQ(told.begin()->first, 3s);
    EXPECT_EQ(told.rbegin()->first, 10s);
    for (const auto& [when, count] : told) {
        EXPECT_LE(count, 40) << "as many as two threads compute in a second";
    }
    places.clear();
    EXPECT_FALSE(refusal_of(queue, Steady{}));
}

TEST(HashQueue, learns_how_long_a_hash_takes_here) {
    HashQueue queue{{.threads = 1, .waiting_max = 1000, .wait_max = 7500ms}};
    for (int i = 0; i < 100; ++i) {
        queue.note(1s);
    }
    std::deque<HashQueue::Place> places;
    for (int i = 0; i < 8; ++i) {
        ASSERT_FALSE(refusal_of(queue, Steady{}));
        places.emplace_back(queue);
    }

    EXPECT_TRUE(refusal_of(queue, Steady{}));
}

}  // namespace
}  // namespace loquat::auth
