#include <gtest/gtest.h>

#include <array>
#include <atomic>

#include "store/postgres/connection.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/postgres_database.hpp"
#include "store/postgres/pq_library.hpp"
#include "store/postgres/schema.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/postgres_schema.hpp"

// What of a database is PostgreSQL's own; what every database promises is
// database_suite_test.cpp's.
namespace loquat::store {
namespace {

using std::chrono::milliseconds;
using test::await;
using test::code_of;

constexpr std::array<Migration, 2> schema{{{1, "notes", R"sql(
CREATE TABLE notes (
    id INTEGER PRIMARY KEY,
    text TEXT NOT NULL
);
)sql"},
                                           {2, "authors", R"sql(
CREATE TABLE authors (
    id INTEGER PRIMARY KEY
);
)sql"}}};

struct PostgresDatabaseTest : testing::Test {
    test::PostgresSchema at;
    aio::Loop loop{"test"};

    PostgresOptions options() const {
        return {.url = at.url(), .schema = at.name(), .steps = schema};
    }
    void add(Database& database, std::string text) {
        auto work = [text](Transaction& transaction) {
            transaction.execute("INSERT INTO notes (text) VALUES ($1)", {text});
        };
        await(loop, database.transact(work));
    }
    std::int64_t count(Database& database) {
        return await(loop, database.query("SELECT count(*) FROM notes")).front().integer(0);
    }
    // As somebody who owns the server.
    Rows as_owner(const std::string& sql) {
        PostgresConnection connection{{.url = at.url(), .schema = "\"" + at.name() + "\""}};
        connection.open();
        return connection.query(sql);
    }
};

TEST_F(PostgresDatabaseTest, goes_on_after_its_connections_were_ended) {
    const auto database = open_postgres(options());
    add(*database, "one");
    count(*database);

    as_owner(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
        "AND query LIKE '%notes%'");
    std::string code = code_of([&] { add(*database, "two"); });
    if (!code.empty()) {
        EXPECT_EQ(code, "store.unavailable");
        add(*database, "two");
    }

    EXPECT_EQ(count(*database), 2);
}

TEST_F(PostgresDatabaseTest, fails_a_unit_whose_connection_is_lost_and_keeps_nothing_of_it) {
    const auto database = open_postgres(options());
    auto lost = [](Transaction& transaction) {
        transaction.execute("INSERT INTO notes (text) VALUES ('lost')");
        transaction.query("SELECT pg_terminate_backend(pg_backend_pid())");
    };

    EXPECT_EQ(code_of([&] { await(loop, database->transact(lost)); }), "store.unavailable");
    add(*database, "kept");
    EXPECT_EQ(count(*database), 1);
}

TEST_F(PostgresDatabaseTest, takes_the_turn_from_one_who_sleeps_in_it) {
    PostgresOptions impatient = options();
    impatient.idle_max = milliseconds{100};
    const auto sleeper = open_postgres(impatient);
    const auto other = open_postgres(options());
    std::atomic<bool> holds{false};
    std::atomic<bool> may_go_on{false};
    auto sleep = [&](Transaction& transaction) {
        transaction.execute("INSERT INTO notes (text) VALUES ('stale')");
        holds = true;
        holds.notify_one();
        may_go_on.wait(false);
        transaction.execute("INSERT INTO notes (text) VALUES ('staler')");
    };
    std::string code = "none";
    auto asleep = [&]() -> Task<void> {
        try {
            co_await sleeper->transact(sleep);
        } catch (const Failure& failure) {
            code = failure.code;
        }
        loop.stop();
    };

    loop.spawn(asleep());
    loop.poll();
    holds.wait(false);
    aio::Loop elsewhere{"elsewhere"};
    auto awake = [](Transaction& transaction) {
        transaction.execute("INSERT INTO notes (text) VALUES ('awake')");
    };
    await(elsewhere, other->transact(awake));
    may_go_on = true;
    may_go_on.notify_one();
    loop.run();

    EXPECT_EQ(code, "store.unavailable");
    EXPECT_EQ(count(*other), 1);
}

TEST_F(PostgresDatabaseTest, says_when_a_turn_does_not_come) {
    PostgresOptions impatient = options();
    impatient.lock_max = milliseconds{50};
    const auto database = open_postgres(options());
    const auto other = open_postgres(impatient);
    aio::Loop elsewhere{"elsewhere"};
    std::string code;
    auto hold = [&](Transaction& transaction) {
        transaction.execute("INSERT INTO notes (text) VALUES ('first')");
        auto second = [](Transaction& inner) {
            inner.execute("INSERT INTO notes (text) VALUES ('second')");
        };
        code = code_of([&] { await(elsewhere, other->transact(second)); });
    };

    await(loop, database->transact(hold));
    add(*other, "third");

    EXPECT_EQ(code, "store.unavailable");
    EXPECT_EQ(count(*database), 2);
}

// It was stopped between two pieces of what it sent: the server's own limit does not see that.
TEST_F(PostgresDatabaseTest, takes_the_turn_from_one_who_sleeps_in_the_middle_of_a_message) {
    const PqLibrary& pq = PqLibrary::get();
    PostgresOptions impatient = options();
    impatient.lock_max = milliseconds{200};
    impatient.idle_max = milliseconds{50};
    const auto database = open_postgres(impatient);
    const char* const names[] = {"dbname", nullptr};
    const char* const values[] = {impatient.url.c_str(), nullptr};
    const std::unique_ptr<PGconn, void (*)(PGconn*)> sleeper{
        pq.connectStartParams(names, values, 1), pq.finish};
    while (pq.connectPoll(sleeper.get()) != PGRES_POLLING_OK) {
        ASSERT_EQ(pq.status(sleeper.get()) == CONNECTION_BAD, false);
    }
    ASSERT_EQ(pq.enterPipelineMode(sleeper.get()), 1);
    const std::string turn =
        "SELECT pg_advisory_xact_lock(" + std::to_string(turn_of(at.name())) + ")";
    for (const char* sql : {"BEGIN", turn.c_str()}) {
        ASSERT_EQ(pq.sendQueryParams(sleeper.get(), sql, 0, nullptr, nullptr, nullptr, nullptr, 1),
                  1);
    }
    ASSERT_EQ(pq.flush(sleeper.get()), 0);
    while (as_owner("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND "
                    "((classid::bigint << 32) | objid::bigint) = " +
                    std::to_string(turn_of(at.name())))
               .front()
               .integer(0) == 0) {
    }

    const std::string refused = code_of([&] { add(*database, "waited in vain"); });
    add(*database, "one");

    EXPECT_EQ(refused, "store.unavailable");
    EXPECT_EQ(count(*database), 1);
}

TEST_F(PostgresDatabaseTest, keeps_what_it_prepared_within_its_limit) {
    PostgresOptions small = options();
    small.statements_max = 3;
    const auto database = open_postgres(small);
    auto work = [](Transaction& transaction) {
        std::int64_t sum = 0;
        for (int i = 0; i < 50; ++i) {
            sum +=
                transaction.query("SELECT $1 + " + std::to_string(i % 7), {i}).front().integer(0);
        }
        return sum;
    };
    auto kept = [](Transaction& transaction) {
        return transaction.query("SELECT count(*) FROM pg_prepared_statements").front().integer(0);
    };

    EXPECT_EQ(await(loop, database->transact(work)), 49 * 50 / 2 + 7 * 21);
    EXPECT_EQ(await(loop, database->transact(work)), 49 * 50 / 2 + 7 * 21);
    await(loop, database->transact(kept));
    EXPECT_LE(await(loop, database->transact(kept)), 4);
}

TEST_F(PostgresDatabaseTest, tells_one_statement_with_values_of_other_types_apart) {
    const auto database = open_postgres(options());

    const Rows number = await(loop, database->query("SELECT $1", {std::int64_t{5}}));
    const Rows text = await(loop, database->query("SELECT $1", {"five"}));
    const Rows none = await(loop, database->query("SELECT $1", {nullptr}));

    EXPECT_EQ(number.front().integer(0), 5);
    EXPECT_EQ(text.front().text(0), "five");
    EXPECT_TRUE(none.front().is_null(0));
}

TEST_F(PostgresDatabaseTest, reads_numbers_of_any_size) {
    const auto database = open_postgres(options());

    const Rows rows = await(
        loop,
        database->query("SELECT 0::numeric, 10000::numeric, -9999::numeric, 123456789012::numeric, "
                        "0.25::numeric, -10000.5::numeric, 1e30::numeric, 7::int2, 2.5::float4, "
                        "true, (3 > 4), 'NaN'::numeric IS NULL"));

    const Row row = rows.front();
    EXPECT_EQ(row.integer(0), 0);
    EXPECT_EQ(row.integer(1), 10'000);
    EXPECT_EQ(row.integer(2), -9'999);
    EXPECT_EQ(row.integer(3), 123'456'789'012);
    EXPECT_EQ(row.number(4), 0.25);
    EXPECT_EQ(row.number(5), -10'000.5);
    EXPECT_DOUBLE_EQ(row.number(6), 1e30);
    EXPECT_EQ(row.integer(7), 7);
    EXPECT_EQ(row.number(8), 2.5);
    EXPECT_TRUE(row.boolean(9));
    EXPECT_FALSE(row.boolean(10));
    EXPECT_EQ(code_of([&] { await(loop, database->query("SELECT 'NaN'::numeric")); }),
              "store.unexpected_type");
    EXPECT_EQ(code_of([&] { await(loop, database->query("SELECT now()")); }),
              "store.unexpected_type");
}

TEST_F(PostgresDatabaseTest, refuses_a_text_with_a_zero_byte_and_takes_it_as_bytes) {
    const auto database = open_postgres(options());
    const std::string zero{"a\0b", 3};

    EXPECT_EQ(code_of([&] { add(*database, zero); }), "store.text");
    EXPECT_EQ(await(loop, database->query("SELECT $1", {Blob{zero}})).front().blob(0), zero);
}

TEST_F(PostgresDatabaseTest, says_that_a_statement_is_wrong) {
    const auto database = open_postgres(options());

    EXPECT_EQ(code_of([&] { await(loop, database->query("SELECT nothing FROM nowhere")); }),
              "store.statement");
    EXPECT_EQ(code_of([&] { await(loop, database->query("SELECT $1", {})); }), "store.statement");
    EXPECT_EQ(count(*database), 0);
}

TEST_F(PostgresDatabaseTest, refuses_a_schema_of_a_newer_program) {
    open_postgres(options());
    PostgresOptions older = options();
    older.steps = std::span{schema}.first(1);

    EXPECT_EQ(code_of([&] { open_postgres(older); }), "store.newer_schema");
}

TEST_F(PostgresDatabaseTest, says_that_a_role_has_no_right_to_the_schema) {
    open_postgres(options());
    const std::string role = at.name() + "_stranger";
    as_owner("CREATE ROLE \"" + role + "\" LOGIN PASSWORD 'x'");
    PostgresOptions strange = options();
    const std::string url = at.url();
    strange.url = "postgresql://" + role + ":x" + url.substr(url.find('@'));

    std::string said;
    try {
        open_postgres(strange);
    } catch (const Failure& failure) {
        said = failure.code + " " + failure.message;
    }
    as_owner("DROP ROLE \"" + role + "\"");

    EXPECT_TRUE(said.starts_with("store.denied The role " + role + " has no right")) << said;
    EXPECT_TRUE(said.contains("loquat migrate")) << said;
}

TEST_F(PostgresDatabaseTest, refuses_a_server_that_is_too_old_and_names_both_versions) {
    PostgresOptions newer = options();
    newer.version_min = 990'000;

    std::string said;
    try {
        open_postgres(newer);
    } catch (const Failure& failure) {
        said = failure.code + " " + failure.message;
    }

    EXPECT_TRUE(said.starts_with("store.unfit PostgreSQL cannot be used: it is version ")) << said;
    EXPECT_TRUE(said.ends_with("99 or newer is needed.")) << said;
}

TEST_F(PostgresDatabaseTest, adds_the_steps_that_are_missing) {
    PostgresOptions older = options();
    older.steps = std::span{schema}.first(1);
    add(*open_postgres(older), "old");

    const auto database = open_postgres(options());

    EXPECT_EQ(count(*database), 1);
    EXPECT_TRUE(await(loop, database->query("SELECT id FROM authors")).empty());
}

TEST_F(PostgresDatabaseTest, works_for_a_role_that_may_not_change_the_schema) {
    open_postgres(options());
    const std::string role = "\"" + at.name() + "\"";
    as_owner("CREATE ROLE " + role + " LOGIN PASSWORD 'secret'");
    as_owner("GRANT USAGE ON SCHEMA " + role + " TO " + role);
    as_owner("GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA " + role + " TO " + role);
    as_owner("GRANT USAGE ON ALL SEQUENCES IN SCHEMA " + role + " TO " + role);
    PostgresOptions narrow = options();
    const std::string url = at.url();
    narrow.url = "postgresql://" + at.name() + ":secret" + url.substr(url.find('@'));

    std::string code;
    {
        const auto database = open_postgres(narrow);
        add(*database, "mine");
        auto wipe = [](Transaction& transaction) { transaction.execute("DELETE FROM notes"); };
        code = code_of([&] { await(loop, database->transact(wipe)); });
        EXPECT_EQ(count(*database), 1);
    }
    as_owner("DROP OWNED BY " + role);
    as_owner("DROP ROLE " + role);

    EXPECT_EQ(code, "store.denied");
}

TEST_F(PostgresDatabaseTest, says_why_it_cannot_be_reached) {
    const auto reason_for = [&](const std::string& url) {
        PostgresOptions wrong = options();
        wrong.url = url;
        wrong.start_max = milliseconds{0};
        try {
            open_postgres(wrong);
        } catch (const Failure& failure) {
            EXPECT_EQ(failure.code, "store.unavailable");
            return failure.message;
        }
        return std::string{};
    };
    const std::string url = at.url();

    EXPECT_NE(reason_for("postgresql://loquat:wrong" + url.substr(url.find('@'))).find("password"),
              std::string::npos);
    EXPECT_NE(reason_for(url + "_nowhere").find("loquat_nowhere"), std::string::npos);
    EXPECT_NE(reason_for(url + "?sslmode=require").find("SSL"), std::string::npos);
    EXPECT_NE(reason_for("postgresql://127.0.0.1:1/loquat").find("refused"), std::string::npos);
    EXPECT_NE(reason_for("postgresql://127.0.0.1:port/loquat").find("port"), std::string::npos);
    EXPECT_NE(reason_for("postgresql://?service=nowhere").find("PGSERVICEFILE"), std::string::npos);
}

TEST(PostgresFailure, says_the_mend_with_the_reason) {
    const std::string wrong = R"(FATAL:  password authentication failed for user "loquat"
)";

    EXPECT_EQ(unusable_postgres(wrong),
              R"(PostgreSQL cannot be used: FATAL:  password authentication failed for user )"
              R"("loquat". Look at user and password of the URL, or at its passfile.)");
    EXPECT_EQ(unusable_postgres("10.0.0.1:5432 gives no answer in time"),
              "PostgreSQL cannot be used: 10.0.0.1:5432 gives no answer in time.");
}

TEST(PostgresFailure, finds_the_columns_of_a_key_in_any_language) {
    EXPECT_EQ(columns_of_key("pets", "Key (person, name)=(1, rex) already exists."),
              "pets.person, pets.name");
    EXPECT_EQ(columns_of_key("pets", "Schlüssel »(name)=(a)=(b)« existiert bereits."), "pets.name");
    EXPECT_EQ(columns_of_key("pets", "Key (lower(name))=(rex) already exists."),
              "pets.lower(name)");
    EXPECT_EQ(columns_of_key("pets", ""), "");
    EXPECT_EQ(columns_of_key("pets", ")=("), "");
}

}  // namespace
}  // namespace loquat::store
