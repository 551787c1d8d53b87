#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "aio/call.hpp"
#include "store/redis/client.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/redis_server.hpp"

namespace loquat::store {
namespace {

using namespace std::chrono_literals;
using test::await;
using test::code_of;

Steady in(std::chrono::milliseconds time) { return std::chrono::steady_clock::now() + time; }

struct RedisClientTest : testing::Test {
    test::RedisServer server;
    aio::Loop loop{"test"};
    RedisClient client{
        {.target = server.target(), .name = "test", .answer_max = 500ms, .calls_max = 100}};

    RedisReply call(std::vector<std::string> args, Steady deadline = in(20s)) {
        return await(loop, client.call(std::move(args), deadline));
    }
    template <class Condition>
    void until(Condition condition) {
        EXPECT_TRUE(test::comes_true(condition, [] {}));
    }
};

TEST_F(RedisClientTest, gives_each_caller_its_own_answer) {
    constexpr int callers = 4;
    constexpr int each = 500;
    std::atomic<int> right{0};
    {
        std::vector<std::jthread> threads;
        for (int caller = 0; caller < callers; ++caller) {
            threads.emplace_back([&, caller] {
                aio::Loop mine{"caller"};
                for (int i = 0; i < each; ++i) {
                    const std::string text = std::to_string(caller) + ":" + std::to_string(i);
                    const RedisReply said = await(mine, client.call({"ECHO", text}, in(20s)));
                    right += said.text == text ? 1 : 0;
                }
            });
        }
    }

    EXPECT_EQ(right.load(), callers * each);
}

TEST_F(RedisClientTest, leaves_alone_who_has_given_up_with_its_loop) {
    server.pause();
    for (int i = 0; i < 20; ++i) {
        aio::Loop gone{"gone"};
        EXPECT_EQ(code_of([&] { await(gone, client.call({"PING"}, in(1ms))); }),
                  "upstream.timeout");
    }
    server.resume();

    until([&] { return code_of([&] { call({"PING"}); }).empty(); });
}

TEST_F(RedisClientTest, connects_anew_to_a_server_that_does_not_answer) {
    server.pause();
    EXPECT_EQ(code_of([&] { call({"PING"}); }), "upstream.timeout") << "it may have been done";
    until([&] { return !client.is_up(); });
    EXPECT_EQ(code_of([&] { call({"PING"}); }), "store.unavailable") << "at once";
    server.resume();

    until([&] { return client.is_up(); });
    EXPECT_EQ(call({"PING"}).text, "PONG");
}

TEST_F(RedisClientTest, finds_a_server_that_was_killed_and_started_again) {
    call({"SET", "a", "1"});
    server.kill();
    until([&] { return !client.is_up(); });
    server.start();
    until([&] { return client.is_up(); });

    EXPECT_EQ(call({"GET", "a"}).type, RedisReply::Type::nil);
}

TEST_F(RedisClientTest, refuses_more_than_may_wait) {
    server.pause();
    int overloaded = 0;
    auto ask = [](RedisClient& asked, int& refused) -> Task<void> {
        try {
            std::vector<std::string> args{"PING"};
            co_await asked.call(std::move(args), in(20s));
        } catch (const Failure& failure) {
            refused += failure.code == "store.overloaded" ? 1 : 0;
        }
    };
    for (int i = 0; i < 150; ++i) {
        loop.spawn(ask(client, overloaded));
    }
    loop.poll();
    server.resume();

    EXPECT_EQ(overloaded, 50);
    until([&] {
        loop.poll();
        return code_of([&] { call({"PING"}); }).empty();
    });
}

TEST_F(RedisClientTest, says_what_the_server_refuses) {
    call({"SET", "a", "text"});

    EXPECT_EQ(code_of([&] { call({"LPUSH", "a", "1"}); }), "store.internal");
    EXPECT_EQ(code_of([&] { call({"NO-SUCH-COMMAND"}); }), "store.internal");
    server.ask({"CONFIG", "SET", "maxmemory", "1"});
    EXPECT_EQ(code_of([&] { call({"SET", "b", "1"}); }), "store.full");
    server.ask({"CONFIG", "SET", "maxmemory", "0"});
    EXPECT_EQ(client.counts().refused, 3U);
}

}  // namespace
}  // namespace loquat::store
