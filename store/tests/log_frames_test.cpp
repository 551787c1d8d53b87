#include <gtest/gtest.h>

#include "store/sqlite/connection.hpp"
#include "store/sqlite/log_frames.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "testing/await.hpp"
#include "testing/temporary_folder.hpp"

// The write-ahead log of a database: who is waited for when it is emptied, and what is checked.
namespace loquat::store {
namespace {

using test::await;
using test::TemporaryFolder;

constexpr std::array<Migration, 1> schema{
    {{1, "numbers", "CREATE TABLE numbers (value INTEGER NOT NULL);\n"}}};

TEST(WriteAheadLog, is_not_waited_for_while_a_copy_is_made) {
    const TemporaryFolder folder;
    aio::Loop loop{"test"};
    SqliteOptions options{.file = folder / "test.db", .schema = schema};
    options.answer_max = std::chrono::milliseconds{2'000};  // less than SQLite waits for locks
    const auto database = open_sqlite(options);
    const auto add = [](Transaction& transaction) {
        transaction.execute("INSERT INTO numbers (value) VALUES (1)");
    };
    await(loop, database->transact(add));
    std::optional<Connection> copying{std::in_place, options.file, Access::read, 4};
    copying->begin_reading();
    copying->run_once("SELECT count(*) FROM numbers");
    await(loop, database->transact(add));

    const bool was_safe = await(loop, database->secure());
    copying.reset();
    const bool is_safe = await(loop, database->secure());

    EXPECT_FALSE(was_safe);
    EXPECT_TRUE(is_safe);
}

TEST(WriteAheadLog, is_not_checked_where_its_last_page_was_written_again_before_its_sum) {
    constexpr std::size_t page_bytes = 512;
    LogFrames frames;
    std::string header(32, '\0');
    header.replace(0, 4, "\x37\x7f\x06\x82");
    header[10] = page_bytes >> 8;
    const auto read_more = [&](char* to, int count, std::uint64_t from) {
        const std::string found = from < header.size() ? header.substr(from) : std::string(24, 'x');
        std::copy_n(found.data(), count, to);
        return true;
    };
    const std::string page(page_bytes, 'p');
    frames.note_write(0, 32);
    frames.note_write(32, 24);
    frames.note_write(56, page_bytes);
    EXPECT_TRUE(frames.find_bad_page(page, 56, read_more));

    frames.note_write(56, page_bytes);

    EXPECT_FALSE(frames.find_bad_page(page, 56, read_more));
}

}  // namespace
}  // namespace loquat::store
