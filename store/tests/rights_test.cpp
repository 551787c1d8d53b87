#include <gtest/gtest.h>

#include <array>
#include <fstream>

#include "base/ids.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/passfile.hpp"
#include "store/postgres/postgres_database.hpp"
#include "store/postgres/schema.hpp"
#include "store/postgres/service_url.hpp"
#include "store/tests/people_schema.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/postgres_schema.hpp"
#include "testing/temporary_folder.hpp"

// Who may do what in a schema of PostgreSQL: the roles of services, and their owner.
namespace loquat::store {
namespace {

using test::await;
using test::code_of;

constexpr std::array<Migration, 2> longer_schema{
    {people_schema[0], {2, "notes", "CREATE TABLE notes (text TEXT);\n"}}};

// Roles belong to the whole server: of their own for each test, and dropped with it.
struct RightsTest : testing::Test {
    test::PostgresSchema at;
    PostgresConnection owner{{.url = at.url(), .schema = as_identifier(at.name())}};
    std::string writer = "writer_" + Uuid::make().to_string();
    std::string reader = "reader_" + Uuid::make().to_string();

    RightsTest() {
        owner.open();
        bring_up_to_date(owner, at.name(), people_schema);
        prepare_role(owner, writer, "writes well");
        prepare_role(owner, reader, "reads well");
        grant_rights(owner, {at.name(), writer, {reader}});
    }
    ~RightsTest() override {
        for (const std::string& role : {writer, reader}) {
            owner.execute("DROP OWNED BY " + as_identifier(role));
            owner.execute("DROP ROLE " + as_identifier(role));
        }
    }

    std::string url_as(const std::string& role, const std::string& password) const {
        const std::string& url = at.url();
        const std::size_t host = url.find('@');
        return "postgresql://" + role + ":" + password + url.substr(host);
    }
    std::string writer_url() const { return url_as(writer, "writes%20well"); }
    std::string reader_url() const { return url_as(reader, "reads%20well"); }

