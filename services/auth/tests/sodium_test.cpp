#include "services/auth/adapters/sodium_passwords.hpp"
#include "services/auth/tests/world.hpp"

namespace loquat::auth {
namespace {

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

}  // namespace
}  // namespace loquat::auth
