#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <thread>

#include "aio/loop.hpp"
#include "net/tls/context.hpp"
#include "store/redis/client.hpp"
#include "store/redis/redis_broadcast.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/free_port.hpp"
#include "testing/listening_socket.hpp"
#include "testing/redis_server.hpp"

// What of a broadcast is Redis's own: faults of the server.  What every broadcast promises is
// broadcast_suite_test.cpp's.
namespace loquat::store {
namespace {

using namespace std::chrono_literals;

struct RedisBroadcastTest : testing::Test {
    test::RedisServer server;
    aio::Loop loop{"test"};
    std::vector<std::string> seen;
    std::unique_ptr<RedisBroadcast> near = open();
    std::unique_ptr<RedisBroadcast> far = open();
    Subscription subscription;

    std::unique_ptr<RedisBroadcast> open() const {
        return open_redis_broadcast(
            {.target = server.target(), .pulse_every = 100ms, .answer_max = 500ms});
    }
    template <class Condition>
    void until(Condition condition) {
        EXPECT_TRUE(test::comes_true(condition, [this] { loop.poll(); }));
    }
    void until_whole() {
        until(
            [&] { return near->reach() == Reach::everybody && far->reach() == Reach::everybody; });
    }
    void until_seen(const std::string& text) {
        until([&] { return std::ranges::count(seen, text) > 0; });
    }
    void subscribe() {
        loop.post([this] {
            subscription = near->subscribe("a", [this](Notice notice, const Payload& payload) {
                seen.push_back(notice == Notice::lost ? "LOST" : *payload);
            });
        });
        until_seen("LOST");
        until_whole();
        seen.clear();
    }
};

TEST_F(RedisBroadcastTest,
       says_that_something_may_be_lost_when_the_server_dies_and_when_it_is_back) {
    subscribe();

    server.kill();
    until_seen("LOST");
    EXPECT_EQ(near->reach(), Reach::this_process);
    far->publish("a", std::string{"unheard"});
    near->publish("a", std::string{"own"});
    until_seen("own");
    seen.clear();
    server.start();
    until_seen("LOST");
    until_whole();
    far->publish("a", std::string{"heard"});
    until_seen("heard");

    EXPECT_EQ(std::ranges::count(seen, "unheard"), 0);
}

TEST_F(RedisBroadcastTest, does_not_wait_for_a_server_that_is_away_to_settle) {
    subscribe();
    server.kill();
    until_seen("LOST");
    bool is_settled = false;
    auto settle = [&]() -> Task<void> {
        co_await near->settle();
        is_settled = true;
    };

    loop.spawn(settle());

    until([&] { return is_settled; });
}

TEST_F(RedisBroadcastTest, finds_a_server_that_accepts_and_never_answers) {
    subscribe();

    server.pause();
    until_seen("LOST");
    EXPECT_EQ(near->reach(), Reach::this_process);
    seen.clear();
    server.resume();
    until_seen("LOST");
    until_whole();

    far->publish("a", std::string{"heard"});
    until_seen("heard");
}

TEST_F(RedisBroadcastTest, hears_of_what_another_process_could_not_publish) {
    subscribe();

    // Only the connection that publishes: this process hears all the while.
    const std::string clients = server.ask({"CLIENT", "LIST"}).text;
    std::vector<std::string> ids;
    for (std::size_t at = 0; (at = clients.find("id=", at)) != std::string::npos; ++at) {
        const std::string line = clients.substr(at, clients.find('\n', at) - at);
        if (line.contains("name=loquat-publish") && (at == 0 || clients[at - 1] == '\n')) {
            ids.push_back(line.substr(3, line.find(' ') - 3));
        }
    }
    ASSERT_EQ(ids.size(), 2U);
    for (const std::string& id : ids) {
        server.ask({"CLIENT", "KILL", "ID", id});
    }

    until_seen("LOST");
}

TEST_F(RedisBroadcastTest, loses_nothing_by_processes_that_come_and_go_orderly) {
    subscribe();

    far.reset();
    far = open();
    until_whole();
    far->publish("a", std::string{"x"});
    until_seen("x");

    EXPECT_EQ(seen, std::vector<std::string>{"x"});
    EXPECT_EQ(near->reach(), Reach::everybody);
}

TEST_F(RedisBroadcastTest, subscribes_once_for_a_process_and_ends_with_the_last_listener) {
    subscribe();
    Subscription second;
    loop.post([&] { second = near->subscribe("a", [](Notice, const Payload&) {}); });
    loop.poll();
    const auto subscribers = [&] {
        return server.ask({"PUBSUB", "NUMSUB", "a"}).items.at(1).integer;
    };

    EXPECT_EQ(subscribers(), 1);
    loop.post([&] { second.end(); });
    loop.poll();
    EXPECT_EQ(near->topics(), 1U);
    loop.post([&] { subscription.end(); });
    loop.poll();

    until([&] { return subscribers() == 0; });
}

TEST_F(RedisBroadcastTest, drops_beyond_its_limit_and_says_so) {
    subscribe();
    far = open_redis_broadcast({.target = server.target(),
                                .unsent_bytes_max = 1 << 20,
                                .pulse_every = 100ms,
                                .answer_max = 20s});
    until([&] { return far->reach() == Reach::everybody; });
    seen.clear();

    server.pause();
    const std::string much(100'000, 'x');
    for (int i = 0; i < 200; ++i) {
        far->publish("a", much);
    }
    EXPECT_GT(far->counts().dropped, 0U);
    server.resume();

    until_seen("LOST");
}

TEST_F(RedisBroadcastTest, hears_foreign_programs_too) {
    subscribe();

    server.ask({"PUBLISH", "a", "from elsewhere"});

    until_seen("from elsewhere");
}

struct RedisStartTest : testing::Test {
    static std::string refused(const RedisTarget& target, RedisUse use,
                               std::string* said = nullptr) {
        try {
            wait_for_redis(target, use, {.start_max = 500ms});
        } catch (const Failure& failure) {
            if (said != nullptr) {
                *said = failure.message + " " + failure.detail;
            }
            return failure.code;
        }
        return {};
    }
};

TEST_F(RedisStartTest, waits_for_a_server_that_is_not_there_and_says_so) {
    RedisTarget target = read_redis_url("redis://127.0.0.1").value();
    target.hosts[0].port = test::free_port();
    int told = 0;

    const std::string code = test::code_of([&] {
        wait_for_redis(
            target, RedisUse::keys,
            {.start_max = 60s, .keep_waiting = [&told](const std::string&) { return ++told < 3; }});
    });

    EXPECT_EQ(code, "store.unavailable");
    EXPECT_EQ(told, 3);
}

TEST_F(RedisStartTest, gives_up_a_server_that_accepts_and_never_answers) {
    const test::ListeningSocket silent;
    RedisTarget target = read_redis_url("redis://127.0.0.1").value();
    target.hosts[0].port = silent.port();
    std::string said;

    EXPECT_EQ(refused(target, RedisUse::keys, &said), "store.unavailable");
    EXPECT_TRUE(said.contains("does not answer")) << said;
}

TEST_F(RedisStartTest, may_be_waited_for_on_a_loop) {
    const test::RedisServer server;
    aio::Loop loop{"opener"};
    std::string code = "not run";

    loop.post([&] { code = refused(server.target(), RedisUse::keys); });
    loop.poll();

    EXPECT_EQ(code, "");
}

TEST_F(RedisStartTest, refuses_a_wrong_password_at_once_and_does_not_repeat_it) {
    const test::RedisServer server;
    RedisTarget target = server.target();
    target.password = "my-wrong-password";
    std::string said;

    EXPECT_EQ(refused(target, RedisUse::keys, &said), "store.denied");
    EXPECT_FALSE(said.contains("my-wrong-password")) << said;
    target.password.clear();
    EXPECT_EQ(refused(target, RedisUse::keys), "store.denied");
    target.user = "nobody";
    target.password = "x";
    EXPECT_EQ(refused(target, RedisUse::keys), "store.denied");
}

TEST_F(RedisStartTest, signs_in_as_a_user_of_an_access_list) {
    const test::RedisServer server;
    server.ask({"ACL", "SETUSER", "loquat", "on", ">secret", "~*", "&*", "+@all", "-@admin",
                "-@dangerous", "+info"});
    RedisTarget target = server.target();
    target.user = "loquat";
    target.password = "secret";
    static constexpr RedisScript script{"return redis.call('SET', KEYS[1], 'x')"};
    aio::Loop loop{"test"};

    EXPECT_EQ(refused(target, RedisUse::keys), "");
    RedisClient client{{.target = target, .name = "test"}};
    const RedisReply said =
        test::await(loop, client.run(script, {"a"}, {}, std::chrono::steady_clock::now() + 20s));
    EXPECT_EQ(said.text, "OK");
}

TEST_F(RedisStartTest, refuses_a_server_that_would_drop_locks) {
    const test::RedisServer server{"maxmemory 100mb\nmaxmemory-policy allkeys-lru"};
    std::string said;

    EXPECT_EQ(refused(server.target(), RedisUse::keys, &said), "store.unfit");
    EXPECT_TRUE(said.contains("maxmemory-policy noeviction")) << said;
    EXPECT_EQ(refused(server.target(), RedisUse::messages), "");
}

TEST_F(RedisStartTest, refuses_a_node_of_a_cluster) {
    std::string said;
    const auto start = [] {
        const std::string bus = std::to_string(test::free_port());
        const test::RedisServer server{"cluster-enabled yes\ncluster-port " + bus};
    };

    EXPECT_THROW(
        {
            try {
                start();
            } catch (const std::exception& error) {
                said = error.what();
                throw;
            }
        },
        std::runtime_error);

    EXPECT_TRUE(said.contains("is a node of a Cluster")) << said;
}

struct RedisTlsTest : RedisStartTest {
    test::TemporaryFolder folder;
    net::tls::KeyPair pair = net::tls::make_self_signed();
    std::uint16_t port = test::free_port();
    std::string file(const std::string& name, const std::string& text) const {
        std::ofstream{folder / name} << text;
        return (folder / name).string();
    }
    std::string certificate = file("certificate.pem", pair.certificates);
    test::RedisServer server{"tls-auth-clients no\ntls-port " + std::to_string(port) +
                             "\ntls-cert-file " + certificate + "\ntls-key-file " +
                             file("key.pem", pair.private_key) + "\ntls-ca-cert-file " +
                             certificate};

    RedisTarget encrypted() const {
        RedisTarget target = server.target();
        target.transport = RedisTransport::tls;
        target.hosts[0].port = port;
        return target;
    }
};

TEST_F(RedisTlsTest, trusts_whom_the_url_names) {
    RedisTarget target = encrypted();
    target.authority_file = certificate;

    EXPECT_EQ(refused(target, RedisUse::keys), "");
}

TEST_F(RedisTlsTest, refuses_a_certificate_that_nobody_trusted_has_signed) {
    std::string said;

    EXPECT_EQ(refused(encrypted(), RedisUse::keys, &said), "store.denied");

    EXPECT_TRUE(said.contains("?ca=FILE")) << said;
}

TEST_F(RedisTlsTest, says_when_one_side_speaks_tls_and_the_other_does_not) {
    RedisTarget tls_to_plain = encrypted();
    tls_to_plain.hosts[0].port = server.port();
    RedisTarget plain_to_tls = server.target();
    plain_to_tls.hosts[0].port = port;
    std::string said;

    EXPECT_EQ(refused(tls_to_plain, RedisUse::keys, &said), "store.unavailable");
    EXPECT_TRUE(said.contains("TLS handshake")) << said;
    EXPECT_EQ(refused(plain_to_tls, RedisUse::keys, &said), "store.unavailable");
    EXPECT_TRUE(said.contains("rediss://")) << said;
}

}  // namespace
}  // namespace loquat::store
