#include <gtest/gtest.h>

#include <fcntl.h>

#include <array>
#include <mutex>
#include <thread>

#include "store/tests/log_support.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"

// What the log asks of the system, and when: nobody is told of a record before the disk has it.
namespace loquat::store {
namespace {

using test::await;
using test::code_of;

using Steps = std::vector<std::string>;

std::string name_of(int file) {
    std::array<char, 512> path{};
    const std::string link = "/proc/self/fd/" + std::to_string(file);
    const ssize_t length = ::readlink(link.c_str(), path.data(), path.size());
    return std::filesystem::path{std::string{path.data(), static_cast<std::size_t>(length)}}
        .filename()
        .string();
}

// Writes down the calls; fails what it is told to.
class RecordingCalls final : public FileCalls {
  public:
    ssize_t write(int file, const char* bytes, std::size_t count, std::uint64_t at) override {
        add("write " + name_of(file));
        if (write_error != 0) {
            // Half of it, as a full disk does.
            FileCalls::write(file, bytes, count / 2, at);
            errno = write_error;
            return -1;
        }
        return FileCalls::write(file, bytes, count, at);
    }
    int sync_data(int file) override {
        add("sync " + name_of(file));
        const std::unique_lock lock{held};
        if (sync_error != 0) {
            errno = sync_error;
            return -1;
        }
        return FileCalls::sync_data(file);
    }
    int sync(int file) override {
        add("sync " + name_of(file));
        return FileCalls::sync(file);
    }
    int unlink(const char* path) override {
        add("unlink " + std::filesystem::path{path}.filename().string());
        return FileCalls::unlink(path);
    }

    void add(std::string step) {
        const std::lock_guard lock{mutex_};
        steps_.push_back(std::move(step));
    }
    Steps take() {
        const std::lock_guard lock{mutex_};
        return std::exchange(steps_, {});
    }
    std::size_t count(const std::string& step) {
        const std::lock_guard lock{mutex_};
        return static_cast<std::size_t>(std::ranges::count(steps_, step));
    }

    std::atomic<int> write_error = 0;
    std::atomic<int> sync_error = 0;
    std::mutex held;  // while a test holds it no sync ends

  private:
    std::mutex mutex_;
    Steps steps_;
};

constexpr const char* first_segment = "000000000001.segment";

struct LogOrder : testing::Test, LogUnderTest {
    LogOrder() {
        options.calls = &calls;
        options.on_durable = [this](std::string_view topic, Offset last) {
            calls.add("durable " + std::string{topic} + " " + std::to_string(last));
        };
    }
    ~LogOrder() override { close(); }

    Task<void> append_and_note(std::string payload) {
        const LogPlace place = co_await log->append("t", "k", std::move(payload));
        const Offset offset = place.offset;
        calls.add("answer " + std::to_string(offset));
    }

