#include <gtest/gtest.h>
#include <sys/stat.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "store/folder/copy.hpp"
#include "store/folder/folder.hpp"
#include "store/folder/inspect.hpp"
#include "store/folder/repair.hpp"
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

constexpr std::array<Migration, 1> schema{
    {{1, "numbers", "CREATE TABLE numbers (value INTEGER NOT NULL);\n"}}};

// A data folder with one database, opened and closed as a process does.
struct FolderTest : testing::Test {
    TemporaryFolder place;
    aio::Loop loop{"test"};
    fs::path data = place.path() / "data";
    fs::path file = data / "numbers.db";

    void run(int commits, bool is_killed = false) {
        Folder folder{data};
        SqliteOptions options{.file = file, .schema = schema};
        options.stamp = folder.stamp("numbers.db");
        const auto database = open_sqlite(options);
        folder.settle();
        for (int i = 0; i < commits; ++i) {
            await(loop, database->transact([](Transaction& transaction) {
                transaction.execute("INSERT INTO numbers (value) VALUES (1)");
            }));
        }
        if (is_killed) {
            fs::copy(data, place.path() / "killed", fs::copy_options::recursive);
        }
    }
    // What a process that was killed leaves behind.
    void run_and_kill(int commits) {
        run(commits, true);
        fs::remove_all(data);
        fs::rename(place.path() / "killed", data);
    }
    void keep_copy() { fs::copy(data, place.path() / "copy", fs::copy_options::recursive); }
    void put_back(const std::string& name) {
        for (const char* part : {"", "-wal", "-shm"}) {
            fs::remove(data / (name + part));
            if (fs::exists(place.path() / "copy" / (name + part))) {
                fs::copy(place.path() / "copy" / (name + part), data / (name + part));
            }
        }
    }
    std::string start() {
        return code_of([&] { run(0); });
    }
};

TEST_F(FolderTest, opens_what_it_made_after_a_clean_end_and_after_a_kill) {
    run(3);
    EXPECT_EQ(start(), "");
    run_and_kill(3);
    EXPECT_EQ(start(), "");
    EXPECT_EQ(start(), "");
}

TEST_F(FolderTest, refuses_a_missing_file) {
    run(1);
    fs::remove(file);
    EXPECT_EQ(start(), "folder.missing_file");
}

TEST_F(FolderTest, refuses_an_older_copy_after_a_clean_end_and_after_a_kill) {
    run(1);
    keep_copy();
    run(1);
    put_back("numbers.db");
    EXPECT_EQ(start(), "folder.older_file");
    EXPECT_EQ(start(), "folder.older_file");
}

TEST_F(FolderTest, refuses_a_database_without_its_write_ahead_log) {
    run(1);
    run_and_kill(5);
    fs::remove(data / "numbers.db-wal");
    EXPECT_EQ(start(), "folder.older_file");
}

TEST_F(FolderTest, refuses_a_newer_copy) {
    run(1);
    keep_copy();
    run(4);
    fs::rename(data, place.path() / "new");
    fs::rename(place.path() / "copy", data);
    fs::copy(place.path() / "new" / "numbers.db", file, fs::copy_options::overwrite_existing);
    EXPECT_EQ(start(), "folder.newer_file");
}

TEST_F(FolderTest, refuses_the_file_of_another_folder) {
    run(1);
    keep_copy();
    fs::remove_all(data);
    run(1);
    put_back("numbers.db");
    EXPECT_EQ(start(), "folder.foreign_file");
}

TEST_F(FolderTest, calls_the_file_of_another_folder_foreign_whatever_its_count_and_log) {
    for (const int commits : {1, 40}) {
        SCOPED_TRACE(commits);
        fs::remove_all(data);
        fs::remove_all(place.path() / "copy");
        run(commits);
        keep_copy();
        fs::remove_all(data);
        run(10);
        run_and_kill(5);
        ASSERT_GT(fs::file_size(file.string() + "-wal"), 0U);

        fs::copy(place.path() / "copy" / "numbers.db", file, fs::copy_options::overwrite_existing);

        EXPECT_EQ(start(), "folder.foreign_file");
    }
}

TEST_F(FolderTest, refuses_files_that_no_manifest_knows) {
    run(1);
    fs::remove(data / "manifest");
    EXPECT_EQ(start(), "folder.missing_file");
}

