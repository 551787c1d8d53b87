#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <fstream>

#include "store/folder/data_folder.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::store {
namespace {

using test::await;
using test::code_of;
using test::TemporaryFolder;

constexpr Migration first_step{1, "one", "CREATE TABLE one (a INTEGER PRIMARY KEY, b TEXT);\n"};
constexpr Migration second_step{
    2, "two", "ALTER TABLE one ADD COLUMN c TEXT;\nCREATE TABLE two (a INTEGER);\n"};
constexpr std::array one_step{first_step};
constexpr std::array two_steps{first_step, second_step};
constexpr std::array edited_step{
    Migration{1, "one", "CREATE TABLE one (a INTEGER PRIMARY KEY, b BLOB);\n"}};

std::string read_file(const std::filesystem::path& path) {
    std::ifstream stream{path, std::ios::binary};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

void write_file(const std::filesystem::path& path, std::string_view content) {
    std::ofstream stream{path, std::ios::binary};
    stream.write(content.data(), static_cast<std::streamsize>(content.size()));
}

Failure failure_of(const SqliteOptions& options) {
    try {
        open_sqlite(options);
    } catch (const Failure& failure) {
        return failure;
    }
    return Failure{Kind::internal, "none", "no failure"};
}

// A file with some pages of content, closed.
void make_filled(const SqliteOptions& options) {
    aio::Loop loop{"test"};
    const auto database = open_sqlite(options);
    auto fill = [](Transaction& transaction) {
        for (int i = 0; i < 500; ++i) {
            transaction.execute("INSERT INTO one (a, b) VALUES ($1, $2)",
                                {i, std::string(200, 'x')});
        }
    };
    await(loop, database->transact(fill));
}

TEST(OpenDatabase, applies_new_steps_and_keeps_the_data) {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    make_filled({.file = folder / "a.db", .schema = one_step});

    const auto database = open_sqlite({.file = folder / "a.db", .schema = two_steps});
    const Rows rows = await(loop, database->query("SELECT count(*), count(c) FROM one"));

    EXPECT_EQ(rows.front().integer(0), 500);
    EXPECT_EQ(rows.front().integer(1), 0);
}

TEST(OpenDatabase, sorts_on_the_disk_what_a_new_step_sorts_and_in_memory_afterwards) {
    constexpr std::array steps{first_step, Migration{2, "where",
                                                     "CREATE TABLE place AS SELECT temp_store FROM "
                                                     "pragma_temp_store;\n"}};
    constexpr std::int64_t on_disk = 1;
    constexpr std::int64_t in_memory = 2;
    TemporaryFolder folder;
    aio::Loop loop{"test"};

    const auto database = open_sqlite({.file = folder / "a.db", .schema = steps});

    const auto read = [&](const char* sql) {
        return await(loop, database->transact(
                               [sql](Transaction& transaction) { return transaction.query(sql); }))
            .front()
            .integer(0);
    };
    EXPECT_EQ(read("SELECT temp_store FROM place"), on_disk);
    EXPECT_EQ(read("SELECT temp_store FROM pragma_temp_store"), in_memory);
}

TEST(OpenDatabase, refuses_what_a_newer_program_made) {
    TemporaryFolder folder;
    make_filled({.file = folder / "a.db", .schema = two_steps});

    const Failure failure = failure_of({.file = folder / "a.db", .schema = one_step});

    EXPECT_EQ(failure.code, "store.newer_schema");
    EXPECT_NE(failure.message.find("a.db"), std::string::npos);
    EXPECT_NE(failure.message.find("newer"), std::string::npos);
}

TEST(OpenDatabase, refuses_a_step_that_was_edited_after_its_release) {
    TemporaryFolder folder;
    make_filled({.file = folder / "a.db", .schema = one_step});

    const Failure failure = failure_of({.file = folder / "a.db", .schema = edited_step});

    EXPECT_EQ(failure.code, "store.changed_schema");
}

TEST(OpenDatabase, refuses_a_file_that_is_not_a_database_and_leaves_it_alone) {
    TemporaryFolder folder;
    const std::string content = "this is a letter to my grandmother" + std::string(500, '.');
    write_file(folder / "a.db", content);

    const Failure failure = failure_of({.file = folder / "a.db", .schema = one_step});

    EXPECT_EQ(failure.code, "store.damaged");
    EXPECT_NE(failure.message.find((folder / "a.db").string()), std::string::npos);
    EXPECT_NE(failure.message.find("Restore it from a copy"), std::string::npos);
    EXPECT_EQ(read_file(folder / "a.db"), content);
}

TEST(OpenDatabase, refuses_a_file_that_was_cut_short) {
    TemporaryFolder folder;
    make_filled({.file = folder / "a.db", .schema = one_step});
    std::string content = read_file(folder / "a.db");
    content.resize(content.size() / 2);
    write_file(folder / "a.db", content);

    const Failure failure = failure_of({.file = folder / "a.db", .schema = one_step});

    EXPECT_EQ(failure.code, "store.damaged");
    EXPECT_EQ(read_file(folder / "a.db"), content);
}

TEST(OpenDatabase, finds_a_page_that_was_overwritten) {
    TemporaryFolder folder;
    make_filled({.file = folder / "a.db", .schema = one_step});
    std::string content = read_file(folder / "a.db");
    std::fill_n(content.begin() + 4 * 4096, 2000, '\x5a');
    write_file(folder / "a.db", content);

    const Failure failure = failure_of({.file = folder / "a.db", .schema = one_step});

    EXPECT_EQ(failure.code, "store.damaged");
}

TEST(OpenDatabase, refuses_the_database_of_another_program) {
    TemporaryFolder folder;
    {
        Connection other{folder / "a.db", Access::write, 4};
        other.run_once("PRAGMA application_id = 1");
        other.execute("CREATE TABLE notes (text TEXT)");
    }
    const std::string content = read_file(folder / "a.db");

    const Failure failure = failure_of({.file = folder / "a.db", .schema = one_step});

    EXPECT_EQ(failure.code, "store.foreign_file");
    EXPECT_EQ(read_file(folder / "a.db"), content);
}

TEST(DataFolder, is_held_by_one_process_whose_number_is_named) {
    TemporaryFolder folder;
    std::array<int, 2> ready{};
    std::array<int, 2> finish{};
    ASSERT_EQ(::pipe(ready.data()), 0);
    ASSERT_EQ(::pipe(finish.data()), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const DataFolder held{folder.path() / "data"};
        char byte = 'r';
        const bool told = ::write(ready[1], &byte, 1) == 1;
        const bool asked = ::read(finish[0], &byte, 1) == 1;
        ::_exit(told && asked ? 0 : 1);
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);

    std::string message;
    const std::string code = code_of([&] {
        try {
            const DataFolder second{folder.path() / "data"};
        } catch (const Failure& failure) {
            message = failure.message;
            throw;
        }
    });
    ASSERT_EQ(::write(finish[1], &byte, 1), 1);
    int status = 0;
    ::waitpid(child, &status, 0);
    const std::string after = code_of([&] { const DataFolder third{folder.path() / "data"}; });

    EXPECT_EQ(code, "data.in_use");
    EXPECT_NE(message.find("process " + std::to_string(child)), std::string::npos) << message;
    EXPECT_EQ(after, "");
    for (const int file : {ready[0], ready[1], finish[0], finish[1]}) {
        ::close(file);
    }
}

TEST(DataFolder, that_cannot_be_made_is_refused_with_the_reason) {
    TemporaryFolder folder;
    write_file(folder / "file", "x");

    EXPECT_EQ(code_of([&] { const DataFolder held{folder / "file"}; }), "data.unusable");
}

// What SQLite itself says: 2 is FULL, a sync at every commit, 1 is NORMAL.
std::int64_t synchronous_of(const SqliteOptions& options) {
    aio::Loop loop{"test"};
    const auto database = open_sqlite(options);
    auto ask = [](Transaction& transaction) {
        return transaction.query("PRAGMA synchronous").front().integer(0);
    };
    return await(loop, database->transact(ask));
}

TEST(OpenDatabase, syncs_every_commit_unless_less_was_asked_for) {
    TemporaryFolder folder;
    const SqliteOptions usual{.file = folder / "a.db", .schema = one_step};
    SqliteOptions less{.file = folder / "b.db", .schema = one_step};
    less.durability = Durability::crash;

    EXPECT_EQ(synchronous_of(usual), 2);
    EXPECT_EQ(synchronous_of(less), 1);
}

}  // namespace
}  // namespace loquat::store
