#include "services/auth/adapters/account_rows.hpp"
#include "services/auth/tests/store_adapters.hpp"

// What every store promises, for each adapter.
namespace loquat::auth {
namespace {

using namespace std::chrono_literals;
using contracts::Role;

TYPED_TEST_SUITE(Store, Adapters);

TYPED_TEST(Store, keeps_accounts_as_they_were_given) {
    Account ann = this->account("ann", "ann@example.com");
    ann.display_name = "Ann \u00dc.";
    this->run(this->users.add(ann));

    const auto by_id = this->run(this->users.find(ann.id));
    const auto by_name = this->run(this->users.find_by_login("ann"));
    const auto by_email = this->run(this->users.find_by_login("ann@example.com"));

    ASSERT_TRUE(by_id && by_name && by_email);
    EXPECT_EQ(by_id->display_name, "Ann \u00dc.");
    EXPECT_EQ(by_id->email, "ann@example.com");
    EXPECT_EQ(by_id->created_at, this->clock.now());
    EXPECT_EQ(by_id->password_hash, "hash");
    EXPECT_EQ(by_name->id, ann.id);
    EXPECT_EQ(by_email->id, ann.id);
    EXPECT_EQ(this->run(this->users.find(UserId::make())), std::nullopt);
    EXPECT_EQ(this->run(this->users.find_by_login("bob")), std::nullopt);
}

TYPED_TEST(Store, makes_exactly_the_first_an_administrator) {
    EXPECT_EQ(this->added("ann").role, Role::admin);
    EXPECT_EQ(this->added("bob").role, Role::user);
    EXPECT_EQ(this->run(this->users.find_by_login("ann"))->role, Role::admin);
}

TYPED_TEST(Store, refuses_a_name_or_an_address_twice) {
    this->run(this->users.add(this->account("ann", "a@example.com")));
    const auto outcome = [&](Account account) {
        return this->run(this->users.add(std::move(account))).outcome;
    };

    EXPECT_EQ(outcome(this->account("ann")), AddOutcome::username_taken);
    EXPECT_EQ(outcome(this->account("bob", "a@example.com")), AddOutcome::email_taken);
    EXPECT_EQ(outcome(this->account("bob")), AddOutcome::added);
    EXPECT_EQ(outcome(this->account("carl")), AddOutcome::added) << "two without an address";
}

TYPED_TEST(Store, searches_literally_in_pages) {
    for (const char* name : {"a_b", "axb", "a.b", "zoe"}) {
        this->added(name);
    }
    const auto names = [&](std::string query, std::string after = "", std::size_t limit = 10) {
        std::string all;
        for (const Account& one : this->run(this->users.search({query, after, limit}))) {
            all += one.username + " ";
        }
        return all;
    };

    EXPECT_EQ(names(""), "a.b a_b axb zoe ");
    EXPECT_EQ(names("a_"), "a_b ");
    EXPECT_EQ(names("%"), "");
    EXPECT_EQ(names("!"), "");
    EXPECT_EQ(names("' OR 1=1 --"), "");
    EXPECT_EQ(names("", "a_b", 1), "axb ");
    EXPECT_EQ(names("ZO"), "zoe ") << "in any case";
    EXPECT_EQ(names("oe"), "") << "not within a word";
}

TYPED_TEST(Store, finds_people_by_beginnings_of_words) {
    const auto add = [&](std::string name, std::string display_name) {
        Account account = this->account(std::move(name));
        account.display_name = std::move(display_name);
        this->run(this->users.add(account));
        return account.id;
    };
    add("kim", "Anna-Maria Berg");
    add("anna2", "\u00c4nne Bergmann");
    const UserId renamed = add("zed", "Annabel");
    add("long", "Donaudampfschifffahrt Eins");
    add("longer", "Donaudampfschiffe Zwei");
    const auto names = [&](std::string query, std::string after = "", std::size_t limit = 10) {
        std::string all;
        for (const Account& one : this->run(this->users.search({query, after, limit}))) {
            all += one.username + " ";
        }
        return all;
    };

    EXPECT_EQ(names("ann"), "anna2 kim zed ");
    EXPECT_EQ(names("ann", "anna2", 1), "kim ");
    EXPECT_EQ(names("mari"), "kim ");
    EXPECT_EQ(names("anna-m"), "kim ");
    EXPECT_EQ(names("berg ann"), "anna2 kim ");
    EXPECT_EQ(names("berg maria"), "kim ");
    EXPECT_EQ(names("\u00c4NN"), "anna2 kim zed ");
    EXPECT_EQ(names("donaudampfschiff"), "long longer ");
    EXPECT_EQ(names("donaudampfschifff"), "long ");
    this->run(this->users.change_profile(renamed, {.display_name = "Carla"}));
    EXPECT_EQ(names("ann"), "anna2 kim ");
    EXPECT_EQ(names("carl"), "zed ");
    EXPECT_EQ(names("z"), "longer zed ");
}

TYPED_TEST(Store, looks_on_when_many_share_the_longest_word) {
    for (int i = 0; i < 450; ++i) {
        Account account = this->account("u" + std::to_string(1'000 + i));
        account.display_name = i % 200 == 199 ? "Alexandra B" : "Alexandra C";
        this->run(this->users.add(account));
    }

    const auto found = this->run(this->users.search({"alexandra b", "", 10}));

    ASSERT_EQ(found.size(), 2U);
    EXPECT_EQ(found[0].username, "u1199");
    EXPECT_EQ(found[1].username, "u1399");
}

TEST(SqlUsers, makes_accounts_of_before_findable) {
    SqlAdapter<test::Keeping::sqlite> adapter;
    aio::Loop loop{"test"};
    run_to_end(loop, adapter.users.add(
                         {.id = UserId::make(), .username = "ann", .display_name = "Ann Bo"}));
    auto forget = [](store::Transaction& transaction) {
        transaction.execute("UPDATE users SET search_words = ''");
        transaction.execute("DELETE FROM user_prefixes");
    };
    run_to_end(loop, adapter.database->transact(forget));
    const auto before = run_to_end(loop, adapter.users.search({"bo", "", 10}));

    run_to_end(loop, adapter.sql_users.index_all());

    EXPECT_TRUE(before.empty());
    EXPECT_EQ(run_to_end(loop, adapter.users.search({"bo", "", 10})).size(), 1U);
}

TEST(SqlUsers, read_an_account_by_indexes_alone) {
    SqlAdapter<test::Keeping::sqlite> adapter;
    aio::Loop loop{"test"};

    for (const char* which : {"id = x'00'", "username = 'ann'", "email = 'ann@example.org'"}) {
        const auto plan = run_to_end(
            loop, adapter.database->query("EXPLAIN QUERY PLAN SELECT " LOQUAT_USER_COLUMNS
                                          " FROM users WHERE " +
                                          std::string{which}));
        for (const store::Row step : plan) {
            EXPECT_EQ(step.text(3).find("SCAN"), std::string::npos) << which << step.text(3);
        }
    }
}

TEST(SqlUsers, gives_names_of_before_the_looks_of_now) {
    test::DatabasePlace place{test::Keeping::sqlite};
    aio::Loop loop{"test"};
    auto fill = [](store::Transaction& transaction) {
        for (const auto& [username, shown] :
             {std::pair{"ann", "Ali"}, std::pair{"bob", "All"}, std::pair{"carl", "PayPaI"},
              std::pair{"dora", "paypal"}}) {
            transaction.execute(
                "INSERT INTO users (id, username, display_name, display_name_folded, role, "
                "created_at, password_hash, password_version, search_words, display_look, "
                "username_look) VALUES ($1, $2, $3, $3, 'user', 0, '', 1, $2, 'all', $2)",
                {UserId::make(), username, shown});
        }
    };
    {
        const auto old = place.open({.name = "auth", .schema = sql_schema().first(3)});
        run_to_end(loop, old->transact(fill));
    }
    const auto database = place.open({.name = "auth", .schema = sql_schema()});
    SqlUsers users{*database};

    run_to_end(loop, users.index_all());

    const auto is_shared = [&](const char* name) {
        return run_to_end(loop, users.find_by_login(name))->is_name_shared;
    };
    EXPECT_FALSE(is_shared("ann"));
    EXPECT_FALSE(is_shared("bob"));
    EXPECT_TRUE(is_shared("carl"));
    EXPECT_TRUE(is_shared("dora"));
    EXPECT_EQ(run_to_end(loop, users.search({"ali", "", 10})).size(), 1U);
}

TYPED_TEST(Store, changes_profiles) {
    const Account ann = this->added("ann");
    const auto change = [&](ProfileChange wanted) {
        return this->run(this->users.change_profile(ann.id, std::move(wanted))).value();
    };

    EXPECT_EQ(change({.display_name = "Ann"}).display_name, "Ann");
    EXPECT_EQ(change({.email = std::optional<std::string>{"a@example.com"}}).email,
              "a@example.com");
    EXPECT_EQ(change({}).email, "a@example.com");
    EXPECT_EQ(change({.email = std::optional<std::string>{}}).email, std::nullopt);
    EXPECT_EQ(this->run(this->users.change_profile(UserId::make(), {})), std::nullopt);
}

TYPED_TEST(Store, gives_an_address_to_one_account_only) {
    const Account ann = this->added("ann");
    const Account bob = this->added("bob");
    const ProfileChange wanted{.display_name = "New",
                               .email = std::optional<std::string>{"a@example.com"}};
    this->run(this->users.change_profile(ann.id, wanted));

    EXPECT_EQ(code_of([&] { this->run(this->users.change_profile(bob.id, wanted)); }),
              "auth.email_taken");
    EXPECT_EQ(this->run(this->users.find(bob.id))->display_name, "bob") << "all or nothing";
}

TYPED_TEST(Store, changes_a_password_only_from_the_version_that_was_read) {
    const Account ann = this->added("ann");

    EXPECT_TRUE(this->run(this->users.change_password(ann.id, {1, "second", {.user = ann.id}})));
    EXPECT_FALSE(this->run(this->users.change_password(ann.id, {1, "third", {.user = ann.id}})));
    this->run(this->users.rehash_password(ann.id, 1, "stale"));
    EXPECT_EQ(this->run(this->users.find(ann.id))->password_hash, "second");
    this->run(this->users.rehash_password(ann.id, 2, "stronger"));
    EXPECT_EQ(this->run(this->users.find(ann.id))->password_hash, "stronger");
    EXPECT_EQ(this->run(this->users.find(ann.id))->password_version, 2);
}

TYPED_TEST(Store, keeps_at_least_one_administrator) {
    const Account ann = this->added("ann");
    const Account bob = this->added("bob");
    const auto change = [&](UserId id, Role role) {
        return this->run(this->users.change_role(id, role, {id, this->clock, 15min})).outcome;
    };

    EXPECT_EQ(change(ann.id, Role::user), ChangeOutcome::last_admin);
    EXPECT_EQ(change(bob.id, Role::user), ChangeOutcome::unchanged);
    EXPECT_EQ(change(bob.id, Role::admin), ChangeOutcome::changed);
    EXPECT_EQ(change(ann.id, Role::user), ChangeOutcome::changed);
    EXPECT_EQ(change(UserId::make(), Role::user), ChangeOutcome::unknown_user);
}

TYPED_TEST(Store, opens_sessions_only_for_the_current_password) {
    const Account ann = this->added("ann");

    EXPECT_TRUE(this->open(ann.id, 1).opened.is_open);
    EXPECT_FALSE(this->open(ann.id, 2).opened.is_open);
    EXPECT_FALSE(this->open(UserId::make(), 1).opened.is_open);
    EXPECT_EQ(this->run(this->sessions.list(ann.id, this->clock.now())).size(), 1U);
}

TYPED_TEST(Store, ends_the_session_seen_longest_ago_beyond_the_limit) {
    const Account ann = this->added("ann");
    const auto oldest = this->open(ann.id, 1, 2);
    this->clock.advance(1s);
    const auto kept = this->open(ann.id, 1, 2);
    this->clock.advance(1s);

    const auto newest = this->open(ann.id, 1, 2);

    ASSERT_EQ(newest.opened.ended.size(), 1U);
    EXPECT_EQ(newest.opened.ended[0].session_id, oldest.session.id);
    const auto left = this->run(this->sessions.list(ann.id, this->clock.now()));
    ASSERT_EQ(left.size(), 2U);
    EXPECT_EQ(left[0].id, newest.session.id);
    EXPECT_EQ(left[1].id, kept.session.id);
}

TYPED_TEST(Store, opens_a_session_with_the_role_of_that_moment) {
    const Account ann = this->added("ann");
    const Account bob = this->added("bob");
    this->run(this->users.change_role(bob.id, Role::admin, {bob.id, this->clock, 15min}));
    this->run(this->users.change_role(ann.id, Role::user, {ann.id, this->clock, 15min}));

    EXPECT_EQ(this->open(ann.id).opened.role, Role::user);
    EXPECT_EQ(this->open(bob.id).opened.role, Role::admin);
}

TYPED_TEST(Store, rotates_and_repeats_and_remembers_a_reuse) {
    const auto opened = this->open(this->added("ann").id);
    const std::string nonce = make_nonce();

    EXPECT_EQ(this->present(opened.token, nonce).rotation, Rotation::rotated);
    const auto repeated = this->present(opened.token);
    EXPECT_EQ(repeated.rotation, Rotation::repeated);
    EXPECT_EQ(repeated.session.nonce, nonce);
    EXPECT_EQ(this->present(opened.token.successor(nonce)).rotation, Rotation::rotated);
    EXPECT_EQ(this->present(opened.token).rotation, Rotation::reused);
    EXPECT_EQ(this->present(opened.token).rotation, Rotation::ended);
    EXPECT_EQ(this->present(RefreshToken::make(SessionId::make())).rotation, Rotation::unknown);

    const auto revoked = this->run(this->sessions.list_revocations(this->clock.now()));
    ASSERT_EQ(revoked.size(), 1U);
    EXPECT_EQ(revoked[0].session_id, opened.session.id);
}

TYPED_TEST(Store, keeps_sessions_as_they_were_given) {
    const auto opened = this->open(this->added("ann").id);

    const auto list = this->run(this->sessions.list(opened.session.user_id, this->clock.now()));

    ASSERT_EQ(list.size(), 1U);
    EXPECT_EQ(list[0].user_agent, "agent");
    EXPECT_EQ(list[0].address, "192.0.2.1");
    EXPECT_EQ(list[0].family_hash, opened.session.family_hash);
    EXPECT_EQ(list[0].secret_hash, opened.session.secret_hash);
    EXPECT_EQ(list[0].expires_at, opened.session.expires_at);
    EXPECT_EQ(list[0].ends_at, opened.session.ends_at);
    EXPECT_EQ(list[0].rotated_at, std::nullopt);
}

TYPED_TEST(Store, ends_one_all_or_all_but_one_session_of_one_user) {
    const Account ann = this->added("ann");
    const auto a = this->open(ann.id).session.id;
    const auto b = this->open(ann.id).session.id;
    this->open(ann.id);
    const auto other = this->open(this->added("bob").id).session;
    const auto end = [&](Ending ending) {
        ending.revoked_until = this->clock.now() + 15min;
        return this->run(this->sessions.end(ending)).size();
    };

    EXPECT_EQ(end({.user = ann.id, .only = a}), 1U);
    EXPECT_EQ(end({.user = ann.id, .only = a}), 0U);
    EXPECT_EQ(end({.user = ann.id, .only = other.id}), 0U);
    EXPECT_EQ(end({.user = ann.id, .except = b}), 1U);
    EXPECT_EQ(end({.user = ann.id}), 1U);
    EXPECT_EQ(this->run(this->sessions.list(other.user_id, this->clock.now())).size(), 1U);
    EXPECT_EQ(this->run(this->sessions.list_revocations(this->clock.now())).size(), 3U);
}

TYPED_TEST(Store, lists_revocations_while_they_matter_and_cleans_up_after) {
    const Account ann = this->added("ann");
    this->open(ann.id);
    const Account bob = this->added("bob");
    const Time made = this->clock.now();
    const OldTokens old{bob.id, this->clock, 15min};
    this->clock.advance(10s);  // until it is its turn
    const auto changed = this->run(this->users.change_role(bob.id, Role::admin, old));
    this->run(this->users.change_role(bob.id, Role::admin, old));

    const auto listed = this->run(this->sessions.list_revocations(this->clock.now()));
    ASSERT_EQ(listed.size(), 1U);
    ASSERT_EQ(changed.ended.size(), 1U);
    EXPECT_EQ(listed[0].user_id, bob.id);
    EXPECT_EQ(listed[0].session_id, std::nullopt);
    EXPECT_GT(listed[0].before, made + 10s) << "what was issued in the same instant is old, too";
    EXPECT_EQ(listed[0].before, changed.ended[0].before);
    EXPECT_EQ(listed[0].until, made + 10s + 15min);

    this->clock.advance(24h);
    EXPECT_TRUE(this->run(this->sessions.list_revocations(this->clock.now())).empty());
    this->run(this->sessions.clean_up(this->clock.now(), 10));
    EXPECT_TRUE(this->run(this->sessions.list_revocations(Time{})).empty());
    EXPECT_TRUE(this->run(this->sessions.list(ann.id, Time{})).empty());
}

}  // namespace
}  // namespace loquat::auth
