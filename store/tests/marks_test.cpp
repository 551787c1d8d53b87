#include "store/folder/marks.hpp"

#include <gtest/gtest.h>

#include <cerrno>

#include "store/folder/folder.hpp"
#include "store/folder/inspect.hpp"
#include "store/folder/read_marks.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::store {
namespace {

using test::await;
using test::code_of;
using test::TemporaryFolder;

namespace fs = std::filesystem;

// Counts what is written, and refuses it when told to: to the first file that was written, or to
// all.
struct SpyCalls final : FileCalls {
    ssize_t write(int file, const char* bytes, std::size_t count, std::uint64_t position) override {
        first = first < 0 ? file : first;
        if (is_all_refused || (is_refusing && file == first)) {
            errno = EIO;
            return -1;
        }
        written += count;
        return FileCalls::write(file, bytes, count, position);
    }

    int first = -1;
    bool is_refusing = false;
    bool is_all_refused = false;
    std::size_t written = 0;
};

struct MarksTest : testing::Test {
    TemporaryFolder place;
    const fs::path file = place / "marks";
    const Uuid folder = Uuid::make();
    SpyCalls calls;

    std::uint64_t read(std::string_view name) { return Marks{file, folder}.get(name).value(); }
};

TEST_F(MarksTest, write_no_more_of_a_number_than_has_changed) {
    Marks marks{file, folder, calls};
    Mark& mark = marks.get("one");
    mark.raise(1000);
    mark.raise(1001);
    calls.written = 0;

    for (std::uint64_t value = 1002; value < 1102; ++value) {
        mark.raise(value);
    }

    EXPECT_LE(calls.written, 100U * 18);
    EXPECT_EQ(read("one"), 1101U);
}

TEST_F(MarksTest, are_read_as_they_were_written_whatever_changes_in_a_number) {
    Marks marks{file, folder, calls};
    Mark& mark = marks.get("one");
    for (std::uint64_t value = 1; value != 0; value = value < 1ULL << 62 ? value * 3 : 0) {
        mark.raise(value);
        EXPECT_EQ(read_marks(file).at("one"), value);
        mark.raise(value + 1);
        EXPECT_EQ(read_marks(file).at("one"), value + 1);
    }
}

TEST_F(MarksTest, catch_up_with_what_could_not_be_written) {
    {
        Marks marks{file, folder, calls};
        Mark& mark = marks.get("one");
        mark.raise(1);
        calls.is_refusing = true;
        mark.raise(2);
        mark.raise(3);
        EXPECT_TRUE(marks.are_behind());
        EXPECT_EQ(read("one"), 1U);
        calls.is_refusing = false;

        mark.raise(3);

        EXPECT_FALSE(marks.are_behind());
        EXPECT_EQ(read("one"), 3U);
        mark.raise(4);
        mark.raise(5);
    }
    EXPECT_EQ(read("one"), 5U);
}

TEST_F(MarksTest, that_cannot_be_written_are_replaced_at_a_clean_end) {
    {
        Marks marks{file, folder, calls};
        marks.get("one").raise(1);
        marks.get("two").raise(7);
        calls.is_refusing = true;
        marks.get("one").raise(2);

        marks.end_cleanly();
    }

    Marks marks{file, folder};
    EXPECT_EQ(marks.last_end(), LastEnd::clean);
    EXPECT_EQ(marks.get("one").value(), 2U);
    EXPECT_EQ(marks.get("two").value(), 7U);
}

TEST_F(MarksTest, that_cannot_even_be_replaced_leave_no_clean_end) {
    {
        Marks marks{file, folder, calls};
        marks.get("one").raise(1);
        calls.is_all_refused = true;
        marks.get("one").raise(2);

        EXPECT_EQ(code_of([&] { marks.end_cleanly(); }), "store.unavailable");
    }

    Marks marks{file, folder};
    EXPECT_EQ(marks.last_end(), LastEnd::process);
    EXPECT_EQ(marks.get("one").value(), 1U);
}

TEST_F(MarksTest, that_could_not_be_written_for_a_while_do_not_make_files_look_newer) {
    constexpr std::array<Migration, 1> schema{
        {{1, "numbers", "CREATE TABLE numbers (value INTEGER NOT NULL);\n"}}};
    aio::Loop loop{"test"};
    const fs::path data = place / "data";
    const auto run = [&] {
        Folder held{data, calls};
        SqliteOptions options{.file = data / "numbers.db", .schema = schema};
        options.stamp = held.stamp("numbers.db");
        const auto database = open_sqlite(options);
        held.settle();
        EXPECT_EQ(held.trouble(), std::nullopt);
        calls.is_refusing = true;
        for (int i = 0; i < 3; ++i) {
            await(loop, database->transact([](Transaction& transaction) {
                transaction.execute("INSERT INTO numbers (value) VALUES (1)");
            }));
        }
        EXPECT_TRUE(held.trouble()->contains((data / "marks").string()));
    };

    run();

    EXPECT_TRUE(inspect_folder(data).empty());
    calls = SpyCalls{};
    EXPECT_EQ(code_of(run), "");
}

}  // namespace
}  // namespace loquat::store
