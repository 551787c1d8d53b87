#include "services/auth/adapters/sodium_passwords.hpp"

#include <future>
#include <thread>

#include "aio/scope.hpp"
#include "services/auth/tests/world.hpp"

namespace loquat::auth {
namespace {

using namespace std::chrono_literals;

struct Sodium : testing::Test {
    aio::Loop loop{"test"};
    aio::WorkerPool pool{"hash", 1, 8};
    SodiumPasswords passwords{pool, {.memory_kib = 64, .passes = 1}};

    template <class T>
    T run(Task<T> task) {
        return run_to_end(loop, std::move(task));
    }
};

TEST_F(Sodium, hashes_are_argon2id_and_verify_only_their_password) {
    const auto encoded = run(passwords.hash("secret words"));

    EXPECT_TRUE(encoded.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
    EXPECT_NE(encoded, run(passwords.hash("secret words"))) << "salted";
    EXPECT_TRUE(run(passwords.verify("secret words", encoded)).is_right);
    EXPECT_FALSE(run(passwords.verify("secret wordS", encoded)).is_right);
    EXPECT_FALSE(run(passwords.verify("", encoded)).is_right);
    EXPECT_FALSE(run(passwords.verify("secret words", "not a hash")).is_right);
}

TEST_F(Sodium, other_parameters_make_a_hash_outdated) {
    SodiumPasswords stronger{pool, {.memory_kib = 128, .passes = 2}};
    const auto encoded = run(passwords.hash("secret words"));

    EXPECT_FALSE(run(passwords.verify("secret words", encoded)).is_outdated);
    EXPECT_TRUE(run(stronger.verify("secret words", encoded)).is_outdated);
    EXPECT_FALSE(run(stronger.verify("wrong words", encoded)).is_outdated);
}

// libsodium must take the dummy for a real hash, or an unknown name would be refused at once.
TEST_F(Sodium, the_dummy_is_a_hash_like_any_other) {
    const auto real = run(passwords.hash("secret words"));

    EXPECT_EQ(passwords.dummy().size(), real.size());
    EXPECT_EQ(passwords.dummy().substr(0, 28), real.substr(0, 28));
    EXPECT_FALSE(run(passwords.verify("secret words", passwords.dummy())).is_right);
}

// Hashes began to take longer than those before: who was let in is told so, not left to its
// deadline.
TEST_F(Sodium, refuses_whoever_waited_too_long_for_a_thread_and_says_when_to_come_back) {
    SodiumPasswords impatient{
        pool, {.memory_kib = 64, .passes = 1}, {.threads = 1, .wait_max = 1ms}};
    std::optional<Failure> failure;
    std::promise<void> let_go;
    const auto ask = [&]() -> Task<void> {
        aio::Scope scope{loop, "test"};
        const auto occupy = [&let_go] { let_go.get_future().wait(); };
        scope.start(pool.run<void>(occupy));
        // Once it was let in: not before it has waited too long.
        loop.post([&let_go] {
            const auto asked = std::chrono::steady_clock::now();
            while (std::chrono::steady_clock::now() <= asked + 2ms) {
                std::this_thread::yield();
            }
            let_go.set_value();
        });
        try {
            co_await impatient.hash("secret words");
        } catch (const Failure& caught) {
            failure = caught;
        }
        co_await scope.close();
    };

    run(ask());

    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind, Kind::unavailable);
    EXPECT_EQ(failure->code, "server.overloaded");
    EXPECT_GE(failure->retry_after.value_or(0s), 1s);
}

}  // namespace
}  // namespace loquat::auth
