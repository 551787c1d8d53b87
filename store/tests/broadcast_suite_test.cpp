#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "aio/loop.hpp"
#include "store/broadcast/local_broadcast.hpp"
#include "store/redis/redis_broadcast.hpp"
#include "testing/await.hpp"
#include "testing/redis_server.hpp"

// What every Broadcast promises, run over all of them.
namespace loquat::store {
namespace {

// Who publishes and who listens.
enum class Between { loops, one_process_of_many, processes };

std::string name_of(Between between) {
    switch (between) {
        case Between::loops:
            return "local";
        case Between::one_process_of_many:
            return "redis_own";
        case Between::processes:
            return "redis_others";
    }
    return {};
}

struct BroadcastSuite : testing::TestWithParam<Between> {
    std::unique_ptr<test::RedisServer> server;
    aio::Loop loop{"test"};
    std::vector<std::string> seen;
    std::unique_ptr<Broadcast> listening;
    std::unique_ptr<Broadcast> other;

    BroadcastSuite() {
        if (GetParam() == Between::loops) {
            listening = make_local_broadcast({.loop_items_max = 1'000'000});
            return;
        }
        server = std::make_unique<test::RedisServer>();
        listening = open();
        if (GetParam() == Between::processes) {
            other = open();
        }
        until([&] { return listening->reach() == Reach::everybody; });
    }

    std::unique_ptr<Broadcast> open() const {
        return open_redis_broadcast(
            {.target = server->target(), .local = {.loop_items_max = 1'000'000}});
    }
    Broadcast& publishing() const { return other ? *other : *listening; }

