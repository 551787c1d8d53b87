#include <gtest/gtest.h>

#include "services/auth/adapters/local_guesses.hpp"
#include "services/auth/adapters/redis_guesses.hpp"
#include "testing/await.hpp"
#include "testing/redis_server.hpp"

// What every GuessLimit promises, run over all of them; at Redis by one instance, and by two that
// are asked in turns.
namespace loquat::auth {
namespace {

using namespace std::chrono_literals;
using test::await;

constexpr const char* home = "192.0.2.1";

// One Redis, and instances that count there with a client each.
struct RedisPlace {
    test::RedisServer server;
    std::vector<std::unique_ptr<store::RedisClient>> clients;

    std::unique_ptr<GuessLimit> open(const BackOffRules& rules, const FakeClock& clock,
                                     std::chrono::milliseconds answer_max = 20s) {
        const Steady begun = clock.steady();
        auto ahead = [&clock, begun] {
            return std::chrono::duration_cast<std::chrono::milliseconds>(clock.steady() - begun);
        };
        clients.push_back(std::make_unique<store::RedisClient>(
            store::RedisClientOptions{.target = server.target(), .name = "test"}));
        return std::make_unique<RedisGuesses>(
            *clients.back(),
            RedisGuesses::Options{.rules = rules, .answer_max = answer_max, .ahead = ahead}, clock);
    }
};

// Instances of auth and who guesses at them, each time at the next one.
struct Guessing {
    aio::Loop loop{"test"};
    FakeClock clock;
    BackOffRules rules;
    std::vector<std::unique_ptr<GuessLimit>> instances;
    std::size_t asked = 0;

    GuessLimit& next() { return *instances[asked++ % instances.size()]; }
    Guess admit(std::string login, std::string address = home) {
        return await(loop, next().admit(std::move(login), std::move(address)));
    }
    // Seconds to wait; 0 when admitted.
    std::int64_t wait_of(std::string login, std::string address = home) {
        try {
            admit(std::move(login), std::move(address));
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.code, "rate.limited");
            return failure.retry_after.value().count();
        }
        return 0;
    }
    void fail(std::string login, std::string address = home) {
        GuessLimit& here = next();
        Guess guess = await(loop, here.admit(std::move(login), std::move(address)));
        await(loop, here.fail(std::move(guess)));
    }
    // Once it may.
    void wait_and_fail(const std::string& login, const std::string& address = home) {
        try {
            fail(login, address);
        } catch (const Failure& failure) {
            clock.advance(failure.retry_after.value());
            fail(login, address);
        }
    }
    void succeed(std::string login, std::string address = home) {
        GuessLimit& here = next();
        Guess guess = await(loop, here.admit(std::move(login), std::move(address)));
        await(loop, here.succeed(std::move(guess)));
    }
    void forget(std::string login) { await(loop, next().forget(std::move(login))); }
};

enum class Kind { local, redis, redis_by_turns };

struct GuessSuite : testing::TestWithParam<Kind>, Guessing {
    std::unique_ptr<RedisPlace> redis =
        GetParam() == Kind::local ? nullptr : std::make_unique<RedisPlace>();

