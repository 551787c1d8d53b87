#include <gtest/gtest.h>

#include "services/consumer/adapters/sql/ledger_database.hpp"
#include "services/consumer/adapters/sql/sql_audit.hpp"
#include "services/consumer/adapters/sql/sql_usage.hpp"
#include "services/consumer/consumer.hpp"
#include "services/consumer/ledger_loop.hpp"
#include "services/consumer/tests/ledger_support.hpp"
#include "services/consumer/tests/messages_under_test.hpp"
#include "store/broadcast/local_broadcast.hpp"
#include "store/log/memory_log.hpp"
#include "testing/failure_code.hpp"

// What a real database refuses for good: only that is put aside.
namespace loquat::consumer {
namespace {

using test::await;

// A rule that somebody has added to a table: rows whose `column` is 'bad' are refused.
struct Rule {
    std::string table;
    std::string column;

    std::string sql(test::Keeping keeping) const {
        return keeping == test::Keeping::postgres
                   ? "ALTER TABLE " + table + " ADD CONSTRAINT told CHECK (" + column + " <> 'bad')"
                   : "CREATE TRIGGER told BEFORE INSERT ON " + table + " WHEN NEW." + column +
                         " = 'bad' BEGIN SELECT RAISE(ABORT, 'told to'); END";
    }
};

struct RefusedRows : testing::TestWithParam<test::Keeping> {
    // Until there is nothing more.
    void drain(TopicLoop& reader) {
        for (int i = 0; i < 200 && !await(loop, reader.is_caught_up()); ++i) {
            test::code_of([&] { await(loop, reader.drain_once()); });
        }
        EXPECT_TRUE(await(loop, reader.is_caught_up()));
    }
    void add(const Rule& rule, store::Database& database) {
        auto work = [sql = rule.sql(GetParam())](store::Transaction& transaction) {
            transaction.execute(sql);
        };
        await(loop, database.transact(std::move(work)));
    }
    std::vector<contracts::DeadEntry> dead() {
        DeadRecords records{*log, clock};
        return await(loop, records.list_dead({}, {})).items;
    }

    aio::Loop loop{"test"};
    FakeClock clock;
    runtime::Metrics registry;
    store::TopicTroubles troubles;
    std::unique_ptr<store::EventLog> log = store::make_memory_log();
};

TEST_P(RefusedRows, of_messages_hold_up_no_other_message) {
    MessagesUnderTest under{GetParam()};
    add({"messages", "text"}, *under.database);
    ConsumerMetrics metrics{registry};
    const auto broadcast = store::make_local_broadcast();
    Consumer consumer{{*log, *under.store, *broadcast, clock, metrics, troubles}, {}};
    const ChatId chat = ChatId::make();
    for (int i = 1; i <= 20; ++i) {
        const auto record = under.make.message(chat, i == 9 ? "bad" : std::to_string(i));
        await(loop, log->append("chat.messages", chat.to_string(), contracts::encode(record)));
    }

    drain(consumer);

    const auto page = await(loop, under.store->page({.chat = chat, .limit = 50}));
    ASSERT_EQ(page.items.size(), 19U);
    for (std::size_t i = 0; i < page.items.size(); ++i) {
        EXPECT_EQ(page.items[i].seq, static_cast<std::int64_t>(i) + 1);
        EXPECT_EQ(page.items[i].text, std::to_string(i < 8 ? i + 1 : i + 2));
    }
    const auto found = dead();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].offset, 9);
    EXPECT_EQ(found[0].reason, "store.constraint");
}

TEST_P(RefusedRows, of_usage_hold_up_no_other_and_are_in_no_sum) {
    test::DatabasePlace place{GetParam()};
    const auto database = place.open(ledger_database());
    add({"usage_events", "model"}, *database);
    const auto usage = make_sql_usage(*database);
    LedgerMetrics metrics{registry, "usage"};
    using Loop = LedgerLoop<contracts::UsageRecord>;
    Loop reader{{*log, *usage, clock, metrics, troubles},
                {"usage.events"},
                contracts::decode<contracts::UsageRecord>,
                {}};
    const UserId user = UserId::make();
    for (int i = 0; i < 10; ++i) {
        contracts::UsageRecord record = usage_of(user, clock.now());
        record.model = i == 4 ? "bad" : "good";
        await(loop, log->append("usage.events", user.to_string(), contracts::encode(record)));
    }

    drain(reader);

    EXPECT_EQ(tokens_of(loop, *usage, user, std::chrono::floor<std::chrono::days>(clock.now())),
              9 * 15);
    const auto found = dead();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].topic, "usage.events");
    EXPECT_EQ(found[0].offset, 5);
}

// A text that is none: a header that a client sent, say.
TEST_P(RefusedRows, of_audit_hold_up_no_other) {
    test::DatabasePlace place{GetParam()};
    const auto database = place.open(ledger_database());
    const auto audit = make_sql_audit(*database);
    LedgerMetrics metrics{registry, "audit"};
    using Loop = LedgerLoop<contracts::AuditRecord>;
    Loop reader{{*log, *audit, clock, metrics, troubles},
                {"audit.events"},
                contracts::decode<contracts::AuditRecord>,
                {}};
    for (int i = 0; i < 4; ++i) {
        contracts::AuditRecord record = audit_of("auth.signed_in", clock.now());
        record.user_agent = i == 1 ? "\xff\xfe" : "browser";
        record.subject = i == 2 ? std::string("zero \0 byte", 11) : "s";
        await(loop, log->append("audit.events", record.action, contracts::encode(record)));
    }

    drain(reader);

    const auto stored = await(loop, audit->list({.limit = 10}));
    const bool takes_any_bytes = GetParam() == test::Keeping::sqlite;
    EXPECT_EQ(stored.size(), takes_any_bytes ? 4U : 2U);
    EXPECT_EQ(dead().size(), takes_any_bytes ? 0U : 2U);
    for (const contracts::DeadEntry& entry : dead()) {
        EXPECT_EQ(entry.reason, "store.text");
    }
}

INSTANTIATE_TEST_SUITE_P(Adapters, RefusedRows,
                         testing::Values(test::Keeping::sqlite, test::Keeping::postgres),
                         [](const auto& suite) { return test::name_of(suite.param); });

}  // namespace
}  // namespace loquat::consumer
