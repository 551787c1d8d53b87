#include <gtest/gtest.h>

#include <fstream>

#include "store/sqlite/open.hpp"
#include "store/sqlite/page_sums.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::store {
namespace {

using test::await;
using test::code_of;
using test::TemporaryFolder;

namespace fs = std::filesystem;

constexpr std::array<Migration, 1> schema{
    {{1, "one", "CREATE TABLE one (a INTEGER PRIMARY KEY, b TEXT);\n"}}};

struct PageSumsTest : testing::Test {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    fs::path file = folder / "a.db";

    SqliteOptions options() const { return {.file = file, .schema = schema}; }

    static Task<void> fill(Database& database) {
        auto work = [](Transaction& transaction) {
            for (int i = 0; i < 300; ++i) {
                transaction.execute("INSERT INTO one (b) VALUES ($1)", {std::string(300, 't')});
            }
        };
        co_await database.transact(work);
    }

    static void flip(const fs::path& of, std::size_t at) {
        std::fstream stream{of, std::ios::binary | std::ios::in | std::ios::out};
        stream.seekg(static_cast<std::streamoff>(at));
        const int byte = stream.get();
        stream.seekp(static_cast<std::streamoff>(at));
        stream.put(static_cast<char>(byte ^ 1));
    }
    // A byte of a stored text in that page.
    static std::size_t text_in(const fs::path& of, std::size_t page) {
        std::ifstream in{of, std::ios::binary};
        const std::string all{std::istreambuf_iterator<char>{in}, {}};
        return all.find("tttttttt", page * 4096);
    }
};

TEST_F(PageSumsTest, refuse_a_text_with_a_flipped_bit_and_name_its_page) {
    await(loop, fill(*open_sqlite(options())));
    const std::size_t at = text_in(file, 10);
    flip(file, at);
    SqliteOptions unread = options();
    unread.check_bytes_max = 0;

    const auto database = open_sqlite(unread);
    std::string message;
    try {
        await(loop, database->query("SELECT b FROM one"));
    } catch (const Failure& failure) {
        message = failure.code + failure.message;
    }

    EXPECT_TRUE(message.starts_with("store.damaged")) << message;
    EXPECT_TRUE(message.contains("page " + std::to_string(at / 4096 + 1) + " ")) << message;
    EXPECT_TRUE(message.contains("a.db")) << message;
    EXPECT_EQ(find_bad_page(file), at / 4096 + 1);
    EXPECT_EQ(code_of([&] { open_sqlite(options()); }), "store.damaged");
}

TEST_F(PageSumsTest, are_told_of_once_when_a_read_meets_damage_and_all_else_goes_on) {
    await(loop, fill(*open_sqlite(options())));
    flip(file, text_in(file, 10));
    std::vector<std::string> told;
    SqliteOptions unread = options();
    unread.check_bytes_max = 0;
    unread.on_damaged_read = [&](const Failure& failure) { told.push_back(failure.message); };
    unread.on_damage = [](const Failure&) { ADD_FAILURE() << "nothing ends its writing"; };
    const auto database = open_sqlite(unread);

    const auto read_all = [&] { await(loop, database->query("SELECT b FROM one")); };
    EXPECT_EQ(code_of(read_all), "store.damaged");
    EXPECT_EQ(code_of(read_all), "store.damaged");

    ASSERT_EQ(told.size(), 1U);
    EXPECT_TRUE(told.front().contains(file.string())) << told.front();
    EXPECT_EQ(await(loop, database->query("SELECT b FROM one WHERE a = 1")).size(), 1U);
    await(loop, database->transact([](Transaction& transaction) {
        transaction.execute("INSERT INTO one (b) VALUES ('new')");
    }));
}

TEST_F(PageSumsTest, refuse_a_good_page_in_the_place_of_another) {
    await(loop, fill(*open_sqlite(options())));
    std::string page(4096, '\0');
    std::fstream stream{file, std::ios::binary | std::ios::in | std::ios::out};
    stream.seekg(9 * 4096);
    stream.read(page.data(), 4096);
    stream.seekp(10 * 4096);
    stream.write(page.data(), 4096);
    stream.close();

    EXPECT_EQ(find_bad_page(file), 11U);
}

TEST_F(PageSumsTest, find_a_bit_that_flips_in_the_write_ahead_log_while_it_is_used) {
    SqliteOptions small = options();
    small.cache_kib = 64;
    const auto database = open_sqlite(small);
    await(loop, fill(*database));
    const fs::path log = file.string() + "-wal";
    flip(log, text_in(log, 10));

    EXPECT_EQ(code_of([&] { await(loop, database->query("SELECT b FROM one")); }), "store.damaged");
    EXPECT_EQ(code_of([&] { await(loop, database->secure()); }), "store.damaged");
}

TEST_F(PageSumsTest, refuse_every_write_once_damage_was_found_while_all_was_made_safe) {
    std::vector<std::string> told;
    SqliteOptions small = options();
    small.cache_kib = 64;
    small.on_damage = [&](const Failure& failure) { told.push_back(failure.message); };
    const auto database = open_sqlite(small);
    await(loop, fill(*database));
    const fs::path log = file.string() + "-wal";
    flip(log, text_in(log, 10));
    EXPECT_EQ(code_of([&] { await(loop, database->secure()); }), "store.damaged");

    const auto write = [&] {
        await(loop, database->transact([](Transaction& transaction) {
            transaction.execute("INSERT INTO one (b) VALUES ('new')");
        }));
    };

    EXPECT_EQ(code_of(write), "store.damaged");
    EXPECT_EQ(code_of([&] { await(loop, database->secure()); }), "store.damaged");
    ASSERT_EQ(told.size(), 1U);
    EXPECT_TRUE(told.front().contains(file.string())) << told.front();
}

// An empty database of this program with nothing reserved in its pages:
// sqlite.org/fileformat2.html.
std::string empty_without_sums() {
    std::string page(4096, '\0');
    page.replace(0, 15, "SQLite format 3");
    page.replace(16, 8, std::string{"\x10\0\x01\x01\0\x40\x20\x20", 8});
    page[27] = page[31] = page[95] = 1;
    page[47] = 4;
    page[59] = 1;
    page.replace(68, 4, "Loqu");
    page[100] = 13;
    page[105] = 16;
    return page;
}

TEST_F(PageSumsTest, let_a_file_without_them_be_used_as_before) {
    std::ofstream{file, std::ios::binary} << empty_without_sums();

    await(loop, fill(*open_sqlite(options())));
    const Rows rows = await(loop, open_sqlite(options())->query("SELECT count(*) FROM one"));

    EXPECT_EQ(rows.front().integer(0), 300);
    EXPECT_FALSE(has_page_sums(file));
    EXPECT_EQ(find_bad_page(file), std::nullopt);
}

TEST_F(PageSumsTest, survive_transactions_larger_than_the_cache) {
    SqliteOptions small = options();
    small.cache_kib = 32;
    const auto database = open_sqlite(small);
    for (int i = 0; i < 3; ++i) {
        await(loop, fill(*database));
        auto change = [](Transaction& transaction) {
            for (int round = 0; round < 3; ++round) {
                transaction.execute("UPDATE one SET b = b || 'x'");
            }
        };
        await(loop, database->transact(change));
        await(loop, database->secure());
    }

    const Rows rows = await(loop, database->query("SELECT count(*) FROM one WHERE b LIKE '%xxx'"));

    EXPECT_EQ(rows.front().integer(0), 900);
    EXPECT_TRUE(has_page_sums(file));
}

}  // namespace
}  // namespace loquat::store
