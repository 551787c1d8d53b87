#include "services/auth/tests/world.hpp"

namespace loquat::auth {
namespace {

using namespace std::chrono_literals;

TEST_F(World, what_was_issued_while_a_change_waited_to_be_stored_is_refused_with_it) {
    struct Change {
        std::string name;
        std::function<void(const contracts::Caller&, UserId)> make;
    };
    const std::vector<Change> changes{
        {"role",
         [&](const auto& admin, UserId id) {
             run(administration.set_account_role(admin, {id, contracts::Role::admin}));
         }},
        {"the other route of the role",
         [&](const auto& admin, UserId id) {
             run(auth.set_role(admin, {id, contracts::Role::admin}));
         }},
        {"disabled",
         [&](const auto& admin, UserId id) {
             run(administration.set_account_state(admin, {id, contracts::AccountUse::disabled}));
         }},
        {"password reset",
         [&](const auto& admin, UserId id) { run(administration.reset_password(admin, {id})); }},
        {"sessions ended",
         [&](const auto& admin, UserId id) {
             run(administration.end_account_sessions(admin, {id}));
         }},
        {"signed out everywhere",
         [&](const auto&, UserId id) {
             contracts::Caller self = stranger();
             self.user = id;
             run(auth.logout_all(self, {}));
         }},
        {"removed",
         [&](contracts::Caller admin, UserId id) {
             run(store.note_left(id));
             admin.deadline = std::chrono::steady_clock::now();
             run(administration.remove_account(admin, {id}));
         }},
    };
    const auto admin = caller_of(sign_up("ruth"));
    for (std::size_t i = 0; i < changes.size(); ++i) {
        const UserId id = sign_up("person" + std::to_string(i)).user.id;
        Time issued;
        store.while_waiting = [&] {
            clock.advance(std::chrono::seconds{10});
            issued = clock.now();  // to somebody who refreshes now, with what is there before
        };

        changes[i].make(admin, id);

        store.while_waiting = nullptr;
        const auto stored = run(store.list_revocations(clock.now())).back();
        EXPECT_EQ(stored.user_id, id) << changes[i].name;
        EXPECT_GT(stored.before, issued) << changes[i].name;
        EXPECT_GE(stored.until, issued + 15min) << changes[i].name;
        EXPECT_EQ(feed.published.back().before, stored.before) << changes[i].name;
        clock.advance(std::chrono::seconds{1});
    }
}

}  // namespace
}  // namespace loquat::auth
