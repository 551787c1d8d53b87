#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "aio/loop.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "store/broadcast/local_broadcast.hpp"
#include "store/broadcast/publish.hpp"
#include "store/broadcast/subscribe.hpp"

namespace loquat::store {
namespace {

// What is special to one process; the rest is in broadcast_suite_test.cpp.
struct BroadcastTest : testing::Test {
    aio::Loop loop{"test"};
    std::unique_ptr<Broadcast> broadcast = make_local_broadcast();
    std::vector<std::string> seen;

    // Runs `call` on the loop's thread, then what is ready.
    void on_loop(std::move_only_function<void()> call) {
        loop.post(std::move(call));
        loop.poll();
    }
    OnNotice keep(std::string prefix = "") {
        return [this, prefix](Notice notice, const Payload& payload) {
            seen.push_back(prefix + (notice == Notice::lost ? "LOST" : *payload));
        };
    }
    void publish(std::string_view topic, const char* payload) {
        broadcast->publish(topic, std::string{payload});
    }
};

TEST_F(BroadcastTest, tells_once_and_in_its_place_that_something_was_lost) {
    broadcast = make_local_broadcast({.loop_items_max = 2});
    Subscription a;
    Subscription b;
    on_loop([&] {
        a = broadcast->subscribe("a", keep("a"));
        b = broadcast->subscribe("b", keep("b"));
    });

    publish("a", "1");
    publish("a", "2");
    publish("a", "3");
    publish("b", "1");
    publish("a", "4");
    loop.poll();
    publish("a", "5");
    loop.poll();

    EXPECT_EQ(seen, (std::vector<std::string>{"a1", "a2", "aLOST", "bLOST", "a5"}));
}

TEST_F(BroadcastTest, bounds_the_bytes_that_wait) {
    broadcast = make_local_broadcast({.loop_bytes_max = 10});
    Subscription a;
    on_loop([&] { a = broadcast->subscribe("a", keep()); });

    publish("a", "12345678");
    publish("a", "12345678");
    publish("a", "1");
    loop.poll();

    EXPECT_EQ(seen, (std::vector<std::string>{"12345678", "LOST"}));
}

TEST_F(BroadcastTest, is_heard_before_what_its_publisher_posts_after_it) {
    constexpr int rounds = 50'000;
    broadcast = make_local_broadcast({.loop_items_max = 1'000'000});  // none is lost
    int heard = 0;
    int late = 0;
    Subscription a;
    Subscription b;
    on_loop([&] {
        a = broadcast->subscribe("a", [&](Notice, const Payload&) { ++heard; });
        b = broadcast->subscribe("b", [](Notice, const Payload&) {});
    });
    std::atomic<bool> stopping{false};
    std::jthread neighbour{[&] {
        for (int i = 0; i < 500'000 && !stopping; ++i) {
            broadcast->publish("b", std::string{"x"});
        }
    }};

    std::jthread publisher{[&] {
        for (int i = 1; i <= rounds; ++i) {
            broadcast->publish("a", std::string{"x"});
            loop.post([&, i] {
                late += heard < i ? 1 : 0;
                if (i == rounds) {
                    loop.stop();
                }
            });
        }
    }};
    loop.run();
    stopping = true;

    EXPECT_EQ(late, 0) << "rounds in which it came behind";
}

TEST_F(BroadcastTest, gives_what_was_told_as_it_was_described_and_says_what_was_not_heard) {
    using contracts::OutcomeEvent;
    constexpr auto& topic = contracts::topics::chat_outcome;
    std::vector<std::optional<OutcomeEvent>> told;
    Subscription subscription;
    on_loop([&] {
        subscription = subscribe(*broadcast, topic, "node", [&](std::optional<OutcomeEvent> event) {
            told.push_back(std::move(event));
        });
    });
    const OutcomeEvent event{7, {.kind = contracts::OutcomeKind::refused, .code = "a.b"}};

    store::publish(*broadcast, topic, "node", event);
    store::publish(*broadcast, topic, "another", event);
    broadcast->publish(topic.name("node"), std::string{"of a version that nobody knows"});
    loop.poll();

    ASSERT_EQ(told.size(), 2U);
    ASSERT_TRUE(told[0]);
    EXPECT_EQ(told[0]->origin_ref, 7U);
    EXPECT_EQ(told[0]->outcome.code, "a.b");
    EXPECT_FALSE(told[1]) << "catch up from the store";
    on_loop([&] { subscription.end(); });
}

}  // namespace
}  // namespace loquat::store
