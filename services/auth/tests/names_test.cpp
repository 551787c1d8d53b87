#include "services/auth/tests/world.hpp"

// Names as others see them, and passwords in one form.
namespace loquat::auth {
namespace {

class Names : public World {
  protected:
    contracts::User rename(const contracts::Session& who, std::string name) {
        return run(auth.update_me(caller_of(who), {.display_name = std::move(name)}));
    }
    bool is_shared(const contracts::Session& who) {
        return run(auth.get_user(caller_of(who), {who.user.id})).name_shared;
    }
};

TEST_F(Names, that_look_alike_are_said_to_be_shared_to_both) {
    const auto ann = sign_up("ann");
    const auto bob = sign_up("bob");
    rename(ann, "Anna Berg");
    EXPECT_FALSE(is_shared(ann));

    for (const char* name : {"Anna Berg", "anna  berg", "ANNA BERG", "\u0410nn\u0430 Berg"}) {
        EXPECT_TRUE(rename(bob, name).name_shared) << name;
        EXPECT_TRUE(is_shared(ann)) << name;
    }

    EXPECT_FALSE(rename(bob, "Bob").name_shared);
    EXPECT_FALSE(is_shared(ann));
}

TEST_F(Names, that_are_drawn_alike_are_shared_and_those_of_other_letters_are_not) {
    const auto ann = sign_up("ann");
    const auto bob = sign_up("bob");
    using Pair = std::pair<const char*, const char*>;

    for (const auto& [one, other] :
         {Pair{"PayPaI", "PayPal"}, Pair{"Tom", "Torn"}, Pair{"Bob0", "BobO"},
          Pair{"\uA4D0en", "Ben"}, Pair{"\u0391\u039D\u039D\u0391", "Anna"},
          Pair{"STRASSE", "Stra\u00DFe"}}) {
        rename(ann, one);
        EXPECT_TRUE(rename(bob, other).name_shared) << one << " " << other;
        EXPECT_TRUE(is_shared(ann)) << one << " " << other;
    }
    for (const auto& [one, other] :
         {Pair{"Ali", "All"}, Pair{"Bill", "Biil"}, Pair{"Ewa", "Evva"}, Pair{"Zo\u00EB", "Zoe"},
          Pair{"\u0410\u043D\u043D\u0430", "Ahha"}}) {
        rename(ann, one);
        EXPECT_FALSE(rename(bob, other).name_shared) << one << " " << other;
        EXPECT_FALSE(is_shared(ann)) << one << " " << other;
    }
}

TEST_F(Names, that_look_like_the_user_name_of_another_are_shared) {
    const auto ann = sign_up("ann");
    const auto bob = sign_up("bob");
    rename(ann, "Anna Berg");

    EXPECT_TRUE(rename(bob, "Ann").name_shared);
    EXPECT_FALSE(is_shared(ann));
}

TEST_F(Names, that_change_are_told_with_those_who_are_taken_for_them) {
    const auto ann = sign_up("ann");
    const auto bob = sign_up("bob");
    rename(bob, "Anna");
    users_feed.published.clear();

    rename(ann, "Anna");

    ASSERT_EQ(users_feed.published.size(), 2U);
    EXPECT_EQ(users_feed.published[0].id, ann.user.id);
    EXPECT_EQ(users_feed.published[0].display_name, "Anna");
    EXPECT_EQ(users_feed.published[1].id, bob.user.id);
    EXPECT_TRUE(users_feed.published[1].name_shared);
    users_feed.published.clear();
    rename(ann, "Ann");
    ASSERT_EQ(users_feed.published.size(), 2U);
    EXPECT_FALSE(users_feed.published[1].name_shared);
    users_feed.published.clear();
    rename(ann, "Ann");
    EXPECT_TRUE(users_feed.published.empty());
}

TEST_F(Names, are_found_without_regard_to_case_and_marks_in_every_script) {
    const auto ann = sign_up("ann");
    const auto found = [&](std::string query) {
        const auto page = run(auth.find_users(caller_of(ann), {.query = std::move(query)}));
        return page.items.size() == 1;
    };

    rename(ann, "Zo\u00EB \u00C4pfel Stra\u00DFe");
    for (const char* query :
         {"zoe", "ZO\u00CB", "zoe\u0308", "\u00E4pf", "apfel", "STRASSE", "stra\u00DFe", "stras"}) {
        EXPECT_TRUE(found(query)) << query;
    }
    rename(ann,
           "\u0130brahim \u041C\u043E\u0441\u043A\u0432\u0430 "
           "\u039F\u0394\u03A5\u03A3\u03A3\u0395\u03A5\u03A3");
    for (const char* query :
         {"ibrahim", "IBRAHIM", "\u043C\u043E\u0441\u043A", "\u041C\u041E\u0421\u041A\u0412\u0410",
          "\u03BF\u03B4\u03C5\u03C3\u03C3\u03B5\u03C5\u03C2"}) {
        EXPECT_TRUE(found(query)) << query;
    }
}

TEST_F(Names, typed_in_another_width_sign_in) {
    sign_up("ann");

    EXPECT_EQ(code_of([&] { sign_in("\uFF21\uFF2E\uFF2E"); }), "");
}

TEST_F(Names, of_before_the_rule_for_passwords_sign_in_and_are_hashed_anew) {
    const auto ann = sign_up("ann");
    const std::string typed = "pa\u0308sswort von fru\u0308her";
    const std::string composed = "p\u00E4sswort von fr\u00FCher";
    run(store.rehash_password(ann.user.id, 1, "v1:" + typed));
    EXPECT_EQ(code_of([&] { sign_in("ann", composed); }), "auth.invalid_credentials");

    sign_in("ann", typed);

    EXPECT_EQ(run(store.find(ann.user.id))->password_hash, "v1:" + composed);
    EXPECT_EQ(code_of([&] { sign_in("ann", composed); }), "");
    EXPECT_EQ(code_of([&] { sign_in("ann", typed); }), "");
}

TEST_F(Names, that_exist_cost_as_many_hashes_as_those_that_do_not) {
    sign_up("ann");
    const auto cost_of = [&](std::string name) {
        const int before = passwords.computed;
        code_of([&] { sign_in(std::move(name), "fa\u0308lschlich"); });
        return passwords.computed - before;
    };

    EXPECT_EQ(cost_of("ann"), cost_of("somebody"));
}

TEST_F(Names, and_addresses_change_only_with_the_password_where_it_is_the_address) {
    const auto ann = caller_of(sign_up("ann"));
    const auto change = [&](contracts::UpdateMeRequest request) {
        try {
            run(auth.update_me(ann, std::move(request)));
        } catch (const Failure& failure) {
            return failure.code + (failure.fields.empty() ? "" : " " + failure.fields[0].field);
        }
        return std::string{};
    };

    EXPECT_EQ(change({.display_name = "Anna"}), "");
    EXPECT_EQ(change({.email = ""}), "");
    EXPECT_EQ(change({.email = "a@example.com"}), "request.invalid current_password");
    EXPECT_EQ(change({.email = "a@example.com", .current_password = "wrong"}),
              "auth.invalid_credentials");
    EXPECT_EQ(change({.email = "a@example.com", .current_password = password}), "");
    EXPECT_EQ(change({.display_name = "Ann", .email = "A@example.com"}), "");
    EXPECT_EQ(change({.email = ""}), "request.invalid current_password");
}

}  // namespace
}  // namespace loquat::auth
