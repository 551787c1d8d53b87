#include "services/consumer/ledger_loop.hpp"

#include <gtest/gtest.h>

#include "aio/scope.hpp"
#include "aio/signal.hpp"
#include "services/consumer/adapters/memory/memory_audit.hpp"
#include "services/consumer/adapters/memory/memory_usage.hpp"
#include "services/consumer/adapters/sql/ledger_database.hpp"
#include "services/consumer/adapters/sql/sql_usage.hpp"
#include "services/consumer/audit_inbox.hpp"
#include "services/consumer/tests/ledger_support.hpp"
#include "store/log/memory_log.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/tests/position_double.hpp"
#include "store/tests/position_support.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::consumer {
namespace {

using contracts::UsageRecord;
using test::await;

// A ledger that fails when told to: before it applied anything, or after it applied all.
class FaultyUsage final : public store::PositionDouble<Ledger<UsageRecord>> {
  public:
    explicit FaultyUsage(UsageStore& inner) : PositionDouble(inner), inner_(inner) {}

    int fail_before = 0;
    int fail_after = 0;
    aio::Signal asked;  // where it is: at the start and after each failure
    aio::Signal applied;

    Task<LedgerOutcome> apply_batch(store::Batch<UsageRecord> batch) override {
        fail_if(fail_before);
        const auto outcome = co_await inner_.apply_batch(std::move(batch));
        fail_if(fail_after);
        applied.set();
        co_return outcome;
    }
    Task<store::Position> position(std::string consumer, store::Partition partition) override {
        asked.set();
        return PositionDouble::position(std::move(consumer), std::move(partition));
    }

  private:
    static void fail_if(int& times) {
        if (times > 0) {
            --times;
            throw Failure{Kind::unavailable, "store.unavailable", "not now"};
        }
    }

    UsageStore& inner_;
};

struct LedgerLoopTest : testing::Test {
    aio::Loop loop{"test"};
    FakeClock clock;
    runtime::Metrics registry;
    LedgerMetrics metrics{registry, "usage"};
    store::TopicTroubles troubles;
    std::unique_ptr<store::EventLog> log = store::make_memory_log();
    std::unique_ptr<UsageStore> usage = make_memory_usage();
    FaultyUsage faulty{*usage};
    std::unique_ptr<LedgerLoop<UsageRecord>> ledger = make_ledger();
    UserId ann = UserId::make();

