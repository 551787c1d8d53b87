#include "services/auth/tests/world.hpp"

namespace loquat::auth {
namespace {

using namespace std::chrono_literals;
using contracts::Role;

TEST_F(World, the_first_to_register_is_administrator_and_the_others_are_not) {
    EXPECT_EQ(sign_up("ann").user.role, Role::admin);
    EXPECT_EQ(sign_up("bob").user.role, Role::user);
}

TEST_F(World, registering_gives_a_session_whose_token_says_who_it_is) {
    const auto session = sign_up("Ann.B");

    const auto claims = claims_of(session.access_token);

    EXPECT_EQ(session.user.username, "ann.b");
    EXPECT_EQ(session.user.display_name, "ann.b");
    EXPECT_EQ(session.token_type, "Bearer");
    EXPECT_EQ(session.expires_in, 900);
    EXPECT_EQ(claims.subject, session.user.id.to_string());
    EXPECT_EQ(claims.name, "ann.b");
    EXPECT_EQ(claims.role, "admin");
    EXPECT_EQ(claims.expires_at - claims.issued_at, 15min);
    EXPECT_FALSE(claims.session.empty());
    EXPECT_FALSE(claims.id.empty());
    EXPECT_EQ(refresh(session.refresh_token.value()).user.id, session.user.id);
}

TEST_F(World, names_and_addresses_are_taken_once_whatever_their_case) {
    run(auth.register_user(stranger(),
                           {.username = "ann", .password = password, .email = "ann@example.com"}));
    const auto again = [&](std::string name, std::string email) {
        return code_of([&] {
            run(auth.register_user(
                stranger(),
                {.username = std::move(name), .password = password, .email = std::move(email)}));
        });
    };

    EXPECT_EQ(again("ANN", "other@example.com"), "auth.username_taken");
    EXPECT_EQ(again("other", "Ann@Example.com"), "auth.email_taken");
    EXPECT_EQ(again("other", ""), "");
}

TEST_F(World, signing_in_works_by_name_and_by_address) {
    run(auth.register_user(stranger(),
                           {.username = "ann", .password = password, .email = "ann@example.com"}));

    EXPECT_EQ(sign_in(" ANN ").user.username, "ann");
    EXPECT_EQ(sign_in("Ann@Example.com").user.username, "ann");
}

// Whether a name exists must show neither in the answer nor in the time, which the hashes make up.
TEST_F(World, an_unknown_name_is_refused_like_a_wrong_password) {
    sign_up("ann");
    const auto attempt = [&](std::string login) {
        const int before = passwords.computed;
        Failure seen{Kind::internal, "", ""};
        try {
            sign_in(std::move(login), "not the password");
        } catch (const Failure& failure) {
            seen = failure;
        }
        return std::tuple{seen.kind, seen.code, seen.message, seen.fields.size(),
                          passwords.computed - before};
    };

    const auto known = attempt("ann");

    EXPECT_EQ(std::get<1>(known), "auth.invalid_credentials");
    EXPECT_EQ(std::get<4>(known), 1);
    EXPECT_EQ(attempt("nobody"), known);
    EXPECT_EQ(attempt("nobody@example.com"), known);
    EXPECT_EQ(attempt("not even a name!"), known);
}

TEST_F(World, guessing_is_slowed_for_names_that_exist_and_names_that_do_not) {
    sign_up("ann");
    const auto sixth = [&](const std::string& login) {
        std::string code;
        for (int i = 0; i < 6; ++i) {
            code = code_of([&] { sign_in(login, "not the password"); });
        }
        return code;
    };

    EXPECT_EQ(sixth("ann"), "rate.limited");
    EXPECT_EQ(sixth("nobody"), "rate.limited");
    clock.advance(1s);
    EXPECT_EQ(sign_in("ann").user.username, "ann");
    EXPECT_EQ(metrics.sign_ins_limited.value(), 2U);
}

TEST_F(World, a_hash_with_old_parameters_is_renewed_at_sign_in) {
    const auto user = sign_up("ann").user.id;
    passwords.prefix = "v2:";

    sign_in("ann");

    const auto account = run(store.find(user));
    EXPECT_EQ(account->password_hash, std::string{"v2:"} + password);
    EXPECT_EQ(account->password_version, 1);
}

TEST_F(World, weak_passwords_are_refused_before_anything_is_computed) {
    const auto code = code_of([&] {
        run(auth.register_user(stranger(), {.username = "ann", .password = "password123"}));
    });

    EXPECT_EQ(code, "auth.weak_password");
    EXPECT_EQ(passwords.computed, 0);
}

TEST_F(World, logging_out_ends_the_session_for_tokens_of_both_kinds) {
    const auto session = sign_up("ann");
    const auto caller = caller_of(session);

    const auto reply = run(auth.logout(caller, {}));

    EXPECT_EQ(reply.status, 204);
    EXPECT_EQ(code_of([&] { refresh(*session.refresh_token); }), "auth.refresh_invalid");
    ASSERT_EQ(feed.published.size(), 1U);
    EXPECT_EQ(feed.published[0].session_id, caller.session);
    EXPECT_GE(feed.published[0].until, clock.now() + 15min);
    EXPECT_EQ(run(auth.list_revocations({}, {})).items.size(), 1U);
    EXPECT_EQ(run(auth.logout(caller, {})).status, 204) << "twice is fine";
}

TEST_F(World, logging_out_everywhere_ends_all_sessions) {
    const auto first = sign_up("ann");
    const auto second = sign_in("ann");
    const auto neighbour = sign_up("bob");

    run(auth.logout_all(caller_of(first), {}));

    EXPECT_EQ(code_of([&] { refresh(*first.refresh_token); }), "auth.refresh_invalid");
    EXPECT_EQ(code_of([&] { refresh(*second.refresh_token); }), "auth.refresh_invalid");
    EXPECT_EQ(code_of([&] { refresh(*neighbour.refresh_token); }), "");
    EXPECT_EQ(feed.published.size(), 3U) << "both sessions, and all tokens from before";
    EXPECT_EQ(feed.published.back().user_id, first.user.id);
    EXPECT_GT(feed.published.back().before, clock.now());
}

TEST_F(World, changing_the_password_ends_the_other_sessions) {
    const auto here = sign_up("ann");
    const auto elsewhere = sign_in("ann");

    run(auth.change_password(caller_of(here), {password, "another long secret"}));

    EXPECT_EQ(code_of([&] { refresh(*elsewhere.refresh_token); }), "auth.refresh_invalid");
    EXPECT_EQ(code_of([&] { refresh(*here.refresh_token); }), "");
    EXPECT_EQ(code_of([&] { sign_in("ann"); }), "auth.invalid_credentials");
    EXPECT_EQ(sign_in("ann", "another long secret").user.username, "ann");
}

TEST_F(World, what_ends_sessions_is_done_whole_or_not_at_all) {
    const auto here = sign_up("ann");
    const auto elsewhere = sign_in("ann");
    const auto change = [&] {
        run(auth.change_password(caller_of(here), {password, "another long secret"}));
    };

    store.fails_once = true;
    EXPECT_EQ(code_of(change), "store.unavailable");
    EXPECT_TRUE(feed.published.empty());
    EXPECT_EQ(run(auth.list_sessions(caller_of(here), {})).items.size(), 2U);
    change();
    EXPECT_EQ(run(auth.list_sessions(caller_of(here), {})).items.size(), 1U);
    EXPECT_EQ(feed.published.size(), 1U);

    store.fails_once = true;
    EXPECT_EQ(code_of([&] { run(auth.logout_all(caller_of(here), {})); }), "store.unavailable");
    EXPECT_EQ(run(auth.list_sessions(caller_of(here), {})).items.size(), 1U);
    run(auth.logout_all(caller_of(here), {}));
    EXPECT_TRUE(run(auth.list_sessions(caller_of(here), {})).items.empty());
}

TEST_F(World, a_role_is_changed_together_with_the_end_of_old_tokens_or_not_at_all) {
    const auto ruth = sign_up("ruth");
    const auto ann = sign_up("ann");
    const contracts::RoleRequest wanted{.id = ann.user.id, .role = contracts::Role::admin};

    store.fails_once = true;
    EXPECT_EQ(code_of([&] { run(auth.set_role(caller_of(ruth), wanted)); }), "store.unavailable");
    EXPECT_EQ(run(store.find(ann.user.id))->role, contracts::Role::user);
    run(auth.set_role(caller_of(ruth), wanted));

    EXPECT_EQ(feed.published.back().user_id, ann.user.id);
    EXPECT_EQ(run(store.list_revocations(clock.now())).size(), 1U);
}

TEST_F(World, changing_the_password_needs_the_current_one_and_a_good_new_one) {
    const auto caller = caller_of(sign_up("ann"));
    const auto change = [&](std::string current, std::string next) {
        return code_of(
            [&] { run(auth.change_password(caller, {std::move(current), std::move(next)})); });
    };

    EXPECT_EQ(change("wrong one here", "another long secret"), "auth.invalid_credentials");
    EXPECT_EQ(change(password, "short"), "auth.weak_password");
    EXPECT_EQ(change(password, "password123"), "auth.weak_password");
}

// Somebody who signs in with the old password while it is being changed must not keep a session.
TEST_F(World, a_sign_in_that_overlaps_a_password_change_gets_no_session) {
    const auto user = sign_up("ann").user.id;
    auto stale = run(store.find(user));
    run(store.change_password(user,
                              {stale->password_version, "v1:another long secret", {.user = user}}));

    EXPECT_EQ(run(sessions.open(*stale, stranger())), std::nullopt);
}

TEST_F(World, a_sign_in_that_overlaps_a_change_of_role_gets_a_token_of_the_new_role) {
    const auto ruth = sign_up("ruth");
    const auto ann = sign_up("ann").user.id;
    const auto set_role = [&](contracts::Role role) {
        run(auth.set_role(caller_of(ruth), {.id = ann, .role = role}));
        clock.advance(1ms);
    };
    set_role(Role::admin);
    auto stale = run(store.find(ann));
    set_role(Role::user);

    const auto issued = run(sessions.open(*stale, stranger()));

    EXPECT_EQ(claims_of(issued->access_token).role, "user");
    EXPECT_EQ(issued->account.role, Role::user);
}

TEST_F(World, sessions_are_listed_and_ended_one_by_one) {
    const auto first = sign_up("ann");
    clock.advance(1min);
    const auto second = sign_in("ann");
    const auto caller = caller_of(second);

    const auto list = run(auth.list_sessions(caller, {})).items;
    ASSERT_EQ(list.size(), 2U);
    EXPECT_TRUE(list[0].current);
    EXPECT_FALSE(list[1].current);
    EXPECT_EQ(list[0].user_agent, "test");

    run(auth.delete_session(caller, {list[1].id}));
    EXPECT_EQ(code_of([&] { refresh(*first.refresh_token); }), "auth.refresh_invalid");
    EXPECT_EQ(run(auth.list_sessions(caller, {})).items.size(), 1U);
}

TEST_F(World, nobody_ends_the_session_of_somebody_else) {
    const auto ann = sign_up("ann");
    const auto bob = sign_up("bob");
    const auto anns_session = caller_of(ann).session;

    EXPECT_EQ(code_of([&] { run(auth.delete_session(caller_of(bob), {anns_session})); }),
              "auth.session_not_found");
    EXPECT_EQ(code_of([&] { refresh(*ann.refresh_token); }), "");
}

TEST_F(World, a_profile_can_be_changed_and_the_address_removed) {
    const auto caller = caller_of(sign_up("ann"));

    auto user = run(auth.update_me(
        caller,
        {.display_name = "Ann B.", .email = "a@example.com", .current_password = password}));
    EXPECT_EQ(user.display_name, "Ann B.");
    EXPECT_EQ(user.email, "a@example.com");

    user = run(auth.update_me(caller, {.email = "", .current_password = password}));
    EXPECT_EQ(user.email, std::nullopt);
    EXPECT_EQ(run(auth.get_me(caller, {})).display_name, "Ann B.");
}

TEST_F(World, an_address_of_somebody_else_cannot_be_taken) {
    run(auth.update_me(caller_of(sign_up("ann")),
                       {.email = "a@example.com", .current_password = password}));
    const auto bob = caller_of(sign_up("bob"));

    EXPECT_EQ(
        code_of([&] {
            run(auth.update_me(bob, {.email = "A@example.com", .current_password = password}));
        }),
        "auth.email_taken");
}

TEST_F(World, people_are_found_by_id_and_in_pages_by_name) {
    const auto caller = caller_of(sign_up("ann"));
    for (const char* name : {"anna", "bert", "hannah", "anton"}) {
        sign_up(name);
    }

    auto page = run(auth.find_users(caller, {.query = "An", .limit = 2}));
    ASSERT_EQ(page.items.size(), 2U);
    EXPECT_EQ(page.items[0].username, "ann");
    ASSERT_TRUE(page.next_cursor);
    page = run(auth.find_users(caller, {.query = "An", .limit = 2, .cursor = page.next_cursor}));
    ASSERT_EQ(page.items.size(), 1U);
    EXPECT_EQ(page.items[0].username, "anton");
    EXPECT_EQ(page.next_cursor, std::nullopt);

    EXPECT_EQ(run(auth.get_user(caller, {page.items[0].id})).username, "anton");
    EXPECT_EQ(code_of([&] { run(auth.get_user(caller, {UserId::make()})); }),
              "auth.user_not_found");
    for (const char* bad : {"AAAA", "", "QUJD", "cGVvcGxlOg", "!"}) {
        const auto ask = [&] { run(auth.find_users(caller, {.query = "", .cursor = bad})); };
        EXPECT_EQ(code_of(ask), "request.invalid") << bad;
    }
}

TEST_F(World, without_signing_in_nothing_personal_is_told) {
    const auto nobody = stranger();

    EXPECT_EQ(code_of([&] { run(auth.get_me(nobody, {})); }), "auth.required");
    EXPECT_EQ(code_of([&] { run(auth.logout(nobody, {})); }), "auth.required");
    EXPECT_EQ(code_of([&] { run(auth.list_sessions(nobody, {})); }), "auth.required");
    EXPECT_EQ(code_of([&] { run(auth.find_users(nobody, {})); }), "auth.required");
}

TEST_F(World, only_administrators_change_roles_and_keys) {
    const auto admin = sign_up("ann");
    const auto bob = sign_up("bob");

    EXPECT_EQ(code_of([&] { run(auth.set_role(caller_of(bob), {bob.user.id, Role::admin})); }),
              "auth.admin_only");
    EXPECT_EQ(code_of([&] { run(auth.rotate_keys(caller_of(bob), {})); }), "auth.admin_only");
    const auto jwks = run(auth.rotate_keys(caller_of(admin), {}));
    EXPECT_EQ(jwks.find("keys")->if_array()->size(), 2U);
}

TEST_F(World, a_changed_role_counts_from_the_next_refresh_and_old_tokens_end) {
    const auto admin = caller_of(sign_up("ann"));
    const auto bob = sign_up("bob");

    const auto changed = run(auth.set_role(admin, {bob.user.id, Role::admin}));

    EXPECT_EQ(changed.role, Role::admin);
    ASSERT_EQ(feed.published.size(), 1U);
    EXPECT_EQ(feed.published[0].user_id, bob.user.id);
    EXPECT_EQ(claims_of(refresh(*bob.refresh_token).access_token).role, "admin");
}

TEST_F(World, the_last_administrator_stays_one) {
    const auto ann = sign_up("ann");

    EXPECT_EQ(code_of([&] { run(auth.set_role(caller_of(ann), {ann.user.id, Role::user})); }),
              "auth.last_admin");
}

TEST_F(World, the_older_designs_routes_answer_in_their_form) {
    const auto made = run(auth.register_named(
        stranger(), {.username = "ann", .password = password, .email = "a@example.com"}));
    const auto by_name =
        run(auth.login_named(stranger(), {.username = "ann", .password = password}));
    const auto by_address =
        run(auth.login_plain(stranger(), {.email = "a@example.com", .password = password}));

    EXPECT_EQ(claims_of(made.token).name, "ann");
    EXPECT_EQ(by_name.user.id, made.user.id);
    EXPECT_EQ(by_address.user.id, made.user.id);
    EXPECT_FALSE(by_address.refresh_token.empty());
    EXPECT_EQ(code_of([&] { run(auth.login_named(stranger(), {.password = password})); }),
              "request.invalid");
    EXPECT_EQ(run(auth.get_profile(caller_of(sign_in("ann")), {made.user.id})).username, "ann");
}

TEST_F(World, services_ask_for_several_people_at_once) {
    const auto ann = sign_up("ann").user.id;
    const auto bob = sign_up("bob").user.id;

    const auto list = run(auth.list_users_by_id({}, {{ann, UserId::make(), bob}}));

    EXPECT_EQ(list.items.size(), 2U);
}

TEST_F(World, the_oldest_session_ends_when_there_are_too_many) {
    const auto oldest = sign_up("ann");
    for (int i = 0; i < 100; ++i) {
        clock.advance(1s);
        sign_in("ann");
    }

    EXPECT_EQ(code_of([&] { refresh(*oldest.refresh_token); }), "auth.refresh_invalid");
    EXPECT_EQ(feed.published.size(), 1U);
}

TEST_F(World, maintenance_forgets_what_is_over) {
    const auto session = sign_up("ann");
    run(auth.logout(caller_of(session), {}));
    clock.advance(24h);

    run(auth.maintain());

    EXPECT_TRUE(run(store.list_revocations(Time{})).empty());
}

}  // namespace
}  // namespace loquat::auth
