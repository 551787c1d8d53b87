#include "services/auth/tests/world.hpp"

namespace loquat::auth {
namespace {

using namespace std::chrono_literals;
using contracts::AccountState;
using contracts::AccountUse;
using contracts::Role;

class Administrators : public World {
  protected:
    Administrators() : admin(caller_of(sign_up("ruth"))) {}

    contracts::AccountInfo set_state(UserId id, AccountUse state) {
        return run(administration.set_account_state(admin, {id, state}));
    }
    contracts::PublicUser seen(UserId id) { return run(auth.get_user(admin, {id})); }

    contracts::Caller admin;
};

TEST_F(Administrators, alone_may_do_any_of_it) {
    const auto bob = sign_up("bob");
    const auto caller = caller_of(bob);
    const UserId id = bob.user.id;

    EXPECT_EQ(code_of([&] { run(administration.add_account(caller, {.username = "eve"})); }),
              "auth.admin_only");
    EXPECT_EQ(code_of([&] { run(administration.list_accounts(caller, {})); }), "auth.admin_only");
    EXPECT_EQ(code_of([&] { run(administration.get_account(caller, {id})); }), "auth.admin_only");
    EXPECT_EQ(code_of([&] { run(administration.reset_password(caller, {id})); }),
              "auth.admin_only");
    EXPECT_EQ(
        code_of([&] { run(administration.set_account_state(caller, {id, AccountUse::disabled})); }),
        "auth.admin_only");
    EXPECT_EQ(code_of([&] { run(administration.set_account_role(caller, {id, Role::admin})); }),
              "auth.admin_only");
    EXPECT_EQ(code_of([&] { run(administration.list_account_sessions(caller, {id})); }),
              "auth.admin_only");
    EXPECT_EQ(code_of([&] { run(administration.end_account_sessions(caller, {id})); }),
              "auth.admin_only");
    EXPECT_EQ(
        code_of([&] { run(administration.end_account_session(caller, {id, caller.session})); }),
        "auth.admin_only");
    EXPECT_EQ(code_of([&] { run(administration.remove_account(caller, {id})); }),
              "auth.admin_only");
}

TEST_F(Administrators, make_accounts_also_with_reserved_names_and_give_a_made_password_once) {
    const auto added = run(administration.add_account(admin, {.username = "Support"}));

    ASSERT_TRUE(added.password);
    EXPECT_EQ(added.user.username, "support");
    EXPECT_EQ(added.user.role, Role::user);
    EXPECT_EQ(code_of([&] { sign_in("support", *added.password); }), "");
    const auto chosen = run(administration.add_account(
        admin, {.username = "second", .password = password, .role = Role::admin}));
    EXPECT_FALSE(chosen.password);
    EXPECT_EQ(sign_in("second").user.role, Role::admin);
}

TEST_F(Administrators, reset_a_password_and_whoever_was_signed_in_is_not_any_more) {
    const auto bob = sign_up("bob");

    const auto answer = run(administration.reset_password(admin, {bob.user.id}));

    ASSERT_TRUE(answer.password);
    EXPECT_EQ(code_of([&] { refresh(*bob.refresh_token); }), "auth.refresh_invalid");
    EXPECT_EQ(code_of([&] { sign_in("bob"); }), "auth.invalid_credentials");
    EXPECT_EQ(code_of([&] { sign_in("bob", *answer.password); }), "");
    EXPECT_EQ(feed.published.back().user_id, bob.user.id);
    EXPECT_EQ(code_of([&] { run(administration.reset_password(admin, {UserId::make()})); }),
              "auth.user_not_found");
    EXPECT_EQ(
        code_of([&] { run(administration.reset_password(admin, {bob.user.id, "password123"})); }),
        "auth.weak_password");
}

TEST_F(Administrators, reset_a_password_for_somebody_who_guessed_too_often) {
    const auto bob = sign_up("bob");
    while (code_of([&] { sign_in("bob", "not the password"); }) != "rate.limited") {
    }

    const auto answer = run(administration.reset_password(admin, {bob.user.id}));

    EXPECT_EQ(code_of([&] { sign_in("bob", *answer.password); }), "");
}

TEST_F(Administrators, disable_an_account_and_enable_it_again) {
    const auto bob = sign_up("bob");

    EXPECT_EQ(set_state(bob.user.id, AccountUse::disabled).state, AccountState::disabled);
    EXPECT_EQ(code_of([&] { refresh(*bob.refresh_token); }), "auth.refresh_invalid");
    EXPECT_EQ(code_of([&] { sign_in("bob"); }), "auth.account_disabled");
    EXPECT_EQ(code_of([&] { sign_in("bob", "not the password"); }), "auth.invalid_credentials");
    EXPECT_EQ(feed.published.back().user_id, bob.user.id);
    EXPECT_EQ(seen(bob.user.id).state, AccountState::disabled);
    EXPECT_TRUE(run(auth.find_users(admin, {.query = "bob"})).items.empty());
    EXPECT_EQ(run(administration.list_accounts(admin, {.query = "bob"})).items.size(), 1U);

    EXPECT_EQ(set_state(bob.user.id, AccountUse::active).state, AccountState::active);
    EXPECT_EQ(code_of([&] { sign_in("bob"); }), "");
}

TEST_F(Administrators, who_are_the_last_cannot_lock_the_house_out) {
    const auto bob = sign_up("bob");
    const UserId me = admin.user_id();
    const auto refusals = [&] {
        std::vector<std::string> codes;
        codes.push_back(code_of([&] { set_state(me, AccountUse::disabled); }));
        codes.push_back(code_of([&] { run(administration.remove_account(admin, {me})); }));
        codes.push_back(
            code_of([&] { run(administration.set_account_role(admin, {me, Role::user})); }));
        return codes;
    };
    const std::vector<std::string> all_refused(3, "auth.last_admin");
    EXPECT_EQ(refusals(), all_refused);

    // An administrator who cannot sign in does not count.
    run(administration.set_account_role(admin, {bob.user.id, Role::admin}));
    set_state(bob.user.id, AccountUse::disabled);
    EXPECT_EQ(refusals(), all_refused);

    set_state(bob.user.id, AccountUse::active);
    EXPECT_EQ(code_of([&] { set_state(me, AccountUse::disabled); }), "");
}

TEST_F(Administrators, list_and_end_the_sessions_of_others) {
    const auto first = sign_up("bob");
    const auto second = sign_in("bob");
    const UserId bob = first.user.id;

    EXPECT_EQ(run(administration.list_account_sessions(admin, {bob})).items.size(), 2U);
    run(administration.end_account_session(admin, {bob, caller_of(first).session}));
    EXPECT_EQ(code_of([&] { refresh(*first.refresh_token); }), "auth.refresh_invalid");
    EXPECT_EQ(code_of([&] {
                  run(administration.end_account_session(admin, {bob, caller_of(first).session}));
              }),
              "auth.session_not_found");

    run(administration.end_account_sessions(admin, {bob}));
    EXPECT_EQ(code_of([&] { refresh(*second.refresh_token); }), "auth.refresh_invalid");
    EXPECT_TRUE(run(administration.list_account_sessions(admin, {bob})).items.empty());
}

TEST_F(Administrators, remove_an_account_for_good) {
    const auto bob = run(auth.register_user(stranger(), {.username = "bob",
                                                         .password = password,
                                                         .email = "bob@example.com",
                                                         .display_name = "Bob B."}))
                         .body;
    const UserId id = bob.user.id;
    admin.deadline = std::chrono::steady_clock::now();

    const auto removed = run(administration.remove_account(admin, {id}));

    EXPECT_FALSE(removed.left_conversations);
    EXPECT_EQ(run(auth.list_leaving_users(admin, {})).ids, std::vector<UserId>{id});
    run(auth.note_user_left(admin, {id}));
    EXPECT_TRUE(run(auth.list_leaving_users(admin, {})).ids.empty());
    EXPECT_EQ(seen(id).display_name, "Removed account");
    EXPECT_EQ(seen(id).state, AccountState::removed);
    EXPECT_EQ(run(administration.get_account(admin, {id})).email, std::nullopt);
    EXPECT_EQ(code_of([&] { refresh(*bob.refresh_token); }), "auth.refresh_invalid");
    EXPECT_EQ(code_of([&] { sign_in("bob"); }), "auth.invalid_credentials");
    EXPECT_EQ(code_of([&] { sign_in("bob@example.com"); }), "auth.invalid_credentials");
    EXPECT_EQ(code_of([&] { set_state(id, AccountUse::active); }), "auth.user_not_found");
    EXPECT_EQ(code_of([&] { run(administration.reset_password(admin, {id})); }),
              "auth.user_not_found");
    EXPECT_EQ(code_of([&] { run(administration.remove_account(admin, {id})); }),
              "auth.user_not_found");
}

TEST_F(Administrators, say_whether_messages_go_with_an_account) {
    const UserId bob = sign_up("bob").user.id;
    const UserId eve = sign_up("eve").user.id;
    admin.deadline = std::chrono::steady_clock::now();

    const auto kept = run(administration.remove_account(admin, {bob}));
    const auto erased =
        run(administration.remove_account(admin, {eve, contracts::RemovedMessages::erase}));

    EXPECT_FALSE(kept.erased_messages);
    EXPECT_FALSE(erased.erased_messages) << "it goes on";
    EXPECT_EQ(run(auth.list_leaving_users(admin, {})).ids.size(), 2U);
    EXPECT_EQ(run(administration.list_erased_accounts(admin, {})).ids, std::vector<UserId>{eve});
    run(auth.note_user_left(admin, {eve}));
    EXPECT_TRUE(run(administration.list_erased_accounts(admin, {})).ids.empty());
}

TEST_F(Administrators, alone_give_the_name_of_a_removed_account_again) {
    const UserId bob = sign_up("bob").user.id;
    admin.deadline = std::chrono::steady_clock::now();
    run(administration.remove_account(admin, {bob}));

    EXPECT_EQ(code_of([&] { sign_up("bob"); }), "auth.username_taken");
    EXPECT_EQ(code_of([&] { run(administration.add_account(admin, {.username = "bob"})); }), "");
}

TEST_F(Administrators, close_registration) {
    Auth closed{{accounts,
                 sessions,
                 keys,
                 metrics,
                 audit,
                 leaving,
                 {.name = "Orchard", .registration = contracts::Registration::closed},
                 {}}};

    EXPECT_EQ(run(closed.get_server(stranger(), {})).name, "Orchard");
    EXPECT_EQ(run(closed.get_server(stranger(), {})).registration, contracts::Registration::closed);
    EXPECT_EQ(code_of([&] {
                  run(closed.register_user(stranger(), {.username = "eve", .password = password}));
              }),
              "auth.registration_closed");
    EXPECT_EQ(code_of([&] { run(administration.add_account(admin, {.username = "eve"})); }), "");
}

}  // namespace
}  // namespace loquat::auth
