#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "aio/loop.hpp"
#include "store/redis/client.hpp"
#include "store/redis/redis_broadcast.hpp"
#include "testing/await.hpp"
#include "testing/free_port.hpp"
#include "testing/redis_server.hpp"

// A Redis that another one follows, and three Sentinels: what goes on when it dies.
namespace loquat::store {
namespace {

using namespace std::chrono_literals;
using test::await;

constexpr const char* user = "user loquat on >word ~* &* +@all\n";

// Both know the user, so that who signs in at one does at the other.
struct WatchedRedis {
    test::RedisServer master{user};
    test::RedisServer follower{std::string{user} + "masteruser loquat\nmasterauth word"};
    test::TemporaryFolder folder;
    std::vector<std::unique_ptr<test::ServerProcess>> sentinels;
    std::string url;

    WatchedRedis() {
        follower.ask({"REPLICAOF", "127.0.0.1", std::to_string(master.port())});
        EXPECT_TRUE(test::comes_true([this] { return follows(); }, [] {}));
        for (int i = 0; i < 3; ++i) {
            const std::string port = std::to_string(test::free_port());
            const auto settings = folder / ("sentinel-" + port + ".conf");
            std::ofstream{settings} << "bind 127.0.0.1\nport " << port << "\ndir "
                                    << folder.string() << "\nsentinel monitor chat 127.0.0.1 "
                                    << master.port()
                                    << " 2\nsentinel auth-user chat loquat\n"
                                       "sentinel auth-pass chat word\n"
                                       "sentinel down-after-milliseconds chat 300\n"
                                       "sentinel failover-timeout chat 1500\n";
            sentinels.push_back(std::make_unique<test::ServerProcess>(
                std::vector<std::string>{"redis-server", settings.string(), "--sentinel"},
                std::vector<std::string>{}, folder / ("log-" + port)));
            sentinels.back()->start();
            url += (url.empty() ? "redis+sentinel://loquat:word@127.0.0.1:" : ",127.0.0.1:") + port;
            ports.push_back(port);
        }
        url += "/chat";
    }

    bool follows() const {
        return follower.ask({"INFO", "replication"}).text.contains("master_link_status:up");
    }
    // Each Sentinel knows the others and who follows: only then they can decide.
    bool is_watched(aio::Loop& loop) const {
        return std::ranges::all_of(ports, [&loop](const std::string& port) {
            const std::string said = ask(loop, port);
            return said.contains("slaves=1,sentinels=3");
        });
    }

  private:
    static std::string ask(aio::Loop& loop, const std::string& port) {
        const Steady deadline = std::chrono::steady_clock::now() + 5s;
        auto asking = [&]() -> Task<std::string> {
            const auto number = static_cast<std::uint16_t>(std::stoi(port));
            net::Stream stream = co_await net::connect(loop, "127.0.0.1", number, deadline);
            RedisConnection connection{std::move(stream), port};
            std::vector<std::string> info{"INFO", "sentinel"};
            const RedisReply said = co_await connection.ask(std::move(info), deadline);
            co_return said.text;
        };
        try {
            return await(loop, asking());
        } catch (const Failure&) {
            return {};  // it is only just starting
        }
    }

    std::vector<std::string> ports;
};

struct RedisSentinelTest : testing::Test {
    aio::Loop loop{"test"};
    WatchedRedis redis;

    RedisTarget target() const { return read_redis_url(redis.url).value(); }
    template <class Condition>
    void until(Condition condition) {
        EXPECT_TRUE(test::comes_true(condition, [this] { loop.poll(); }));
    }
    std::unique_ptr<RedisBroadcast> open() const {
        return open_redis_broadcast(
            {.target = target(), .pulse_every = 100ms, .answer_max = 500ms});
    }
};

TEST_F(RedisSentinelTest, when_the_master_dies_the_next_one_tells_everybody_and_takes_commands) {
    until([this] { return redis.is_watched(loop); });
    const auto near = open();
    const auto far = open();
    std::vector<std::string> seen;
    Subscription subscription;
    loop.post([&] {
        subscription = near->subscribe("a", [&seen](Notice notice, const Payload& payload) {
            seen.push_back(notice == Notice::lost ? "LOST" : *payload);
        });
    });
    const auto is_whole = [&] {
        return near->reach() == Reach::everybody && far->reach() == Reach::everybody;
    };
    until([&] { return is_whole() && !seen.empty(); });
    RedisClient client{{.target = target(), .name = "test", .answer_max = 500ms}};
    seen.clear();

    redis.master.kill();
    until([&] { return std::ranges::count(seen, "LOST") > 0; });
    EXPECT_FALSE(is_whole());
    until([&] { return is_whole() && client.is_up(); });

    // What is told before the far one can publish again is lost, and that is said.
    std::string told;
    std::ptrdiff_t lost = -1;
    until([&] {
        if (const auto losses = std::ranges::count(seen, "LOST"); losses > lost) {
            lost = losses;
            told = "told after " + std::to_string(losses);
            far->publish("a", told);
        }
        return std::ranges::count(seen, told) > 0;
    });
    EXPECT_EQ(std::ranges::count(seen, told), 1) << testing::PrintToString(seen);
    const Steady deadline = std::chrono::steady_clock::now() + 20s;
    await(loop, client.call({"SET", "kept", "here"}, deadline));
    EXPECT_EQ(redis.follower.ask({"GET", "kept"}).text, "here");
    subscription = {};
}

}  // namespace
}  // namespace loquat::store
