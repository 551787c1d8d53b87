#include <gtest/gtest.h>

#include <atomic>
#include <cerrno>
#include <thread>

#include "store/folder/copy.hpp"
#include "store/folder/folder.hpp"
#include "store/folder/inspect.hpp"
#include "store/folder/repair.hpp"
#include "store/log/segment_log.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::store {
namespace {

using test::await;
using test::code_of;
using test::TemporaryFolder;

namespace fs = std::filesystem;

// The disk refuses what was written once it is told to.
struct FailingCalls final : FileCalls {
    int sync_data(int file) override { return refuse() ? -1 : FileCalls::sync_data(file); }
    bool refuse() const {
        errno = EIO;
        return is_failing;
    }

    std::atomic<bool> is_failing = false;
};

// A data folder with a log, opened and closed as a process does.
struct FolderLogTest : testing::Test {
    TemporaryFolder place;
    aio::Loop loop{"test"};
    fs::path data = place.path() / "data";
    bool is_marking = true;
    FailingCalls calls;

    template <class Work>
    void run(Work work) {
        Folder folder{data};
        folder.expect("log");
        SegmentLogOptions options{.folder = data / "log",
                                  .acknowledged = folder.acknowledged(),
                                  .is_all_acknowledged = folder.last_end() == LastEnd::clean};
        options.on_durable = [&](std::string_view topic, Offset last) {
            if (is_marking) {
                folder.topic_mark(topic).raise(last);
            }
        };
        options.on_broken = [&] { folder.end_in_doubt(); };
        options.calls = &calls;
        const auto log = open_segment_log(options);
        folder.confirm("log", log->folder_identity());
        folder.settle();
        work(*log);
    }
    std::string start() {
        return code_of([&] { run([](FolderLog&) {}); });
    }
    static Task<LogPlace> append(FolderLog& log) { return log.append("t", "key", "record"); }
};

TEST_F(FolderLogTest, starts_again_and_again_after_a_kill_between_a_record_and_its_mark) {
    run([&](FolderLog& log) {
        await(loop, append(log));
        is_marking = false;
        await(loop, append(log));
        fs::copy(data, place / "killed", fs::copy_options::recursive);
    });
    data = place / "killed";
    is_marking = true;

    EXPECT_EQ(start(), "");
    EXPECT_EQ(start(), "");
    EXPECT_TRUE(inspect_folder(data).empty());
}

TEST_F(FolderLogTest, starts_after_a_log_that_broke_was_closed) {
    run([&](FolderLog& log) {
        await(loop, append(log));
        calls.is_failing = true;
        EXPECT_NE(code_of([&] { await(loop, append(log)); }), "");
    });
    calls.is_failing = false;

    EXPECT_EQ(start(), "");
    EXPECT_EQ(start(), "");
}

TEST_F(FolderLogTest, begins_another_log_when_that_was_agreed_to_and_keeps_the_old_one_aside) {
    Uuid before;
    run([&](FolderLog& log) {
        before = log.folder_identity();
        await(loop, append(log));
        await(loop, append(log));
    });
    const auto yes = [](const std::string&) { return true; };
    EXPECT_EQ(repair_folder(data, LogRepair::if_missing, yes), 0);
    EXPECT_EQ(repair_folder(data, LogRepair::renew, [](const auto&) { return false; }), 0);

    EXPECT_EQ(repair_folder(data, LogRepair::renew, yes), 1);

    run([&](FolderLog& log) {
        EXPECT_NE(log.folder_identity(), before);
        EXPECT_EQ(await(loop, log.ends({"t"})).last, 0U);
        EXPECT_EQ(await(loop, append(log)).offset, 1U);
    });
    const auto is_aside = [](const fs::directory_entry& entry) {
        return entry.path().filename().string().starts_with("log.aside-");
    };
    EXPECT_EQ(std::ranges::count_if(fs::directory_iterator{data}, is_aside), 1);
    EXPECT_EQ(start(), "");
    EXPECT_TRUE(inspect_folder(data).empty());
}

TEST_F(FolderLogTest, goes_on_without_a_log_that_is_gone_when_that_was_agreed_to) {
    run([&](FolderLog& log) { await(loop, append(log)); });
    fs::remove_all(data / "log");
    EXPECT_EQ(start(), "folder.missing_file");

    EXPECT_EQ(repair_folder(data, LogRepair::if_missing, [](const auto&) { return true; }), 1);

    EXPECT_EQ(start(), "");
    EXPECT_EQ(start(), "");
}

TEST_F(FolderLogTest, refuses_the_log_that_was_set_aside_in_the_place_of_the_new_one) {
    run([&](FolderLog& log) { await(loop, append(log)); });
    fs::copy(data / "log", place / "kept", fs::copy_options::recursive);
    repair_folder(data, LogRepair::renew, [](const auto&) { return true; });
    run([&](FolderLog& log) { await(loop, append(log)); });

    fs::remove_all(data / "log");
    fs::copy(place / "kept", data / "log", fs::copy_options::recursive);

    EXPECT_EQ(start(), "folder.foreign_file");
}

TEST_F(FolderLogTest, copies_under_load_start_with_all_that_was_acknowledged_before) {
    constexpr std::size_t copies = 4;
    std::array<Offset, copies> acknowledged{};
    run([&](FolderLog& log) {
        std::atomic<Offset> last = 0;
        std::jthread writer{[&](const std::stop_token& stop) {
            aio::Loop own{"writer"};
            while (!stop.stop_requested()) {
                last = await(own, append(log)).offset;
                last.notify_one();
            }
        }};
        for (std::size_t i = 0; i < copies; ++i) {
            last.wait(i == 0 ? 0 : acknowledged[i - 1]);
            acknowledged[i] = last;
            copy_folder(data, place / ("copy" + std::to_string(i)), [](const std::string&) {});
        }
    });

    for (std::size_t i = 0; i < copies; ++i) {
        data = place / ("copy" + std::to_string(i));
        EXPECT_TRUE(inspect_folder(data).empty());
        Offset found = 0;
        const auto look = [&](FolderLog& log) { found = await(loop, log.ends({"t"})).last; };
        EXPECT_EQ(code_of([&] { run(look); }), "");
        EXPECT_GE(found, acknowledged[i]);
        EXPECT_EQ(start(), "");
    }
}

}  // namespace
}  // namespace loquat::store