TEST_F(FolderTest, refuses_a_manifest_and_marks_with_a_flipped_bit_anywhere) {
    run(2);
    for (const char* name : {"manifest", "marks"}) {
        keep_copy();
        const auto size = fs::file_size(data / name);
        for (std::uintmax_t at = name[2] == 'r' ? 512 : 0; at < size; at += 7) {
            std::fstream stream{data / name, std::ios::binary | std::ios::in | std::ios::out};
            stream.seekg(static_cast<std::streamoff>(at));
            const int byte = stream.get();
            stream.seekp(static_cast<std::streamoff>(at));
            stream.put(static_cast<char>(byte ^ 4));
            stream.close();
            EXPECT_EQ(start(), "folder.damaged") << name << " at " << at;
            fs::copy(place.path() / "copy" / name, data / name,
                     fs::copy_options::overwrite_existing);
        }
        fs::remove_all(place.path() / "copy");
    }
}

TEST_F(FolderTest, may_lose_with_the_power_what_is_made_whole_from_elsewhere) {
    Marks marks{place.path() / "marks", Uuid::make()};
    Mark& mark = marks.get("file");
    mark.raise(7);
    const FileStamp stamp{.is_made = true, .last_end = LastEnd::machine, .mark = &mark};

    EXPECT_FALSE(judge(file, stamp, 5, Loss::with_power));
    EXPECT_FALSE(judge(file, stamp, 9, Loss::never));
    EXPECT_TRUE(judge(file, stamp, 5, Loss::never));
}

TEST_F(FolderTest, refuses_or_has_everything_after_a_flipped_bit_in_the_write_ahead_log) {
    run(1);
    run_and_kill(6);
    keep_copy();
    const fs::path wal = data / "numbers.db-wal";
    const auto size = fs::file_size(wal);
    for (std::uintmax_t i = 0; i < 100; ++i) {
        const auto at = static_cast<std::streamoff>(i * size / 100);
        std::fstream stream{wal, std::ios::binary | std::ios::in | std::ios::out};
        stream.seekg(at);
        const int byte = stream.get();
        stream.seekp(at);
        stream.put(static_cast<char>(byte ^ 16));
        stream.close();
        const std::string refused = start();
        if (refused.empty()) {
            const auto database = open_sqlite({.file = file, .schema = schema});
            const Rows rows = await(loop, database->query("SELECT count(*) FROM numbers"));
            EXPECT_EQ(rows.front().integer(0), 7) << "at " << at;
        }
        fs::remove_all(data);
        fs::copy(place.path() / "copy", data, fs::copy_options::recursive);
    }
}

TEST_F(FolderTest, copies_itself_while_it_is_written_to) {
    run(2);
    {
        Folder folder{data};
        SqliteOptions options{.file = file, .schema = schema};
        options.stamp = folder.stamp("numbers.db");
        const auto database = open_sqlite(options);
        folder.settle();
        await(loop, database->transact([](Transaction& transaction) {
            transaction.execute("INSERT INTO numbers (value) VALUES (1)");
        }));
        copy_folder(data, place / "copied", [](const std::string&) {});
        EXPECT_EQ(code_of([&] { copy_folder(data, place / "copied", {}); }),
                  "backup.target_exists");
    }
    data = place / "copied";
    file = data / "numbers.db";
    EXPECT_EQ(start(), "");
    const auto database = open_sqlite({.file = file, .schema = schema});
    const Rows rows = await(loop, database->query("SELECT count(*) FROM numbers"));
    EXPECT_EQ(rows.front().integer(0), 3);
}

TEST_F(FolderTest, copies_under_load_hold_all_that_was_acknowledged_before_and_start) {
    constexpr int copies = 5;
    std::array<int, copies> acknowledged{};
    {
        Folder folder{data};
        SqliteOptions options{.file = file, .schema = schema, .checkpoint_pages = 4};
        options.stamp = folder.stamp("numbers.db");
        const auto database = open_sqlite(options);
        folder.settle();
        std::atomic<int> done = 0;
        std::jthread writer{[&](const std::stop_token& stop) {
            aio::Loop own{"writer"};
            while (!stop.stop_requested()) {
                await(own, database->transact([](Transaction& transaction) {
                    transaction.execute("INSERT INTO numbers (value) VALUES (1)");
                }));
                ++done;
            }
        }};
        for (int i = 0; i < copies; ++i) {
            while (done <= 20 * i) {
                std::this_thread::yield();
            }
            acknowledged[static_cast<std::size_t>(i)] = done;
            copy_folder(data, place / ("copy" + std::to_string(i)), [](const std::string&) {});
        }
    }

    for (int i = 0; i < copies; ++i) {
        data = place / ("copy" + std::to_string(i));
        file = data / "numbers.db";
        EXPECT_EQ(start(), "");
        EXPECT_TRUE(inspect_folder(data).empty());
        const auto database = open_sqlite({.file = file, .schema = schema});
        const Rows rows = await(loop, database->query("SELECT count(*) FROM numbers"));
        EXPECT_GE(rows.front().integer(0), acknowledged[static_cast<std::size_t>(i)]);
    }
}

