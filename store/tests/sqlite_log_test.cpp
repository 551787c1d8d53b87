#include <gtest/gtest.h>

#include <fstream>
#include <thread>

#include "store/checksum.hpp"
#include "store/log/batch.hpp"
#include "store/log/log_file.hpp"
#include "store/log/sqlite_log.hpp"
#include "store/tests/support.hpp"

namespace loquat::store {
namespace {

std::vector<LogRecordPtr> make_records(Offset first, std::size_t count) {
    std::vector<LogRecordPtr> records;
    for (std::size_t i = 0; i < count; ++i) {
        records.push_back(std::make_shared<const LogRecord>(
            LogRecord{first + i, "key" + std::to_string(i), std::string(i * 3, 'p')}));
    }
    return records;
}

// Changes the stored bytes where `find` stands.
void corrupt(const std::filesystem::path& file, const std::string& find) {
    std::string content;
    {
        std::ifstream in{file, std::ios::binary};
        content.assign(std::istreambuf_iterator<char>{in}, {});
    }
    const std::size_t at = content.find(find);
    ASSERT_NE(at, std::string::npos);
    content[at] = static_cast<char>(content[at] ^ 0x20);
    std::ofstream out{file, std::ios::binary};
    out.write(content.data(), static_cast<std::streamsize>(content.size()));
}

TEST(Checksum, is_crc32c) {
    EXPECT_EQ(crc32c(""), 0U);
    EXPECT_EQ(crc32c("123456789"), 0xe3069283U);
    EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aaU);
    EXPECT_EQ(crc32c("6789", crc32c("12345")), crc32c("123456789"));
}

TEST(LogBatch, finds_every_flipped_bit) {
    const auto records = make_records(7, 5);
    const std::string body = encode_batch("topic", records);
    ASSERT_FALSE(decode_batch("topic", 7, 5, body).damaged);

    for (std::size_t bit = 0; bit < body.size() * 8; ++bit) {
        std::string changed = body;
        changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
        const DecodedBatch decoded = decode_batch("topic", 7, 5, changed);
        ASSERT_TRUE(decoded.damaged) << "bit " << bit;
        for (std::size_t i = 0; i < decoded.records.size(); ++i) {
            ASSERT_EQ(decoded.records[i]->payload, records[i]->payload);
        }
    }
}

TEST(LogBatch, finds_a_body_in_the_wrong_place_or_of_the_wrong_length) {
    const std::string body = encode_batch("topic", make_records(7, 5));

    EXPECT_TRUE(decode_batch("other", 7, 5, body).damaged);
    EXPECT_TRUE(decode_batch("topic", 8, 5, body).damaged);
    EXPECT_TRUE(decode_batch("topic", 7, 4, body).damaged);
    EXPECT_TRUE(decode_batch("topic", 7, 6, body).damaged);
    EXPECT_TRUE(decode_batch("topic", 7, 5, body.substr(0, body.size() - 1)).damaged);
}

TEST(SqliteLog, has_everything_that_was_acknowledged_when_it_is_opened_again) {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    const SqliteLogOptions options{.file = folder / "log.db"};
    {
        const auto log = open_sqlite_log(options);
        for (int i = 0; i < 50; ++i) {
            await(loop, log->append(i % 2 == 0 ? "even" : "odd", "k", std::to_string(i)));
        }
        await(loop, log->trim("even", 11));
    }

    const auto log = open_sqlite_log(options);
    const LogEnds even = await(loop, log->ends("even"));
    const auto odd = await(loop, log->read("odd", 0, {}));
    const Offset next = await(loop, log->append("even", "k", "new"));

    EXPECT_EQ(even.first, 11U);
    EXPECT_EQ(even.last, 25U);
    EXPECT_EQ(odd.size(), 25U);
    EXPECT_EQ(next, 26U);
}

TEST(SqliteLog, continues_after_all_was_trimmed_and_it_was_opened_again) {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    const SqliteLogOptions options{.file = folder / "log.db"};
    {
        const auto log = open_sqlite_log(options);
        for (int i = 0; i < 3; ++i) {
            await(loop, log->append("t", "k", "x"));
        }
        await(loop, log->trim("t", 4));
    }

    const auto log = open_sqlite_log(options);

    EXPECT_EQ(await(loop, log->append("t", "k", "y")), 4U);
}

TEST(SqliteLog, trims_more_rows_than_one_commit_takes) {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    const SqliteLogOptions options{.file = folder / "log.db"};
    {
        const auto log = open_sqlite_log(options);
        auto fill = [&]() -> Task<void> {
            for (int i = 0; i < 600; ++i) {
                co_await log->append("t", "k", "x");
            }
            co_await log->trim("t", 590);
            // Comes after the steps of the trim that are left.
            co_await log->trim("t", 591);
            co_await log->trim("t", 592);
            co_await log->trim("t", 593);
        };
        await(loop, fill());
    }

    LogFile file = LogFile::open_reader(options);
    Connection connection{options.file, Access::read, 4};
    const Rows rows = connection.run_once("SELECT count(*) FROM batches");

    EXPECT_EQ(rows.front().integer(0), 8);
}

TEST(SqliteLog, refuses_a_damaged_record_and_serves_those_before_it) {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    const SqliteLogOptions options{.file = folder / "log.db", .check_bytes_max = 0};
    {
        const auto log = open_sqlite_log(options);
        for (int i = 1; i <= 9; ++i) {
            await(loop, log->append("t", "k", "payload-number-" + std::to_string(i)));
        }
    }
    corrupt(options.file, "payload-number-5");
    const auto log = open_sqlite_log(options);
    std::string message;

    const auto before = await(loop, log->read("t", 0, {}));
    const std::string code = code_of([&] {
        try {
            await(loop, log->read("t", 4, {}));
        } catch (const Failure& failure) {
            message = failure.message;
            throw;
        }
    });
    const auto behind = await(loop, log->read("t", 5, {}));

    EXPECT_EQ(before.size(), 4U);
    EXPECT_EQ(code, "store.damaged");
    EXPECT_NE(message.find("record 5 of t"), std::string::npos) << message;
    EXPECT_NE(message.find("log.db"), std::string::npos) << message;
    EXPECT_EQ(behind.size(), 4U);
}

TEST(SqliteLog, refuses_to_start_on_a_damaged_end) {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    const SqliteLogOptions options{.file = folder / "log.db"};
    {
        const auto log = open_sqlite_log(options);
        await(loop, log->append("t", "k", "the-very-last-record"));
    }
    corrupt(options.file, "the-very-last-record");

    EXPECT_EQ(code_of([&] { open_sqlite_log(options); }), "store.damaged");
}

TEST(SqliteLog, fails_at_once_while_the_disk_is_full_and_recovers_when_space_returns) {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    SqliteLogOptions options{.file = folder / "log.db"};
    options.file_bytes_max = 1024 * 1024;
    options.full_retry = std::chrono::milliseconds{2};
    const auto log = open_sqlite_log(options);
    const std::string payload(50'000, 'x');
    Offset acknowledged = 0;
    std::optional<Failure> refused;

    while (!refused) {
        try {
            acknowledged = await(loop, log->append("t", "k", payload));
        } catch (const Failure& failure) {
            refused = failure;
        }
    }
    const LogState while_full = log->state();
    const std::string again = code_of([&] { await(loop, log->append("t", "k", payload)); });
    const LogEnds ends = await(loop, log->ends("t"));
    await(loop, log->trim("t", ends.last));
    while (log->state() == LogState::full) {
        std::this_thread::yield();
    }
    const Offset next = await(loop, log->append("t", "k", payload));

    EXPECT_EQ(refused->code, "store.full");
    EXPECT_EQ(http_status(refused->kind), 503);
    EXPECT_TRUE(refused->retry_after);
    EXPECT_EQ(while_full, LogState::full);
    EXPECT_EQ(again, "store.full");
    EXPECT_GT(acknowledged, 5U);
    EXPECT_EQ(ends.last, acknowledged);
    EXPECT_EQ(next, acknowledged + 1);
}

TEST(SqliteLog, refuses_at_once_what_its_queue_cannot_hold) {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    SqliteLogOptions options{.file = folder / "log.db"};
    options.queue_bytes_max = 10;
    const auto log = open_sqlite_log(options);

    EXPECT_EQ(code_of([&] { await(loop, log->append("t", "k", std::string(100, 'x'))); }),
              "store.overloaded");
    EXPECT_EQ(await(loop, log->append("t", "k", "small")), 1U);
}

}  // namespace
}  // namespace loquat::store