    RecordingCalls calls;
};

TEST_F(LogOrder, a_record_is_written_then_synced_then_marked_then_answered) {
    open();
    calls.take();

    await(loop, append_and_note("x"));

    // A mark may be written whenever nothing else is to do.
    Steps steps = calls.take();
    const auto later = std::ranges::find(steps, std::string{"sync "} + first_segment);
    steps.erase(std::remove(later, steps.end(), std::string{"write "} + first_segment),
                steps.end());
    EXPECT_EQ(steps, (Steps{std::string{"write "} + first_segment,
                            std::string{"sync "} + first_segment, "durable t 1", "answer 1"}));
}

TEST_F(LogOrder, a_new_log_is_on_the_disk_with_its_folder_before_it_takes_anything) {
    open();

    const Steps steps = calls.take();

    EXPECT_EQ(steps, (Steps{"sync " + folder.path().filename().string(), "write identity.new",
                            "sync identity.new", "sync log", std::string{"write "} + first_segment,
                            std::string{"sync "} + first_segment, "sync log"}));
}

TEST_F(LogOrder, a_reader_and_a_waiter_see_nothing_that_is_not_durable) {
    options.tail_bytes_max = 1;
    open();
    std::unique_lock held{calls.held};
    aio::Loop other{"other"};
    std::jthread appending{[&] { await(other, log->append("t", "k", "x")); }};
    while (calls.count(std::string{"sync "} + first_segment) < 2) {
        std::this_thread::yield();
    }

    const Offset last = ends().last;
    const bool arrived = await(loop, log->wait({"t"}, 0, std::chrono::steady_clock::now()));
    const std::size_t seen = read(0).size();
    const std::size_t marked = calls.count("durable t 1");
    held.unlock();
    appending.join();

    EXPECT_EQ(last, 0U);
    EXPECT_FALSE(arrived);
    EXPECT_EQ(seen, 0U);
    EXPECT_EQ(marked, 0U);
    EXPECT_EQ(read(0), std::vector<std::string>{"x"});
}

TEST_F(LogOrder, a_read_from_the_disk_ends_where_the_durable_part_ends) {
    options.tail_bytes_max = 1;
    open();
    append("durable");
    std::unique_lock held{calls.held};
    calls.take();
    aio::Loop other{"other"};
    std::jthread appending{[&] { await(other, log->append("t", "k", "written")); }};
    while (calls.count(std::string{"sync "} + first_segment) < 1) {
        std::this_thread::yield();
    }

    const std::vector<std::string> seen = read(0);
    held.unlock();
    appending.join();

    EXPECT_EQ(seen, std::vector<std::string>{"durable"});
    EXPECT_EQ(read(0).size(), 2U);
}

TEST_F(LogOrder, a_group_is_written_while_the_one_before_is_synced) {
    open();
    std::unique_lock held{calls.held};
    aio::Loop other{"other"};
    std::vector<std::jthread> appending;
    const auto start = [&] {
        appending.emplace_back([this] {
            aio::Loop mine{"mine"};
            await(mine, log->append("t", "k", "x"));
        });
    };
    calls.take();

    start();
    while (calls.count(std::string{"sync "} + first_segment) < 1) {
        std::this_thread::yield();
    }
    start();
    while (calls.count(std::string{"write "} + first_segment) < 2) {
        std::this_thread::yield();
    }

    EXPECT_EQ(calls.count("durable t 1"), 0U);
    held.unlock();
    appending.clear();
    EXPECT_EQ(calls.count(std::string{"sync "} + first_segment), 2U);
    EXPECT_EQ(ends().last, 2U);
}

TEST_F(LogOrder, nothing_is_acknowledged_or_synced_again_after_a_sync_has_failed) {
    open();
    append("kept");
    calls.take();

    calls.sync_error = EIO;
    const std::string failed = code_of([&] { append("lost"); });
    calls.sync_error = 0;
    const std::string later = code_of([&] { append("refused"); });
    const std::string trimmed = code_of([&] { trim(2); });

    EXPECT_EQ(failed, "store.unavailable");
    EXPECT_EQ(later, "store.unavailable");
    EXPECT_EQ(trimmed, "store.unavailable");
    EXPECT_EQ(log->state(), LogState::broken);
    EXPECT_EQ(calls.count(std::string{"sync "} + first_segment), 1U);
    EXPECT_EQ(calls.count("durable t 2"), 0U);
    EXPECT_EQ(read(0), std::vector<std::string>{"kept"});
    close();
    open();
    EXPECT_EQ(log->state(), LogState::ready);
    EXPECT_EQ(read(0).front(), "kept");
}

TEST_F(LogOrder, nothing_is_acknowledged_after_a_mark_could_not_be_set) {
    options.on_durable = [](std::string_view, Offset last) {
        if (last > 1) {
            throw Failure{Kind::unavailable, "store.full", "The marks cannot be written."};
        }
    };
    open();
    append("kept");

    EXPECT_EQ(code_of([&] { append("not marked"); }), "store.full");
    EXPECT_EQ(code_of([&] { append("refused"); }), "store.unavailable");
    EXPECT_EQ(log->state(), LogState::broken);
    EXPECT_EQ(ends().last, 1U);
}

TEST_F(LogOrder, a_write_that_failed_leaves_nothing_that_is_taken_for_a_record) {
    options.full_retry = std::chrono::milliseconds{1};
    open();
    append("kept");

    for (int round = 0; round < 3; ++round) {
        calls.write_error = ENOSPC;
        EXPECT_FALSE(code_of([&] { append(std::string(5000, 'x')); }).empty());
        calls.write_error = 0;
        close();
        open();
        ASSERT_EQ(ends().last, 1U);
    }
    EXPECT_EQ(append("next"), 2U);
    close();
    open();
    EXPECT_EQ(read(0), (std::vector<std::string>{"kept", "next"}));
}

TEST_F(LogOrder, a_group_that_failed_in_the_middle_leaves_nothing_of_its_beginning) {
    open();
    append("first", "a");
    std::unique_lock held{calls.held};
    calls.take();
    std::vector<std::jthread> before;
    for (std::size_t written = 1; written <= 2; ++written) {
        before.emplace_back([this] {
            aio::Loop mine{"mine"};
            await(mine, log->append("before", "k", "x"));
        });
        while (calls.count(std::string{"write "} + first_segment) < written) {
            std::this_thread::yield();
        }
    }
    // Both ways of the writer are taken: these two become one group.
    std::vector<std::string> codes;
    const auto note = [&](std::string topic, std::string payload) -> Task<void> {
        std::string code;
        try {
            co_await log->append(std::move(topic), "k", std::move(payload));
        } catch (const Failure& failure) {
            code = failure.code;
        }
        codes.push_back(code);
        codes.size() == 2 ? loop.stop() : void();
    };
    const auto let_go = [&]() -> Task<void> {
        calls.write_error = EIO;
        held.unlock();
        co_return;
    };

    loop.spawn(note("a", "small"));
    loop.spawn(note("z", std::string(5000, 'x')));
    loop.spawn(let_go());
    loop.run();
    before.clear();
    calls.write_error = 0;
    close();
    open();

    EXPECT_EQ(codes, (Steps{"store.unavailable", "store.unavailable"}));
    EXPECT_EQ(ends("a").last, 1U);
    EXPECT_EQ(ends("z").last, 0U);
    EXPECT_EQ(ends("before").last, 2U);
}

TEST_F(LogOrder, a_segment_is_removed_after_its_trim_is_durable) {
    options.segment_bytes = 4096;
    open();
    for (int i = 0; i < 20; ++i) {
        append(std::string(500, 'x'));
    }
    const std::string newest = segments().back().filename().string();
    calls.take();

    trim(20);
    while (calls.count(std::string{"unlink "} + first_segment) == 0) {
        std::this_thread::yield();
    }
    close();

    const Steps steps = calls.take();
    const auto removed = std::ranges::find(steps, std::string{"unlink "} + first_segment);
    const auto synced = std::ranges::find(steps, "sync " + newest);
    ASSERT_NE(removed, steps.end());
    EXPECT_LT(synced, removed);
    EXPECT_EQ(*std::next(removed), "sync log");
}

}  // namespace
}  // namespace loquat::store