TEST_F(FolderTest, goes_on_after_a_repair_that_was_agreed_to) {
    run(1);
    fs::remove(file);
    EXPECT_EQ(inspect_folder(data).size(), 1U);
    EXPECT_EQ(repair_folder(data, LogRepair::if_missing, [](const auto&) { return false; }), 0);
    EXPECT_EQ(start(), "folder.missing_file");
    EXPECT_EQ(repair_folder(data, LogRepair::if_missing, [](const auto&) { return true; }), 1);
    EXPECT_EQ(start(), "");
    EXPECT_TRUE(inspect_folder(data).empty());
}

TEST_F(FolderTest, sets_aside_a_damaged_database_only_when_that_was_agreed_to) {
    run(1);
    std::ofstream{file, std::ios::binary} << std::string(9000, 'x');

    EXPECT_EQ(repair_folder(data, LogRepair::if_missing, [](const auto&) { return false; }), 0);
    EXPECT_EQ(start(), "store.damaged");
    EXPECT_EQ(repair_folder(data, LogRepair::if_missing, [](const auto&) { return true; }), 1);
    EXPECT_EQ(start(), "");
}

TEST_F(FolderTest, offers_nothing_for_lost_messages_whose_numbers_it_does_not_know) {
    file = data / "messages.db";
    {
        Folder folder{data};
        SqliteOptions options{.file = file, .schema = schema};
        options.stamp = folder.stamp("messages.db");
        open_sqlite(options);
        folder.seq_marks();
        folder.settle();
    }
    fs::remove(file);

    std::string message;
    try {
        const Folder folder{data};
    } catch (const Failure& failure) {
        message = failure.message;
    }

    EXPECT_TRUE(message.contains("all files of one copy")) << message;
    EXPECT_EQ(repair_folder(data, LogRepair::if_missing, [](const auto&) { return true; }), 0);
}

TEST_F(FolderTest, knows_its_first_administrator_for_ever) {
    {
        Folder folder{data};
        EXPECT_FALSE(folder.administrator_claimed());
        folder.claim_administrator("ann");
        folder.claim_administrator("mallory");
    }
    const Folder folder{data};
    EXPECT_TRUE(folder.administrator_claimed());
    EXPECT_EQ(folder.manifest().administrator, "ann");
}

TEST_F(FolderTest, takes_in_a_folder_of_a_version_without_manifest) {
    fs::create_directories(data);
    for (const char* name : {"chat.db", "messages.db", "log.db", "auth.db"}) {
        open_sqlite({.file = data / name, .schema = schema});
    }
    Folder folder{data};
    SqliteOptions options{.file = data / "chat.db", .schema = schema};
    options.stamp = folder.stamp("chat.db");
    open_sqlite(options);
    EXPECT_FALSE(folder.administrator_claimed());
}

TEST_F(FolderTest, refuses_such_a_folder_when_it_is_not_whole) {
    fs::create_directories(data);
    for (const char* name : {"chat.db", "log.db"}) {
        open_sqlite({.file = data / name, .schema = schema});
    }
    EXPECT_EQ(code_of([&] { Folder{data}; }), "folder.incomplete");
}

TEST_F(FolderTest, makes_every_file_readable_for_one_user_alone) {
    const mode_t before = ::umask(022);
    fs::create_directories(data);
    fs::permissions(data, fs::perms{0755});
    std::ofstream{data / "internal.key"} << "key";
    run_and_kill(2);
    {
        const Folder folder{data};
    }
    ::umask(before);

    for (const auto& entry : fs::directory_iterator{data}) {
        EXPECT_EQ(entry.status().permissions(), fs::perms{0600}) << entry.path();
    }
}

}  // namespace
}  // namespace loquat::store