    template <class Condition>
    void until(Condition condition) {
        EXPECT_TRUE(test::comes_true(condition, [this] { loop.poll(); }));
    }
    // Runs `call` on the loop's thread, then what is ready.
    void on_loop(std::move_only_function<void()> call) {
        loop.post(std::move(call));
        loop.poll();
    }
    // A server has to confirm each, and what was published before may have been missed.
    void settle(std::size_t listeners) {
        if (GetParam() != Between::loops) {
            until([&] { return seen.size() == listeners; });
            for (const std::string& one : seen) {
                EXPECT_TRUE(one.ends_with("LOST"));
            }
            seen.clear();
        }
    }
    OnNotice keep(std::string prefix = "") {
        return [this, prefix](Notice notice, const Payload& payload) {
            seen.push_back(prefix + (notice == Notice::lost ? "LOST" : *payload));
        };
    }
    void publish(std::string_view topic, const char* payload) const {
        publishing().publish(topic, std::string{payload});
    }
};

TEST_P(BroadcastSuite, reaches_every_listener_of_the_topic_in_order_and_no_other) {
    Subscription first;
    Subscription second;
    Subscription other_topic;
    on_loop([&] {
        first = listening->subscribe("a", keep("1"));
        second = listening->subscribe("a", keep("2"));
        other_topic = listening->subscribe("b", keep("other"));
    });
    settle(3);

    publish("a", "x");
    publish("nobody", "z");
    publish("a", "y");
    until([&] { return seen.size() >= 4; });

    EXPECT_EQ(seen, (std::vector<std::string>{"1x", "2x", "1y", "2y"}));
}

TEST_P(BroadcastSuite, has_missed_nothing_of_what_is_published_once_it_has_settled) {
    Subscription subscription;
    auto listen = [&]() -> Task<void> {
        subscription = listening->subscribe("a", keep());
        co_await listening->settle();
        seen.clear();
        publish("a", "x");
    };

    loop.spawn(listen());
    until([&] { return !seen.empty() && seen.back() == "x"; });

    EXPECT_EQ(seen, std::vector<std::string>{"x"});
}

TEST_P(BroadcastSuite, gives_every_byte_as_it_was) {
    std::string all;
    for (int i = 0; i < 100'000; ++i) {
        all += static_cast<char>(i * 7 + i / 256);
    }
    Subscription subscription;
    on_loop([&] { subscription = listening->subscribe("a", keep()); });
    settle(1);

    publishing().publish("a", all);
    publishing().publish("a", std::string{});
    publishing().publish("a", std::string{"\n#0123456789abcdef"});
    until([&] { return seen.size() == 3; });

    EXPECT_EQ(seen, (std::vector<std::string>{all, "", "\n#0123456789abcdef"}));
}

TEST_P(BroadcastSuite, never_calls_inside_publish) {
    Subscription subscription;
    on_loop([&] { subscription = listening->subscribe("a", keep()); });
    settle(1);

    on_loop([&] {
        publish("a", "x");
        EXPECT_TRUE(seen.empty());
    });
    until([&] { return seen.size() == 1; });
}

TEST_P(BroadcastSuite, ends_with_its_handle_also_for_what_is_on_its_way) {
    Subscription subscription;
    Subscription last;
    on_loop([&] {
        subscription = listening->subscribe("a", keep());
        last = listening->subscribe("b", keep("b"));
    });
    settle(2);

    publish("a", "x");
    on_loop([&] { subscription.end(); });
    const std::size_t before = seen.size();
    publish("a", "y");
    publish("b", "z");
    until([&] { return !seen.empty() && seen.back() == "bz"; });

    EXPECT_EQ(seen.size(), before + 1);
}

TEST_P(BroadcastSuite, may_end_itself_and_others_and_subscribe_again_inside_a_callback) {
    Subscription self;
    Subscription neighbour;
    Subscription again;
    auto leave = [&](Notice notice, const Payload&) {
        if (notice == Notice::lost) {
            seen.emplace_back("LOST");
            return;
        }
        self.end();
        neighbour.end();
        again = listening->subscribe("a", keep("again"));
    };
    on_loop([&] {
        self = listening->subscribe("a", leave);
        neighbour = listening->subscribe("a", keep("neighbour"));
    });
    settle(2);

    publish("a", "x");
    until([&] { return static_cast<bool>(again); });
    publish("a", "y");
    until([&] { return !seen.empty(); });

    EXPECT_EQ(seen, (std::vector<std::string>{"againy"}));
}

TEST_P(BroadcastSuite, goes_on_when_a_listener_throws) {
    Subscription bad;
    Subscription good;
    on_loop([&] {
        bad = listening->subscribe("a",
                                   [](Notice, const Payload&) { throw std::runtime_error{"bad"}; });
        good = listening->subscribe("a", keep());
    });
    settle(1);

    publish("a", "x");
    until([&] { return !seen.empty(); });

    EXPECT_EQ(seen, std::vector<std::string>{"x"});
}

TEST_P(BroadcastSuite, keeps_each_publishers_order_across_threads_and_loses_nothing_silently) {
    constexpr int publishers = 4;
    constexpr int each = 5000;
    std::vector<int> next(publishers, 0);
    int arrived = 0;
    int lost = 0;
    Subscription subscription;
    on_loop([&] {
        subscription = listening->subscribe("a", [&](Notice notice, const Payload& payload) {
            if (notice == Notice::lost) {
                ++lost;
                return;
            }
            const int publisher = (*payload)[0] - '0';
            EXPECT_EQ(std::stoi(payload->substr(1)), next[static_cast<std::size_t>(publisher)]++);
            ++arrived;
        });
    });
    const int told = GetParam() == Between::loops ? 0 : 1;
    until([&] { return lost == told; });

    std::vector<std::jthread> threads;
    for (int publisher = 0; publisher < publishers; ++publisher) {
        threads.emplace_back([&, publisher] {
            for (int i = 0; i < each; ++i) {
                publishing().publish("a", std::to_string(publisher) + std::to_string(i));
            }
        });
    }
    until([&] { return arrived == publishers * each; });

    EXPECT_EQ(lost, told);
}

TEST_P(BroadcastSuite,
       sees_what_is_published_after_subscribing_or_says_that_it_may_have_missed_it) {
    constexpr int topics = 50;
    std::vector<int> heard(topics, 0);
    std::vector<Subscription> subscriptions;
    for (int i = 0; i < topics; ++i) {
        on_loop([&] {
            subscriptions.push_back(listening->subscribe(
                std::to_string(i),
                [&heard, i](Notice, const Payload&) { ++heard[static_cast<std::size_t>(i)]; }));
        });
        publishing().publish(std::to_string(i), std::string{"x"});
    }

    until([&] { return std::ranges::all_of(heard, [](int count) { return count > 0; }); });
}

TEST_P(BroadcastSuite, serves_many_loops_that_come_and_go) {
    std::atomic<int> arrived{0};
    std::vector<std::jthread> threads;
    std::atomic<bool> stopping{false};
    std::jthread publisher{[&] {
        while (!stopping) {
            publishing().publish("a", std::string{"x"});
            std::this_thread::yield();
        }
    }};

    for (int t = 0; t < 3; ++t) {
        threads.emplace_back([&] {
            aio::Loop mine{"mine"};
            for (int round = 0; round < 50; ++round) {
                Subscription subscription;
                mine.post([&] {
                    subscription = listening->subscribe("a", [&](Notice, const Payload&) {
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

INSTANTIATE_TEST_SUITE_P(All, BroadcastSuite,
                         testing::Values(Between::loops, Between::one_process_of_many,
                                         Between::processes),
                         [](const auto& info) { return name_of(info.param); });

}  // namespace
}  // namespace loquat::store