    std::unique_ptr<LedgerLoop<UsageRecord>> make_ledger() {
        Config config;
        config.retry_ms_min = std::chrono::milliseconds{1};
        config.retry_ms_max = std::chrono::milliseconds{2};
        return std::make_unique<LedgerLoop<UsageRecord>>(
            LedgerLoop<UsageRecord>::Parts{*log, faulty, clock, metrics, troubles},
            store::Partition{"usage.events"}, contracts::decode<contracts::UsageRecord>, config);
    }
    void append(const UsageRecord& record) {
        await(loop,
              log->append("usage.events", record.user.to_string(), contracts::encode(record)));
    }
    store::Position take_up() {
        const Uuid identity = await(loop, log->identity("usage.events"));
        return store::take_up(loop, *usage, "usage.events", identity);
    }
    std::size_t drain() { return await(loop, ledger->drain_once()); }
    std::string failing_drain() {
        return test::code_of([this] { drain(); });
    }
    std::int64_t tokens() {
        return tokens_of(loop, *usage, ann, std::chrono::floor<std::chrono::days>(clock.now()));
    }
    std::uint64_t counted(const char* outcome) {
        return registry
            .counter("loquat_ledger_records_total", "", {{"ledger", "usage"}, {"outcome", outcome}})
            .value();
    }
};

TEST_F(LedgerLoopTest, brings_records_from_the_log_into_the_ledger_once) {
    const UsageRecord record = usage_of(ann, clock.now());
    append(record);
    append(usage_of(ann, clock.now()));
    append(record);

    EXPECT_EQ(drain(), 3U);
    EXPECT_EQ(drain(), 0U);

    EXPECT_EQ(tokens(), 30);
    EXPECT_EQ(counted("stored"), 2U);
    EXPECT_EQ(counted("repeated"), 1U);
    EXPECT_EQ(metrics.lag.value(), 0);
}

TEST_F(LedgerLoopTest, has_caught_up_once_all_that_the_log_has_is_stored) {
    append(usage_of(ann, clock.now()));
    const bool at_first = await(loop, ledger->is_caught_up());
    drain();
    const bool stored = await(loop, ledger->is_caught_up());
    append(usage_of(ann, clock.now()));
    const bool behind = await(loop, ledger->is_caught_up());

    EXPECT_FALSE(at_first);
    EXPECT_TRUE(stored);
    EXPECT_FALSE(behind);
}

// What another has stored, and perhaps not announced, is announced by who reads it next.
TEST_F(LedgerLoopTest, has_not_caught_up_before_it_took_up_the_work_of_another) {
    append(usage_of(ann, clock.now()));
    drain();
    ledger = make_ledger();

    const bool at_first = await(loop, ledger->is_caught_up());
    drain();
    const bool then = await(loop, ledger->is_caught_up());

    EXPECT_FALSE(at_first);
    EXPECT_TRUE(then);
}

TEST_F(LedgerLoopTest, counts_once_when_the_answer_of_the_store_was_lost) {
    append(usage_of(ann, clock.now()));
    faulty.fail_after = 1;

    EXPECT_EQ(failing_drain(), "store.unavailable");
    append(usage_of(ann, clock.now()));
    EXPECT_EQ(drain(), 1U);

    EXPECT_EQ(tokens(), 30);
}

TEST_F(LedgerLoopTest, tries_again_after_a_failure_and_skips_nothing) {
    append(usage_of(ann, clock.now()));
    faulty.fail_before = 1;

    EXPECT_EQ(failing_drain(), "store.unavailable");
    append(usage_of(ann, clock.now()));
    EXPECT_EQ(drain(), 2U);

    EXPECT_EQ(tokens(), 30);
}

TEST_F(LedgerLoopTest, passes_over_a_record_that_it_cannot_understand) {
    append(usage_of(ann, clock.now()));
    await(loop, log->append("usage.events", "key", "not a record"));
    append(usage_of(ann, clock.now()));

    EXPECT_EQ(drain(), 3U);

    EXPECT_EQ(tokens(), 30);
    EXPECT_EQ(counted("unreadable"), 1U);
}

TEST_F(LedgerLoopTest, reads_a_new_log_from_its_beginning_and_knows_what_it_stored_already) {
    const UsageRecord first = usage_of(ann, clock.now());
    append(first);
    append(usage_of(ann, clock.now()));
    drain();

    log = store::make_memory_log();
    ledger = make_ledger();
    append(first);
    append(usage_of(ann, clock.now()));
    drain();

    EXPECT_EQ(tokens(), 45);
}

TEST_F(LedgerLoopTest, refuses_to_go_on_when_the_log_ends_before_what_is_stored) {
    const store::Batch<UsageRecord> ahead{take_up(), 1, {usage_of(ann, clock.now())}};
    await(loop, usage->apply_batch(ahead));

    EXPECT_EQ(failing_drain(), "consumer.log_is_older");
}

TEST_F(LedgerLoopTest, trims_what_is_stored_and_goes_on_after_it) {
    for (int i = 0; i < 3; ++i) {
        append(usage_of(ann, clock.now()));
    }
    drain();

    await(loop, ledger->trim());
    const store::LogEnds ends = await(loop, log->ends({"usage.events"}));
    ledger = make_ledger();
    append(usage_of(ann, clock.now()));
    drain();

    EXPECT_EQ(ends.first, 4U);
    EXPECT_EQ(tokens(), 60);
}

TEST_F(LedgerLoopTest, refuses_to_go_on_when_the_log_begins_after_what_comes_next) {
    for (int i = 0; i < 3; ++i) {
        append(usage_of(ann, clock.now()));
    }
    const store::Batch<UsageRecord> older{take_up(), 1, {usage_of(ann, clock.now())}};
    await(loop, usage->apply_batch(older));
    await(loop, log->trim({"usage.events"}, 4));

    EXPECT_EQ(test::code_of([&] { await(loop, ledger->check_place()); }), "consumer.log_is_cut");
    EXPECT_EQ(failing_drain(), "consumer.log_is_cut");
}

TEST_F(LedgerLoopTest, recovers_by_itself_while_it_runs) {
    faulty.fail_before = 3;
    faulty.fail_after = 1;
    bool troubled = false;
    auto watch = [&]() -> Task<void> {
        aio::Scope scope{loop, "test"};
        scope.start(ledger->run());
        for (int i = 0; i < 2; ++i) {
            const std::string bytes = contracts::encode(usage_of(ann, clock.now()));
            co_await log->append("usage.events", "key", bytes);
        }
        // At the start, then after three failures before storing and one after it.
        for (int i = 0; i < 4; ++i) {
            co_await faulty.asked.wait();
        }
        troubled = ledger->trouble().has_value();
        co_await faulty.asked.wait();
        const std::string last = contracts::encode(usage_of(ann, clock.now()));
        co_await log->append("usage.events", "key", last);
        co_await faulty.applied.wait();
        co_await scope.close();
    };

    await(loop, watch());

    EXPECT_TRUE(troubled);
    EXPECT_EQ(tokens(), 45);
    EXPECT_EQ(metrics.failures.value(), 4U);
    EXPECT_FALSE(ledger->trouble());
}

// The process is killed anywhere between the log and the ledger, again and again.
TEST(LedgerLoop, counts_everything_once_over_restarts_on_files) {
    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    FakeClock clock;
    runtime::Metrics registry;
    LedgerMetrics metrics{registry, "usage"};
    store::TopicTroubles troubles;
    const auto log = store::make_memory_log();
    const auto model = make_memory_usage();
    UsageStream stream{11};
    std::mt19937_64 random{11};
    std::vector<std::optional<UsageRecord>> all;

    for (int round = 0; round < 12; ++round) {
        const auto database =
            store::open_sqlite(store::in_file(folder / "usage.db", ledger_database()));
        const auto usage = make_sql_usage(*database);
        FaultyUsage faulty{*usage};
        LedgerLoop<UsageRecord> ledger{{*log, faulty, clock, metrics, troubles},
                                       {"usage.events"},
                                       contracts::decode<contracts::UsageRecord>,
                                       Config{.batch_records_max = 7}};
        for (std::size_t i = random() % 30; i > 0; --i) {
            all.push_back(stream.next());
            const std::string bytes =
                all.back() ? contracts::encode(*all.back()) : std::string{"torn"};
            await(loop, log->append("usage.events", "key", bytes));
        }
        (random() % 2 == 0 ? faulty.fail_before : faulty.fail_after) = 1;
        test::code_of([&] {
            while (await(loop, ledger.drain_once()) > 0) {
            }
        });
        if (round % 3 == 2) {
            await(loop, ledger.trim());
        }
    }
    const auto database =
        store::open_sqlite(store::in_file(folder / "usage.db", ledger_database()));
    const auto usage = make_sql_usage(*database);
    LedgerLoop<UsageRecord> ledger{{*log, *usage, clock, metrics, troubles},
                                   {"usage.events"},
                                   contracts::decode<contracts::UsageRecord>,
                                   {}};
    await(loop, ledger.drain_once());
    const store::Position at = store::take_up(loop, *model, "usage.events");
    await(loop, model->apply_batch(store::next_batch(at, std::move(all))));

    const Time begin = from_unix_ms(ledger_begin_ms);
    for (const UserId& user : stream.users()) {
        const store::UsageQuery query{
            user, {begin, begin + std::chrono::days{30}, begin + std::chrono::days{60}}};
        EXPECT_EQ(await(loop, usage->sums(query)), await(loop, model->sums(query)));
    }
}

TEST(LedgerLoop, brings_the_audit_trail_into_its_ledger) {
    aio::Loop loop{"test"};
    FakeClock clock;
    runtime::Metrics registry;
    LedgerMetrics metrics{registry, "audit"};
    store::TopicTroubles troubles;
    const auto log = store::make_memory_log();
    const auto audit = make_memory_audit();
    LedgerLoop<contracts::AuditRecord> ledger{{*log, *audit, clock, metrics, troubles},
                                              {"audit.events"},
                                              contracts::decode<contracts::AuditRecord>,
                                              Config{}};
    const contracts::AuditRecord record = audit_of("auth.signed_in", clock.now());

    await(loop, log->append("audit.events", record.action, contracts::encode(record)));
    await(loop, ledger.drain_once());

    EXPECT_EQ(await(loop, audit->list({})), std::vector<contracts::AuditRecord>{record});
}

TEST(AuditInbox, takes_records_of_other_processes_into_the_log_and_refuses_anything_else) {
    aio::Loop loop{"test"};
    FakeClock clock;
    const auto log = store::make_memory_log();
    AuditInbox inbox{*log};
    const contracts::AuditRecord record = audit_of("auth.signed_in", clock.now());
    const contracts::AuditBatch good{{to_base64(contracts::encode(record))}};
    const contracts::AuditBatch not_base64{{to_base64(contracts::encode(record)), "*"}};
    const contracts::AuditBatch not_a_record{{to_base64("something")}};

    const auto refusal = [&](const contracts::AuditBatch& batch) {
        return test::code_of([&] { await(loop, inbox.append_audit({}, batch)); });
    };
    EXPECT_EQ(refusal(not_base64), "request.invalid");
    EXPECT_EQ(refusal(not_a_record), "request.invalid");
    EXPECT_EQ(refusal(good), "");

    const auto found = await(loop, log->read({"audit.events"}, 0, {}));
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(contracts::decode<contracts::AuditRecord>(found[0]->payload), record);
}

}  // namespace
}  // namespace loquat::consumer