    GuessSuite() { open(); }
    void open() {
        instances.clear();
        if (redis == nullptr) {
            instances.push_back(std::make_unique<LocalGuesses>(rules, clock));
            return;
        }
        for (int i = 0; i < (GetParam() == Kind::redis ? 1 : 2); ++i) {
            instances.push_back(redis->open(rules, clock));
        }
    }
};

INSTANTIATE_TEST_SUITE_P(Adapters, GuessSuite,
                         testing::Values(Kind::local, Kind::redis, Kind::redis_by_turns),
                         [](const auto& suite) {
                             return std::string{suite.param == Kind::local   ? "local"
                                                : suite.param == Kind::redis ? "redis"
                                                                             : "redis_by_turns"};
                         });

TEST_P(GuessSuite, five_failures_are_free_then_the_delay_doubles_up_to_a_quarter_of_an_hour) {
    for (int i = 0; i < 5; ++i) {
        fail("ann");
    }

    std::vector<std::int64_t> waits;
    for (int i = 0; i < 12; ++i) {
        waits.push_back(wait_of("ann"));
        clock.advance(std::chrono::seconds{waits.back()});
        fail("ann");
    }

    EXPECT_EQ(waits, (std::vector<std::int64_t>{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}));
}

TEST_P(GuessSuite, success_resets) {
    for (int i = 0; i < 4; ++i) {
        fail("ann");
    }
    succeed("ann");

    fail("ann");

    EXPECT_EQ(wait_of("ann"), 0);
}

TEST_P(GuessSuite, strangers_cannot_lock_the_owner_out) {
    succeed("ann");
    for (int i = 0; i < 40; ++i) {
        const std::string address = "198.51.100." + std::to_string(i);
        wait_and_fail("ann", address);
    }

    EXPECT_EQ(wait_of("ann", "203.0.113.9"), 30) << "elsewhere: slow, but never for long";
    EXPECT_EQ(wait_of("ann"), 0) << "from where the owner signed in before";
}

TEST_P(GuessSuite, one_address_that_tries_many_names_is_slowed) {
    for (int i = 0; i < 50; ++i) {
        fail("user" + std::to_string(i));
    }

    EXPECT_EQ(wait_of("another"), 1);
    EXPECT_EQ(wait_of("another", "192.0.2.2"), 0);
}

TEST_P(GuessSuite, attempts_at_once_do_not_slip_through) {
    rules.at_once_max = 4;
    open();
    std::vector<Guess> running;
    for (int i = 0; i < 4; ++i) {
        running.push_back(admit("ann"));
    }

    EXPECT_EQ(wait_of("ann"), 1);
    EXPECT_EQ(wait_of("ben"), 0);
    await(loop, next().fail(std::move(running.back())));
    EXPECT_EQ(wait_of("ann"), 0);
}

TEST_P(GuessSuite, after_too_many_failures_only_one_attempt_runs_at_once) {
    for (int i = 0; i < 6; ++i) {
        wait_and_fail("ann");
    }
    clock.advance(1min);

    const Guess running = admit("ann");

    EXPECT_EQ(wait_of("ann"), 1);
}

TEST_P(GuessSuite, a_new_password_by_an_administrator_ends_the_wait) {
    succeed("ann");
    for (int i = 0; i < 8; ++i) {
        wait_and_fail("ann");
    }
    ASSERT_GT(wait_of("ann"), 0);

    forget("ann");

    EXPECT_EQ(wait_of("ann"), 0);
    fail("ann");
    EXPECT_EQ(wait_of("ann"), 0) << "and what was counted does not come back";
}

TEST_P(GuessSuite, can_be_switched_off) {
    rules.is_enabled = false;
    open();
    for (int i = 0; i < 100; ++i) {
        fail("ann");
    }

    EXPECT_EQ(wait_of("ann"), 0);
}

struct RedisGuessesTest : testing::Test, Guessing {
    RedisPlace redis;

    void open_two() {
        for (int i = 0; i < 2; ++i) {
            instances.push_back(redis.open(rules, clock));
        }
    }
    // Whether all instances count the next attempt.
    bool is_shared() { return !admit("ann").shared.empty(); }
    // How many are admitted of those that ask at once.
    int admitted(int at_once) {
        int count = 0;
        std::vector<Guess> running;
        for (int i = 0; i < at_once; ++i) {
            try {
                running.push_back(admit("ann"));
                ++count;
            } catch (const Failure&) {
            }
        }
        return count;
    }
};

TEST_F(RedisGuessesTest, an_attempt_that_nobody_ended_is_over_after_ten_seconds) {
    rules.at_once_max = 2;
    open_two();
    ASSERT_EQ(admitted(3), 2);

    clock.advance(11s);

    EXPECT_EQ(admitted(3), 2);
}

TEST_F(RedisGuessesTest, without_the_server_each_instance_goes_on_with_its_share_of_what_it_saw) {
    open_two();
    for (int i = 0; i < 4; ++i) {
        fail("ann");
    }

    redis.server.kill();

    EXPECT_EQ(wait_of("ann"), 2) << "each saw two, its share of five";
    EXPECT_EQ(wait_of("ann"), 2);
    clock.advance(2s);
    fail("ann");
    fail("ann");
    EXPECT_EQ(wait_of("ann"), 4);
    EXPECT_EQ(wait_of("ben"), 0);
}

TEST_F(RedisGuessesTest, a_server_that_does_not_answer_is_not_waited_for_again_at_once) {
    instances.push_back(redis.open(rules, clock, 1ms));
    redis.server.pause();

    const bool at_first = is_shared();
    redis.server.resume();
    const bool at_once = is_shared();
    const bool later =
        test::comes_true([this] { return is_shared(); }, [this] { clock.advance(2s); });

    EXPECT_FALSE(at_first);
    EXPECT_FALSE(at_once);
    EXPECT_TRUE(later);
}

TEST_F(RedisGuessesTest, keeps_neither_what_was_typed_nor_anything_for_good) {
    open_two();
    succeed("my password by mistake");
    fail("my password by mistake");
    forget("my password by mistake");

    const store::RedisReply keys = redis.server.ask({"KEYS", "*"});

    EXPECT_EQ(keys.items.size(), 6U);
    for (const store::RedisReply& key : keys.items) {
        EXPECT_EQ(key.text.find("password"), std::string::npos) << key.text;
        EXPECT_EQ(key.text.find(home), std::string::npos) << key.text;
        EXPECT_GT(redis.server.ask({"PTTL", key.text}).integer, 0) << key.text;
    }
    const std::string name = redis.server.ask({"KEYS", "guess.pair.*"}).items.at(0).text;
    EXPECT_LE(redis.server.ask({"PTTL", name}).integer, 15 * 60'000);
}

}  // namespace
}  // namespace loquat::auth
