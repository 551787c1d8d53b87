#include <gtest/gtest.h>

#include <thread>

#include "aio/loop.hpp"
#include "contracts/chat/broadcasts.hpp"
#include "store/broadcast/local_broadcast.hpp"
#include "store/broadcast/publish.hpp"
#include "store/broadcast/subscribe.hpp"

namespace loquat::store {
namespace {

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

TEST_F(BroadcastTest, reaches_every_listener_of_the_topic_in_order_and_no_other) {
    Subscription first;
    Subscription second;
    Subscription other;
    on_loop([&] {
        first = broadcast->subscribe("a", keep("1"));
        second = broadcast->subscribe("a", keep("2"));
        other = broadcast->subscribe("b", keep("other"));
    });

    publish("a", "x");
    publish("a", "y");
    publish("nobody", "z");
    loop.poll();

    EXPECT_EQ(seen, (std::vector<std::string>{"1x", "2x", "1y", "2y"}));
}

TEST_F(BroadcastTest, never_calls_inside_publish) {
    Subscription subscription;
    on_loop([&] {
        subscription = broadcast->subscribe("a", keep());
        publish("a", "x");
        EXPECT_TRUE(seen.empty());
    });

    EXPECT_EQ(seen.size(), 1U);
}

TEST_F(BroadcastTest, ends_with_its_handle_also_for_what_is_on_its_way) {
    Subscription subscription;
    on_loop([&] { subscription = broadcast->subscribe("a", keep()); });

    publish("a", "x");
    on_loop([&] { subscription.end(); });
    publish("a", "y");
    loop.poll();

    EXPECT_EQ(seen.size(), 1U);
}

TEST_F(BroadcastTest, may_end_itself_and_others_and_subscribe_again_inside_a_callback) {
    Subscription self;
    Subscription neighbour;
    Subscription again;
    on_loop([&] {
        auto leave = [&](Notice, const Payload&) {
            self.end();
            neighbour.end();
            again = broadcast->subscribe("a", keep("again"));
        };
        self = broadcast->subscribe("a", leave);
        neighbour = broadcast->subscribe("a", keep("neighbour"));
    });

    publish("a", "x");
    loop.poll();
    publish("a", "y");
    loop.poll();

    EXPECT_EQ(seen, (std::vector<std::string>{"againy"}));
}

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

TEST_F(BroadcastTest, goes_on_when_a_listener_throws) {
    Subscription bad;
    Subscription good;
    on_loop([&] {
        bad = broadcast->subscribe("a",
                                   [](Notice, const Payload&) { throw std::runtime_error{"bad"}; });
        good = broadcast->subscribe("a", keep());
    });

    publish("a", "x");
    loop.poll();

    EXPECT_EQ(seen.size(), 1U);
}

TEST_F(BroadcastTest, keeps_each_publishers_order_across_threads_and_loses_nothing_silently) {
    constexpr int publishers = 4;
    constexpr int each = 5000;
    std::vector<int> next(publishers, 0);
    int arrived = 0;
    Subscription subscription;
    on_loop([&] {
        subscription = broadcast->subscribe("a", [&](Notice notice, const Payload& payload) {
            ASSERT_EQ(notice, Notice::message);
            const int publisher = (*payload)[0] - '0';
            EXPECT_EQ(std::stoi(payload->substr(1)), next[static_cast<std::size_t>(publisher)]++);
            if (++arrived == publishers * each) {
                loop.stop();
            }
        });
    });

    std::vector<std::jthread> threads;
    for (int publisher = 0; publisher < publishers; ++publisher) {
        threads.emplace_back([&, publisher] {
            for (int i = 0; i < each; ++i) {
                broadcast->publish("a", std::to_string(publisher) + std::to_string(i));
            }
        });
    }
    loop.run();

    EXPECT_EQ(arrived, publishers * each);
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

TEST_F(BroadcastTest, serves_many_loops_that_come_and_go) {
    std::atomic<int> arrived{0};
    std::vector<std::jthread> threads;
    std::atomic<bool> stopping{false};
    std::jthread publisher{[&] {
        while (!stopping) {
            broadcast->publish("a", std::string{"x"});
        }
    }};

    for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&] {
            aio::Loop mine{"mine"};
            for (int round = 0; round < 50; ++round) {
                Subscription subscription;
                mine.post([&] {
                    subscription = broadcast->subscribe("a", [&](Notice, const Payload&) {
                        ++arrived;
                        subscription.end();
                        mine.stop();
                    });
                });
                mine.run();
            }
        });
    }
    threads.clear();
    stopping = true;

    EXPECT_EQ(arrived, 150);
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
