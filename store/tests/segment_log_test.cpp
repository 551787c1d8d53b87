#include <gtest/gtest.h>

#include <thread>

#include "store/checksum.hpp"
#include "store/tests/log_support.hpp"
#include "testing/failure_code.hpp"

namespace loquat::store {
namespace {

using test::code_of;

using testing::Test;

TEST(Checksum, is_crc32c) {
    EXPECT_EQ(crc32c(""), 0U);
    EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
    EXPECT_EQ(crc32c("6789", crc32c("12345")), crc32c("123456789"));
}

struct SegmentLog : Test, LogUnderTest {};

TEST_F(SegmentLog, has_everything_that_was_acknowledged_when_it_is_opened_again) {
    open();
    for (int i = 0; i < 50; ++i) {
        append(std::to_string(i), i % 2 == 0 ? "even" : "odd");
    }
    trim(11, "even");
    const Uuid identity = log->folder_identity();
    close();

    open();

    EXPECT_EQ(log->folder_identity(), identity);
    EXPECT_EQ(ends("even").first, 11U);
    EXPECT_EQ(ends("even").last, 25U);
    EXPECT_EQ(read(0, "odd").size(), 25U);
    EXPECT_EQ(append("new", "even"), 26U);
}

TEST_F(SegmentLog, continues_after_all_was_trimmed_and_it_was_opened_again) {
    open();
    for (int i = 0; i < 3; ++i) {
        append("x");
    }
    trim(4);
    close();

    open();

    EXPECT_EQ(append("y"), 4U);
    EXPECT_EQ(read(3), std::vector<std::string>{"y"});
}

TEST_F(SegmentLog, keeps_its_files_for_its_user_alone) {
    open();
    append("x");

    using std::filesystem::perms;
    EXPECT_EQ(std::filesystem::status(options.folder).permissions(), perms::owner_all);
    for (const auto& entry : std::filesystem::directory_iterator{options.folder}) {
        EXPECT_EQ(entry.status().permissions(), perms::owner_read | perms::owner_write)
            << entry.path();
    }
}

TEST_F(SegmentLog, reads_the_same_from_many_segments_after_it_was_opened_again) {
    options.segment_bytes = 4096;
    options.tail_bytes_max = 1;
    std::vector<std::string> written;
    open();
    for (int i = 0; i < 200; ++i) {
        written.push_back(std::to_string(i) + std::string(static_cast<std::size_t>(i), '.'));
        append(written.back());
        append("beside", "other");
    }
    close();

    open();

    EXPECT_GT(segments().size(), 5U);
    EXPECT_EQ(read(0), written);
    EXPECT_EQ(read(0, "other").size(), 200U);
    EXPECT_EQ(read(150), (std::vector<std::string>{written.begin() + 150, written.end()}));
}

TEST_F(SegmentLog, holds_no_more_of_its_newest_records_however_many_are_appended) {
    options.tail_bytes_max = 10'000;
    open();

    std::size_t most = 0;
    for (int i = 0; i < 500; ++i) {
        append(std::string(100, 'x'), i % 2 == 0 ? "t" : "other");
        most = std::max(most, log->held_bytes());
    }

    EXPECT_GT(most, 5'000U);
    EXPECT_LE(most, options.tail_bytes_max);
    EXPECT_EQ(read(0).size(), 250U);
}

TEST_F(SegmentLog, gives_the_space_back_when_it_is_trimmed) {
    options.segment_bytes = 16 * 1024;
    open();
    for (int i = 0; i < 200; ++i) {
        append(std::string(1000, 'x'));
    }
    const std::uint64_t before = bytes();

    trim(200);
    trim(1);  // comes after what the first one removes

    EXPECT_GT(before, 200'000U);
    EXPECT_LE(bytes(), 2 * options.segment_bytes);
    EXPECT_EQ(read(199).size(), 1U);
    close();
    open();
    EXPECT_EQ(ends().first, 200U);
    EXPECT_EQ(append("next"), 201U);
}

TEST_F(SegmentLog, a_few_old_records_of_a_small_topic_do_not_keep_what_is_trimmed) {
    options.segment_bytes = 16 * 1024;
    options.tail_bytes_max = 1;
    open();
    append("small and old", "small");
    for (int round = 0; round < 10; ++round) {
        for (int i = 0; i < 50; ++i) {
            append(std::string(1000, 'x'));
        }
        trim(ends().last);
    }

    EXPECT_LE(bytes(), 6 * options.segment_bytes);
    EXPECT_EQ(read(0, "small"), std::vector<std::string>{"small and old"});
    EXPECT_EQ(append("second", "small"), 2U);
    close();
    open();
    EXPECT_EQ(read(0, "small"), (std::vector<std::string>{"small and old", "second"}));
    EXPECT_EQ(read(ends().first - 1).size(), 1U);
    trim(2, "small");
    EXPECT_EQ(read(1, "small"), std::vector<std::string>{"second"});
}

TEST_F(SegmentLog, opens_without_the_footers_of_its_segments) {
    options.segment_bytes = 4096;
    options.tail_bytes_max = 1;
    open();
    for (int i = 0; i < 100; ++i) {
        append(std::to_string(i) + std::string(100, '.'));
    }
    const std::vector<std::string> written = read(0);
    close();
    for (const auto& path : segments()) {
        std::string content = content_of(path);
        content.back() = static_cast<char>(content.back() ^ 1);
        if (path != segments().back()) {
            set_content(path, content);
        }
    }

    open();

    EXPECT_EQ(read(0), written);
}

TEST_F(SegmentLog, fails_at_once_while_the_disk_is_full_and_recovers_when_space_returns) {
    options.file_bytes_max = 1024 * 1024;
    options.full_retry = std::chrono::milliseconds{2};
    open();
    const std::string payload(50'000, 'x');
    Offset acknowledged = 0;
    std::optional<Failure> refused;

    while (!refused) {
        try {
            acknowledged = append(payload);
        } catch (const Failure& failure) {
            refused = failure;
        }
    }
    const LogState while_full = log->state();
    const std::string again = code_of([&] { append(payload); });
    const Offset last = ends().last;
    trim(last);
    while (log->state() == LogState::full) {
        std::this_thread::yield();
    }
    const Offset next = append(payload);

    EXPECT_EQ(refused->code, "store.full");
    EXPECT_EQ(http_status(refused->kind), 503);
    EXPECT_TRUE(refused->retry_after);
    EXPECT_EQ(while_full, LogState::full);
    EXPECT_EQ(again, "store.full");
    EXPECT_GT(acknowledged, 5U);
    EXPECT_EQ(last, acknowledged);
    EXPECT_EQ(next, acknowledged + 1);
    EXPECT_LE(bytes(), static_cast<std::uint64_t>(options.file_bytes_max));
}

TEST_F(SegmentLog, refuses_at_once_what_its_queue_cannot_hold) {
    options.queue_bytes_max = 10;
    open();

    EXPECT_EQ(code_of([&] { append(std::string(100, 'x')); }), "store.overloaded");
    EXPECT_EQ(append("small"), 1U);
}

TEST_F(SegmentLog, takes_a_record_that_is_larger_than_its_segments) {
    options.segment_bytes = 4096;
    options.tail_bytes_max = 1;
    open();
    const std::string large(EventLog::record_bytes_max - 3, 'x');
    append("before");
    append(large);
    append("after");
    close();

    open();

    EXPECT_EQ(read(0), (std::vector<std::string>{"before", large, "after"}));
}

}  // namespace
}  // namespace loquat::store
