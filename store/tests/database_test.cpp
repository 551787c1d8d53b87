#include <gtest/gtest.h>

#include "aio/scope.hpp"
#include "store/sqlite/cached_bytes.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/tests/people_schema.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::store {
namespace {

using test::await;
using test::code_of;
using test::TemporaryFolder;

SqliteOptions options_for(const TemporaryFolder& folder) {
    return {.file = folder / "test.db", .schema = people_schema};
}

struct Fixture : testing::Test {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    std::unique_ptr<Database> database = open_sqlite(options_for(folder));

    void add(std::int64_t id, std::string name) {
        auto work = [id, name](Transaction& transaction) {
            transaction.execute("INSERT INTO people (id, name) VALUES ($1, $2)", {id, name});
        };
        await(loop, database->transact(work));
    }
    std::int64_t count() {
        return await(loop, database->query("SELECT count(*) FROM people")).front().integer(0);
    }
};

using DatabaseTest = Fixture;

TEST_F(DatabaseTest, folds_everything_into_the_file_when_secured) {
    add(1, "ann");

    await(loop, database->secure());
    std::filesystem::copy(folder / "test.db", folder / "copy.db");
    SqliteOptions copy = options_for(folder);
    copy.file = folder / "copy.db";
    const auto restored = open_sqlite(copy);

    EXPECT_EQ(await(loop, restored->query("SELECT name FROM people")).front().text(0), "ann");
}

TEST_F(DatabaseTest, forgets_the_least_used_statements) {
    SqliteOptions small = options_for(folder);
    small.file = folder / "small.db";
    small.statements_max = 2;
    const auto other = open_sqlite(small);
    auto work = [](Transaction& transaction) {
        std::int64_t sum = 0;
        for (int i = 0; i < 50; ++i) {
            const std::string sql = "SELECT $1 + " + std::to_string(i % 7);
            sum += transaction.query(sql, {i}).front().integer(0);
        }
        return sum;
    };

    const std::int64_t sum = await(loop, other->read(work));

    EXPECT_EQ(sum, 49 * 50 / 2 + 7 * 21 + 0);
}

TEST(Database, refuses_at_once_what_its_queue_cannot_hold) {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    SqliteOptions options = options_for(folder);
    options.write_queue_max = 1;
    const auto database = open_sqlite(options);
    std::atomic<bool> started{false};
    std::atomic<bool> release{false};
    std::vector<std::string> codes;
    auto hold = [&](Transaction&) {
        started = true;
        started.notify_one();
        release.wait(false);
    };
    auto nothing = [](Transaction&) {};
    int done = 0;
    auto holder = [&]() -> Task<void> {
        co_await database->transact(hold);
        ++done;
    };
    auto queued = [&]() -> Task<void> {
        co_await database->transact(nothing);
        ++done;
        loop.stop();
    };

    loop.spawn(holder());
    loop.poll();
    started.wait(false);
    loop.spawn(queued());
    loop.poll();
    codes.push_back(code_of([&] { await(loop, database->transact(nothing)); }));
    release = true;
    release.notify_one();
    loop.run();

    EXPECT_EQ(done, 2);
    EXPECT_EQ(codes, std::vector<std::string>{"store.overloaded"});
}

TEST(Database, reports_a_full_disk_keeps_what_it_has_and_works_on_after_space_returns) {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    SqliteOptions options = options_for(folder);
    options.file_bytes_max = 256 * 1024;
    const auto database = open_sqlite(options);
    const std::string large(40'000, 'x');
    std::int64_t acknowledged = 0;
    std::string code;

    for (int id = 0; id < 100 && code.empty(); ++id) {
        auto work = [id, &large](Transaction& transaction) {
            transaction.execute("INSERT INTO people (id, name) VALUES ($1, $2)",
                                {id, large + std::to_string(id)});
        };
        code = code_of([&] { await(loop, database->transact(work)); });
        acknowledged += code.empty() ? 1 : 0;
    }
    const Rows kept = await(loop, database->query("SELECT count(*) FROM people"));
    auto shrink = [](Transaction& transaction) {
        transaction.execute("DELETE FROM people WHERE id > 0");
    };
    auto again = [&large](Transaction& transaction) {
        transaction.execute("INSERT INTO people (id, name) VALUES (50, $1)", {large});
    };
    await(loop, database->transact(shrink));
    await(loop, database->transact(again));

    EXPECT_EQ(code, "store.full");
    EXPECT_GT(acknowledged, 0);
    EXPECT_EQ(kept.front().integer(0), acknowledged);
}

// Reads all the time, so that one is always at work while another ends.
Task<void> keep_reading(Database& database) {
    for (;;) {
        auto work = [](Transaction& transaction) {
            transaction.query(
                "WITH RECURSIVE n (i) AS (SELECT (SELECT count(*) FROM people) UNION ALL SELECT i "
                "+ 1 FROM n WHERE i < 5000) SELECT sum(i) FROM n");
        };
        co_await database.read(work);
    }
}

TEST(Database, keeps_its_write_ahead_log_near_its_limit_while_somebody_always_reads) {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    SqliteOptions options = options_for(folder);
    options.checkpoint_pages = 64;
    const auto database = open_sqlite(options);
    aio::Scope readers{loop, "readers"};
    for (int i = 0; i < 8; ++i) {
        readers.start(keep_reading(*database));
    }
    const std::string large(20'000, 'x');
    std::uintmax_t longest = 0;

    for (int id = 0; id < 300; ++id) {
        auto work = [id, &large](Transaction& transaction) {
            transaction.execute("INSERT INTO people (id, name) VALUES ($1, $2)",
                                {id, large + std::to_string(id)});
        };
        await(loop, database->transact(work));
        longest = std::max(longest, std::filesystem::file_size(folder / "test.db-wal"));
    }
    await(loop, readers.close());

    const std::uintmax_t frame = 4096 + 24;
    // Twice as long is the limit; a read that a busy machine draws out may put the end off.
    EXPECT_LE(longest, 6 * 64 * frame);
}

TEST(Database, divides_its_page_cache_among_the_writer_and_all_readers) {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    SqliteOptions options = options_for(folder);
    options.cache_kib = 1024;
    options.reader_threads = 4;
    const auto database = open_sqlite(options);
    auto work = [](Transaction& transaction) {
        return transaction.query("PRAGMA cache_size").front().integer(0);
    };

    const std::int64_t writer = await(loop, database->transact(work));
    const std::int64_t reader = await(loop, database->read(work));

    EXPECT_GT(cached_bytes(), 0);
    EXPECT_EQ(writer, -512);
    EXPECT_EQ(writer + 4 * reader, -1024);
}

}  // namespace
}  // namespace loquat::store
