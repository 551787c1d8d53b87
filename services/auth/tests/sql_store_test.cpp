#include "services/auth/adapters/sql_schema.hpp"
#include "services/auth/adapters/sql_sessions.hpp"
#include "services/auth/adapters/sql_users.hpp"
#include "services/auth/tests/world.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "testing/temporary_folder.hpp"

// What only a database can break: writing fails in the middle of a change.
namespace loquat::auth {
namespace {

class SqlStore : public testing::Test {
  protected:
    template <class T>
    T run(Task<T> task) {
        return run_to_end(loop, std::move(task));
    }
    Account add(const std::string& name) {
        Account one{.id = UserId::make(), .username = name, .display_name = name};
        one.password_hash = "first";
        run(SqlUsers{*database}.add(one));
        return one;
    }
    void refuse_revocations() {
        run(database->transact([](store::Transaction& transaction) {
            transaction.execute(
                "CREATE TRIGGER refuse BEFORE INSERT ON revocations "
                "BEGIN SELECT RAISE(ABORT, 'refused'); END");
        }));
    }

    test::TemporaryFolder folder;
    FakeClock clock;
    aio::Loop loop{"test"};
    std::unique_ptr<store::Database> database =
        store::open_sqlite({.file = folder / "auth.db", .schema = sql_schema()});
};

TEST_F(SqlStore, keeps_the_password_when_sessions_cannot_be_ended) {
    SqlUsers users{*database};
    SqlSessions sessions{*database};
    const Account ann = add("ann");
    const auto token = RefreshToken::make(SessionId::make());
    const Session session{.id = token.session,
                          .user_id = ann.id,
                          .expires_at = clock.now() + std::chrono::hours{1},
                          .family_hash = token.family_hash(),
                          .secret_hash = token.secret_hash()};
    run(sessions.open({.session = session}));
    refuse_revocations();

    EXPECT_ANY_THROW(run(users.change_password(ann.id, {1, "second", {.user = ann.id}})));

    const auto kept = run(users.find(ann.id));
    EXPECT_EQ(kept->password_hash, "first");
    EXPECT_EQ(kept->password_version, 1);
    EXPECT_EQ(run(sessions.list(ann.id, clock.now())).size(), 1U);
}

TEST_F(SqlStore, keeps_the_role_when_old_tokens_cannot_be_refused) {
    SqlUsers users{*database};
    add("root");
    const Account ann = add("ann");
    refuse_revocations();

    const OldTokens old{ann.id, clock, std::chrono::minutes{15}};
    EXPECT_ANY_THROW(run(users.change_role(ann.id, contracts::Role::admin, old)));

    EXPECT_EQ(run(users.find(ann.id))->role, contracts::Role::user);
}

TEST_F(SqlStore, remembers_for_a_day_what_was_done_under_a_key) {
    SqlUsers users{*database};
    SqlSessions sessions{*database};
    const Account ann = add("ann");
    const Account bob = add("bob");
    const KeyedRequest first{ann.id, "change_password", "k", clock.now()};
    const KeyedRequest second{ann.id, "rotate_keys", "k", clock.now()};
    const auto was_done = [&](KeyedRequest request) {
        request.at = clock.now();
        return run(users.was_done(request));
    };

    run(users.change_password(ann.id, {7, "stale", {.user = ann.id}, first}));
    EXPECT_FALSE(was_done(first)) << "with the change or not at all";
    run(users.change_password(ann.id, {1, "second", {.user = ann.id}, first}));
    EXPECT_TRUE(was_done(first));
    EXPECT_FALSE(was_done(second));
    EXPECT_FALSE(was_done({bob.id, first.operation, first.key, {}}));
    run(users.note_done(second));
    run(users.note_done(second));
    EXPECT_TRUE(was_done(second));

    clock.advance(std::chrono::hours{25});
    EXPECT_FALSE(was_done(first));
    run(sessions.clean_up(clock.now(), 10));
    EXPECT_FALSE(was_done(second));
}

}  // namespace
}  // namespace loquat::auth
