#include <map>

#include "services/auth/tests/store_adapters.hpp"

// What every store promises about accounts that may not be used, for each adapter.
namespace loquat::auth {
namespace {

using namespace std::chrono_literals;
using contracts::AccountState;
using contracts::Role;

template <class Adapter>
struct Standing : Store<Adapter> {
    Changed change(UserId id, AccountState state,
                   contracts::RemovedMessages messages = contracts::RemovedMessages::keep) {
        const Ending ending{.user = id, .revoked_until = this->clock.now() + 15min};
        return this->run(this->users.change_state(id, state, ending, messages));
    }
    std::size_t sessions_of(UserId id) {
        return this->run(this->sessions.list(id, this->clock.now())).size();
    }
};

TYPED_TEST_SUITE(Standing, Adapters);

TYPED_TEST(Standing, ends_all_sessions_of_who_is_disabled_or_removed_and_of_nobody_else) {
    const Account ann = this->added("ann");
    const Account bob = this->added("bob");
    this->open(ann.id);
    for (const AccountState state : {AccountState::disabled, AccountState::removed}) {
        if (state == AccountState::removed) {
            this->change(bob.id, AccountState::active);
        }
        this->open(bob.id);
        this->open(bob.id);

        const Changed changed = this->change(bob.id, state);

        EXPECT_EQ(changed.outcome, ChangeOutcome::changed);
        EXPECT_EQ(changed.ended.size(), 2U);
        EXPECT_EQ(this->sessions_of(bob.id), 0U);
        EXPECT_EQ(this->sessions_of(ann.id), 1U);
    }
}

TYPED_TEST(Standing, ends_no_session_when_an_account_can_be_used_again) {
    this->added("ann");
    const Account bob = this->added("bob");
    this->change(bob.id, AccountState::disabled);

    const Changed changed = this->change(bob.id, AccountState::active);

    EXPECT_EQ(changed.outcome, ChangeOutcome::changed);
    EXPECT_TRUE(changed.ended.empty());
    EXPECT_EQ(this->change(bob.id, AccountState::active).outcome, ChangeOutcome::unchanged);
    EXPECT_EQ(this->change(UserId::make(), AccountState::disabled).outcome,
              ChangeOutcome::unknown_user);
}

TYPED_TEST(Standing, remembers_who_is_leaving_and_whether_messages_go_too) {
    this->added("ann");
    const Account bob = this->added("bob");
    const Account eve = this->added("eve");
    this->change(bob.id, AccountState::removed);
    this->change(eve.id, AccountState::removed, contracts::RemovedMessages::erase);

    std::map<UserId, contracts::RemovedMessages> leaving;
    for (const auto& leaver : this->run(this->users.list_leaving(10))) {
        leaving.emplace(leaver.user, leaver.messages);
    }
    this->run(this->users.note_left(eve.id));
    const auto left = this->run(this->users.list_leaving(10));

    EXPECT_EQ(leaving, (std::map<UserId, contracts::RemovedMessages>{
                           {bob.id, contracts::RemovedMessages::keep},
                           {eve.id, contracts::RemovedMessages::erase}}));
    ASSERT_EQ(left.size(), 1U);
    EXPECT_EQ(left.front().user, bob.id);
}

// Nobody could sign in and administer any more.
TYPED_TEST(Standing, counts_no_administrator_who_is_disabled_or_removed) {
    const Account ann = this->added("ann");
    const auto refusals = [&] {
        return std::array{
            this->change(ann.id, AccountState::disabled).outcome,
            this->change(ann.id, AccountState::removed).outcome,
            this->run(this->users.change_role(ann.id, Role::user, {ann.id, this->clock, 15min}))
                .outcome};
    };
    const std::array all_refused{ChangeOutcome::last_admin, ChangeOutcome::last_admin,
                                 ChangeOutcome::last_admin};

    for (const AccountState state : {AccountState::disabled, AccountState::removed}) {
        const Account bob = this->added(state == AccountState::disabled ? "bob" : "carl");
        this->run(this->users.change_role(bob.id, Role::admin, {bob.id, this->clock, 15min}));
        this->change(bob.id, state);
        EXPECT_EQ(refusals(), all_refused);
    }
    const Account eve = this->added("eve");
    this->run(this->users.change_role(eve.id, Role::admin, {eve.id, this->clock, 15min}));
    EXPECT_EQ(this->change(ann.id, AccountState::disabled).outcome, ChangeOutcome::changed);
}

TYPED_TEST(Standing, gives_nobody_the_name_of_a_removed_account) {
    this->added("ann");
    const Account bob = this->added("bob");
    this->change(bob.id, AccountState::removed);

    EXPECT_EQ(this->run(this->users.add(this->account("bob"))).outcome, AddOutcome::username_taken);
    EXPECT_EQ(this->change(bob.id, AccountState::active).outcome, ChangeOutcome::unknown_user);
    EXPECT_EQ(this->run(this->users.find(bob.id))->password_hash, "");
}

}  // namespace
}  // namespace loquat::auth
