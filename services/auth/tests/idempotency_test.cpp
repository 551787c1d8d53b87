#include "services/auth/tests/world.hpp"

namespace loquat::auth {
namespace {

using namespace std::chrono_literals;

struct Keyed : World {
    std::string change(const contracts::Session& session, std::string key, std::string current,
                       std::string next) {
        contracts::Caller caller = caller_of(session);
        caller.idempotency_key = std::move(key);
        return code_of(
            [&] { run(auth.change_password(caller, {std::move(current), std::move(next)})); });
    }
    std::size_t rotate(const contracts::Session& session, std::string key) {
        contracts::Caller caller = caller_of(session);
        caller.idempotency_key = std::move(key);
        return run(auth.rotate_keys(caller, {})).find("keys")->if_array()->size();
    }
};

TEST_F(Keyed, a_change_of_the_password_is_done_once_and_its_repeat_answered_alike) {
    const auto ann = sign_up("ann");

    EXPECT_EQ(change(ann, "once", password, "another long secret"), "");
    const auto elsewhere = sign_in("ann", "another long secret");
    EXPECT_EQ(change(ann, "once", password, "another long secret"), "");

    EXPECT_EQ(code_of([&] { refresh(*elsewhere.refresh_token); }), "") << "nothing was done again";
    EXPECT_EQ(run(store.find(ann.user.id))->password_version, 2);
    EXPECT_EQ(change(ann, "twice", password, "another long secret"), "auth.invalid_credentials");
}

TEST_F(Keyed, another_password_under_the_same_key_is_refused_and_slowed_down_as_a_guess) {
    const auto ann = sign_up("ann");
    change(ann, "once", password, "another long secret");

    const auto guess = [&] { return change(ann, "once", password, "a third long secret"); };
    EXPECT_EQ(guess(), "request.idempotency_conflict");
    std::string code;
    for (int i = 0; i < 50 && code != "rate.limited"; ++i) {
        code = guess();
    }

    EXPECT_EQ(code, "rate.limited");
    EXPECT_EQ(run(store.find(ann.user.id))->password_version, 2);
}

TEST_F(Keyed, a_key_of_a_change_that_was_refused_can_be_used_again) {
    const auto ann = sign_up("ann");

    EXPECT_EQ(change(ann, "once", "wrong one here", "another long secret"),
              "auth.invalid_credentials");
    EXPECT_EQ(change(ann, "once", password, "another long secret"), "");
}

TEST_F(Keyed, keys_are_each_persons_own_and_last_a_day) {
    const auto ann = sign_up("ann");
    const auto bob = sign_up("bob");

    EXPECT_EQ(change(ann, "once", password, "another long secret"), "");
    EXPECT_EQ(change(bob, "once", password, "another long secret"), "");
    clock.advance(25h);
    const auto later = sign_in("ann", "another long secret");
    EXPECT_EQ(change(later, "once", "another long secret", "a third long secret"), "");
}

TEST_F(Keyed, signing_keys_are_changed_once) {
    const auto ruth = sign_up("ruth");

    const std::size_t first = rotate(ruth, "once");
    EXPECT_EQ(rotate(ruth, "once"), first);
    EXPECT_EQ(rotate(ruth, "again"), first + 1);
}

TEST_F(Keyed, a_key_that_is_none_is_refused) {
    const auto ann = sign_up("ann");

    EXPECT_EQ(change(ann, std::string(256, 'k'), password, "another long secret"),
              "request.invalid");
    EXPECT_EQ(run(store.find(ann.user.id))->password_version, 1);
}

}  // namespace
}  // namespace loquat::auth