    std::string code_as(const std::string& url, const std::string& sql) const {
        PostgresConnection connection{{.url = url, .schema = as_identifier(at.name())}};
        connection.open();
        return code_of([&] { connection.execute(sql); });
    }
};

TEST_F(RightsTest, the_owner_of_rows_reads_and_writes_them) {
    for (const char* sql :
         {"INSERT INTO people (name, age) VALUES ('Ada', 36)", "UPDATE people SET age = 37",
          "SELECT count(*) FROM people", "DELETE FROM people", "SELECT number FROM schema_steps"}) {
        EXPECT_EQ(code_as(writer_url(), sql), "") << sql;
    }
}

TEST_F(RightsTest, the_owner_of_rows_changes_no_table) {
    for (const char* sql :
         {"CREATE TABLE other (a INTEGER)", "DROP TABLE pets",
          "ALTER TABLE people ADD COLUMN other TEXT", "TRUNCATE pets",
          "CREATE INDEX other ON people (age)", "DELETE FROM schema_steps",
          "UPDATE schema_steps SET checksum = 0", "INSERT INTO schema_steps VALUES (9, 'x', 0)",
          "CREATE SCHEMA other", "CREATE ROLE other"}) {
        EXPECT_EQ(code_as(writer_url(), sql), "store.denied") << sql;
    }
}

TEST_F(RightsTest, a_reader_reads_and_changes_nothing) {
    EXPECT_EQ(code_as(reader_url(), "SELECT count(*) FROM people"), "");
    for (const char* sql :
         {"INSERT INTO people (name, age) VALUES ('Ada', 36)", "UPDATE people SET age = 37",
          "DELETE FROM people", "SELECT 1 FROM people FOR UPDATE", "DELETE FROM schema_steps",
          "CREATE TABLE other (a INTEGER)", "DROP TABLE pets"}) {
        EXPECT_EQ(code_as(reader_url(), sql), "store.denied") << sql;
    }
}

TEST_F(RightsTest, a_role_that_is_not_named_sees_nothing) {
    const std::string stranger = "stranger_" + Uuid::make().to_string();
    prepare_role(owner, stranger, "stranger");

    EXPECT_EQ(code_as(url_as(stranger, "stranger"),
                      "SELECT 1 FROM " + as_identifier(at.name()) + ".people"),
              "store.denied");

    owner.execute("DROP ROLE " + as_identifier(stranger));
}

TEST_F(RightsTest, what_was_granted_before_is_taken_back) {
    grant_rights(owner, {at.name(), reader, {writer}});

    EXPECT_EQ(code_as(writer_url(), "UPDATE people SET age = 37"), "store.denied");
    EXPECT_EQ(code_as(reader_url(), "UPDATE people SET age = 37"), "");
}

TEST_F(RightsTest, a_service_opens_a_schema_that_it_may_not_change) {
    aio::Loop loop{"test"};
    for (const std::string& url : {writer_url(), reader_url()}) {
        const auto database =
            open_postgres({.url = url, .schema = at.name(), .steps = people_schema});

        EXPECT_EQ(await(loop, database->query("SELECT count(*) FROM people")).front().integer(0),
                  0);
    }
}

TEST_F(RightsTest, a_service_says_that_its_schema_is_behind_and_who_mends_it) {
    try {
        open_postgres({.url = writer_url(), .schema = at.name(), .steps = longer_schema});
        FAIL() << "it opened";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.code, "store.needs_migration");
        EXPECT_NE(failure.message.find("has 1 of 2 steps"), std::string::npos) << failure.message;
        EXPECT_NE(failure.message.find(writer), std::string::npos) << failure.message;
        EXPECT_NE(failure.message.find("loquat migrate"), std::string::npos) << failure.message;
    }
}

TEST_F(RightsTest, rights_reach_tables_of_later_steps) {
    bring_up_to_date(owner, at.name(), longer_schema);
    grant_rights(owner, {at.name(), writer, {reader}});

    EXPECT_EQ(code_as(writer_url(), "INSERT INTO notes (text) VALUES ('x')"), "");
    EXPECT_EQ(code_as(reader_url(), "SELECT text FROM notes"), "");
    EXPECT_EQ(code_as(reader_url(), "DELETE FROM notes"), "store.denied");
}

TEST_F(RightsTest, a_step_that_fails_leaves_the_schema_as_it_was) {
    constexpr std::array<Migration, 3> broken{
        {longer_schema[0],
         longer_schema[1],
         {3, "broken", "CREATE TABLE again (a TEXT);\nDROP TABLE nowhere;\n"}}};

    EXPECT_NE(code_of([&] { bring_up_to_date(owner, at.name(), broken); }), "");

    EXPECT_EQ(look_at_schema(owner, at.name(), broken).applied, 1U);
    bring_up_to_date(owner, at.name(), longer_schema);
    EXPECT_TRUE(look_at_schema(owner, at.name(), longer_schema).is_up_to_date());
}

TEST_F(RightsTest, a_schema_of_a_newer_program_is_left_alone) {
    bring_up_to_date(owner, at.name(), longer_schema);

    EXPECT_EQ(code_of([&] { bring_up_to_date(owner, at.name(), people_schema); }),
              "store.newer_schema");
}

TEST_F(RightsTest, a_role_is_kept_and_takes_a_new_password) {
    EXPECT_EQ(prepare_role(owner, writer, "another"), RoleChange::kept);

    EXPECT_EQ(code_as(url_as(writer, "another"), "SELECT 1"), "");
    EXPECT_EQ(code_of([&] { code_as(writer_url(), "SELECT 1"); }), "store.unavailable");
}

TEST_F(RightsTest, a_role_whose_name_is_no_name_is_refused) {
    for (const char* name : {"", "a\"b", "a b", "a;b", "a'b"}) {
        EXPECT_EQ(code_of([&] { prepare_role(owner, name, ""); }), "config.invalid") << name;
    }
}

TEST(ServiceUrl, names_the_service_in_user_and_passfile) {
    const std::string url = url_of_service(
        "postgresql://loquat_{service}@db/loquat?passfile=/etc/{service}.pgpass", "chat");

    const UrlParts parts = parts_of(url);

    EXPECT_EQ(parts.user, "loquat_chat");
    EXPECT_EQ(parts.passfile, "/etc/chat.pgpass");
    EXPECT_EQ(parts.password, "");
    EXPECT_TRUE(names_services("postgresql://{service}@db/x"));
    EXPECT_FALSE(names_services(url));
}

TEST(ServiceUrl, says_what_is_wrong_with_one_that_is_none) {
    EXPECT_EQ(code_of([] { parts_of("postgresql://a b@/?nothing=1"); }), "config.invalid");
}

TEST(Passfile, gives_back_what_was_added) {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "new" / "pgpass";
    const std::string hard = R"(a:b\c)";

    EXPECT_EQ(find_password(file, "chat"), std::nullopt);
    add_password(file, "chat", hard);
    add_password(file, "auth", "second");

    EXPECT_EQ(find_password(file, "chat"), hard);
    EXPECT_EQ(find_password(file, "auth"), "second");
    EXPECT_EQ(find_password(file, "consumer"), std::nullopt);
}

TEST(Passfile, reads_what_libpq_reads) {
    const test::TemporaryFolder folder;
    const auto file = folder.path() / "pgpass";
    add_password(file, "one", "first");
    std::ofstream{file, std::ios::app}
        << "# a comment:a:b:c:d\ndb:5432:loquat:two:with:colon\n*:*:*:*:any";

    EXPECT_EQ(find_password(file, "two"), "with:colon");
    EXPECT_EQ(find_password(file, "other"), "any");
}

}  // namespace
}  // namespace loquat::store
