#include <gtest/gtest.h>

#include "services/consumer/adapters/memory/memory_usage.hpp"
#include "services/consumer/adapters/sql/ledger_database.hpp"
#include "services/consumer/adapters/sql/sql_usage.hpp"
#include "services/consumer/tests/ledger_support.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/tests/position_support.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::consumer {
namespace {

using test::await;
using test::code_of;

namespace fs = std::filesystem;
using Records = std::vector<std::optional<contracts::UsageRecord>>;
using std::chrono::days;

// The days of the stream, beginning `shift` after midnight UTC.
std::vector<Time> days_of_stream(std::chrono::minutes shift) {
    std::vector<Time> starts;
    for (int day = -1; day <= 41; ++day) {
        starts.push_back(from_unix_ms(ledger_begin_ms) + days{day} + shift);
    }
    return starts;
}

void expect_the_same(aio::Loop& loop, UsageStore& store, UsageStore& model,
                     const UsageStream& stream) {
    for (const UserId& user : stream.users()) {
        // UTC, whole hours, three quarters (Nepal), and minutes such as no zone has any more.
        for (const int shift : {0, 5 * 60, 5 * 60 + 45, 7}) {
            const store::UsageQuery query{user, days_of_stream(std::chrono::minutes{shift})};
            ASSERT_EQ(await(loop, store.sums(query)), await(loop, model.sums(query)));
        }
        for (int day = 0; day < 40; ++day) {
            const auto at = std::chrono::floor<days>(from_unix_ms(ledger_begin_ms)) + days{day};
            ASSERT_EQ(tokens_of(loop, store, user, at), tokens_of(loop, model, user, at));
        }
    }
}

// Everything of daily_usage beside the same sums made from the rows.
std::int64_t days_that_differ(aio::Loop& loop, store::Database& database) {
    const store::Rows rows = await(loop, database.query(R"sql(
        WITH sums AS (
            SELECT user_id, at / 86400000 AS day, model, SUM(input_tokens) AS input, SUM(output_tokens) AS output,
                SUM(CASE WHEN purpose = 0 THEN 1 ELSE 0 END) AS answers, SUM(cost_micros) AS cost
            FROM usage_events GROUP BY user_id, day, model),
        daily AS (
            SELECT user_id, day, model, input_tokens, output_tokens, generations, cost_micros FROM daily_usage)
        SELECT (SELECT COUNT(*) FROM (SELECT * FROM sums EXCEPT SELECT * FROM daily)) +
               (SELECT COUNT(*) FROM (SELECT * FROM daily EXCEPT SELECT * FROM sums)))sql"));
    return rows.front().integer(0);
}

// The same for the hours and quarters of an hour.
std::int64_t periods_that_differ(aio::Loop& loop, store::Database& database) {
    const store::Rows rows = await(loop, database.query(R"sql(
        WITH lengths AS (SELECT 60 AS minutes UNION ALL SELECT 15),
        sums AS (
            SELECT user_id, minutes, at / (minutes * 60000) AS period, model, SUM(input_tokens) AS input,
                SUM(output_tokens) AS output, SUM(purpose = 0), SUM(purpose = 1), SUM(cost_micros) AS cost
            FROM usage_events, lengths GROUP BY user_id, minutes, period, model)
        SELECT (SELECT COUNT(*) FROM (SELECT * FROM sums EXCEPT SELECT * FROM period_usage)) +
               (SELECT COUNT(*) FROM (SELECT * FROM period_usage EXCEPT SELECT * FROM sums)))sql"));
    return rows.front().integer(0);
}

// A copy of the files as they may be found after the power was lost: any part of what was written
// since the write-ahead log was last folded into the file.
fs::path lose_power(const test::TemporaryFolder& folder, int round, std::mt19937_64& random) {
    const fs::path copy = folder / ("after-" + std::to_string(round) + ".db");
    fs::copy_file(folder / "usage.db", copy);
    const fs::path wal = folder / "usage.db-wal";
    fs::copy_file(wal, copy.string() + "-wal");
    fs::resize_file(copy.string() + "-wal", random() % (fs::file_size(wal) + 1));
    return copy;
}

TEST(SqlUsage, is_the_sum_of_its_rows_for_any_stream_with_repeats_and_crashes) {
    for (std::uint64_t seed = 1; seed <= 3; ++seed) {
        test::TemporaryFolder folder;
        aio::Loop loop{"test"};
        std::mt19937_64 random{seed};
        UsageStream stream{seed};
        auto database = store::open_sqlite(store::in_file(folder / "usage.db", ledger_database()));
        auto store = make_sql_usage(*database);
        const auto model = make_memory_usage();
        Records log;
        const std::string topic{contracts::records::usage.topic};
        store::Position at = store::take_up(loop, *model, topic, {});
        store::take_up(loop, *store, topic, {});
        int moved_back = 0;

        for (int round = 0; round < 25; ++round) {
            Records fresh(1 + random() % 40);
            for (auto& record : fresh) {
                record = stream.next();
                log.push_back(record);
            }
            const store::Batch<contracts::UsageRecord> whole = store::next_batch(at, fresh);
            at = store::moved(at, whole.through);
            await(loop, model->apply_batch(whole));
            await(loop, store->apply_batch(whole));
            if (round % 5 == 4) {
                const fs::path file = lose_power(folder, round, random);
                const auto restored_database =
                    store::open_sqlite(store::in_file(file, ledger_database()));
                const auto restored = make_sql_usage(*restored_database);
                store::Position found = await(loop, restored->position("consumer", {topic}));
                if (found.generation == 0) {
                    found = store::take_up(loop, *restored, topic);
                }
                moved_back += found.applied < log.size() ? 1 : 0;
                const Records rest(log.begin() + static_cast<std::ptrdiff_t>(found.applied),
                                   log.end());
                await(loop, restored->apply_batch(store::next_batch(found, rest)));
                expect_the_same(loop, *restored, *model, stream);
                ASSERT_EQ(days_that_differ(loop, *restored_database), 0) << "seed " << seed;
                ASSERT_EQ(periods_that_differ(loop, *restored_database), 0) << "seed " << seed;
            }
        }

        EXPECT_GT(moved_back, 0);
        EXPECT_EQ(days_that_differ(loop, *database), 0);
    }
}

// The same calls in a database and in the model of it.
struct TwoLedgers {
    explicit TwoLedgers(std::uint64_t seed) : stream{seed} {
        Records log(2'000);
        for (auto& record : log) {
            record = stream.next();
        }
        const store::Position at =
            store::take_up(loop, *store, std::string{contracts::records::usage.topic}, {});
        store::take_up(loop, *model, std::string{contracts::records::usage.topic}, {});
        const store::Batch<contracts::UsageRecord> all = store::next_batch(at, log);
        await(loop, store->apply_batch(all));
        await(loop, model->apply_batch(all));
    }

    auto store_sums(const store::UsageQuery& query) { return await(loop, store->sums(query)); }
    auto model_sums(const store::UsageQuery& query) { return await(loop, model->sums(query)); }

    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    std::unique_ptr<store::Database> database =
        store::open_sqlite(store::in_file(folder / "usage.db", ledger_database()));
    std::unique_ptr<UsageStore> store = make_sql_usage(*database);
    std::unique_ptr<UsageStore> model = make_memory_usage();
    UsageStream stream;
};

TEST(SqlUsage, sums_the_days_of_any_zone_without_reading_the_calls) {
    TwoLedgers ledgers{4};

    auto forget = [](store::Transaction& transaction) {
        transaction.execute("DELETE FROM usage_events");
    };
    await(ledgers.loop, ledgers.database->transact(forget));

    for (const int minutes : {0, 60, -8 * 60, 5 * 60 + 30, 5 * 60 + 45, 12 * 60 + 45}) {
        const store::UsageQuery query{ledgers.stream.users().front(),
                                      days_of_stream(std::chrono::minutes{minutes})};
        EXPECT_EQ(ledgers.store_sums(query), ledgers.model_sums(query)) << minutes;
    }
}

TEST(SqlUsage, sums_a_day_on_which_the_clock_was_moved) {
    TwoLedgers ledgers{5};

    for (const int moved : {60, -60, 30}) {
        const Time begin = from_unix_ms(ledger_begin_ms) + std::chrono::hours{22};
        store::UsageQuery query{ledgers.stream.users().front(), {begin, begin + days{1}}};
        query.days.push_back(begin + days{2} - std::chrono::minutes{moved});
        query.days.push_back(query.days.back() + days{1});
        query.days.push_back(query.days.back() + days{1});
        EXPECT_EQ(ledgers.store_sums(query), ledgers.model_sums(query)) << moved;
    }
}

TEST(SqlUsage, counts_nothing_twice_when_its_position_was_moved_back) {
    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    UsageStream stream{9};
    const auto database =
        store::open_sqlite(store::in_file(folder / "usage.db", ledger_database()));
    const auto store = make_sql_usage(*database);
    const auto model = make_memory_usage();
    Records log(200);
    for (auto& record : log) {
        record = stream.next();
    }
    store::Position at =
        store::take_up(loop, *store, std::string{contracts::records::usage.topic}, {});
    store::take_up(loop, *model, std::string{contracts::records::usage.topic}, {});
    await(loop, model->apply_batch(store::next_batch(at, log)));

    for (const store::Offset back_to :
         {store::Offset{0}, store::Offset{150}, store::Offset{70}, store::Offset{199}}) {
        at = await(loop, store->adopt(at, Uuid{}, back_to));
        const Records rest(log.begin() + static_cast<std::ptrdiff_t>(back_to), log.end());
        const store::Batch<contracts::UsageRecord> again = store::next_batch(at, rest);
        await(loop, store->apply_batch(again));
        at = store::moved(at, again.through);
    }

    expect_the_same(loop, *store, *model, stream);
    EXPECT_EQ(days_that_differ(loop, *database), 0);
}

TEST(SqlUsage, keeps_neither_rows_nor_sums_nor_position_of_a_batch_that_failed) {
    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    store::SqliteOptions options = store::in_file(folder / "usage.db", ledger_database());
    options.file_bytes_max = 256 * 1024;
    const auto database = store::open_sqlite(options);
    const auto store = make_sql_usage(*database);
    const UserId ann = UserId::make();
    Records many;
    for (int i = 0; i < 3'000; ++i) {
        many.push_back(usage_of(ann, from_unix_ms(ledger_begin_ms + i)));
    }

    const store::Position at =
        store::take_up(loop, *store, std::string{contracts::records::usage.topic});
    const store::Batch<contracts::UsageRecord> too_large = store::next_batch(at, many);
    const std::string code = code_of([&] { await(loop, store->apply_batch(too_large)); });

    EXPECT_EQ(code, "store.full");
    EXPECT_EQ(await(loop, store->position("consumer", at.partition)).applied, 0U);
    EXPECT_EQ(days_that_differ(loop, *database), 0);
    EXPECT_EQ(tokens_of(loop, *store, ann, std::chrono::floor<days>(from_unix_ms(ledger_begin_ms))),
              0);
}

}  // namespace
}  // namespace loquat::consumer
