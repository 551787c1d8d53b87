#include <gtest/gtest.h>

#include <functional>

#include "services/consumer/adapters/sql/ledger_database.hpp"
#include "services/consumer/adapters/sql/sql_messages.hpp"
#include "services/consumer/adapters/sql/sql_usage.hpp"
#include "services/consumer/tests/ledger_support.hpp"
#include "services/consumer/tests/message_support.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/tests/position_support.hpp"
#include "testing/await.hpp"
#include "testing/temporary_folder.hpp"

// Data folders of versions that kept one position for each consumer or topic.
namespace loquat::consumer {
namespace {

using test::await;

constexpr std::size_t steps_before = 4;

// A database as those versions left it: the steps that they knew, and what they wrote.
void make_old(store::SqliteOptions options, const std::function<void(store::Transaction&)>& write) {
    aio::Loop loop{"test"};
    options.schema = options.schema.subspan(0, steps_before);
    const auto database = store::open_sqlite(options);
    await(loop, database->transact(write));
}

TEST(PositionMigration, goes_on_in_the_messages_where_an_older_version_stopped) {
    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    const Uuid log = Uuid::make();
    const ChatId chat = ChatId::make();
    make_old(
        store::in_file(folder / "messages.db", message_database()),
        [&](store::Transaction& transaction) {
            transaction.execute("INSERT INTO chats (number, id, last_seq) VALUES (1, $1, 41)",
                                {chat});
            transaction.execute(
                "INSERT INTO positions (consumer, applied, previous, log) VALUES ($1, 70, 64, $2)",
                {"consumer", log});
        });

    const auto database =
        store::open_sqlite(store::in_file(folder / "messages.db", message_database()));
    const auto store = make_sql_messages(*database);
    const store::Position at = await(loop, store->position("consumer", {"chat.messages"}));
    const MessageBatch batch{at, 71, {RecordMaker{}.message(chat, "next")}};
    const auto outcomes = await(loop, store->apply_batch(batch));

    const store::Position expected{"consumer", {"chat.messages", 0}, 1, log, 70, 64};
    EXPECT_EQ(at, expected);
    EXPECT_EQ(outcomes[0].message.seq, 42);
    EXPECT_EQ(await(loop, store->position("consumer", {"chat.messages"})),
              store::moved(expected, 71));
}

TEST(PositionMigration, goes_on_in_the_ledgers_where_an_older_version_stopped) {
    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    const Uuid log = Uuid::make();
    make_old(store::in_file(folder / "usage.db", ledger_database()),
             [&](store::Transaction& transaction) {
                 const auto insert =
                     "INSERT INTO positions (topic, applied, log) VALUES ($1, $2, $3)";
                 transaction.execute(insert, {"usage.events", 12, log});
                 transaction.execute(insert, {"audit.events", 90, log});
             });

    const auto database =
        store::open_sqlite(store::in_file(folder / "usage.db", ledger_database()));
    const auto usage = make_sql_usage(*database);
    const store::Position of_usage = await(loop, usage->position("consumer", {"usage.events"}));
    const store::Position of_audit = await(loop, usage->position("consumer", {"audit.events"}));

    EXPECT_EQ(of_usage, (store::Position{"consumer", {"usage.events", 0}, 1, log, 12, 12}));
    EXPECT_EQ(of_audit, (store::Position{"consumer", {"audit.events", 0}, 1, log, 90, 90}));
    EXPECT_TRUE(await(loop, usage->stored()).covers({0, 12, log}));
    EXPECT_EQ(await(loop, usage->claim_partitions("usage.events", 3)), 1U);
    EXPECT_EQ(await(loop, usage->claim_partitions("audit.events", 3)), 1U);
    EXPECT_EQ(await(loop, usage->claim_partitions("new.events", 3)), 3U);
}

TEST(PositionMigration, of_a_database_that_was_never_filled_begins_before_the_first_log) {
    test::TemporaryFolder folder;
    aio::Loop loop{"test"};
    make_old(store::in_file(folder / "messages.db", message_database()),
             [](store::Transaction&) {});

    const auto database =
        store::open_sqlite(store::in_file(folder / "messages.db", message_database()));
    const auto store = make_sql_messages(*database);

    EXPECT_EQ(await(loop, store->position("consumer", {"chat.messages"})).generation, 0);
}

}  // namespace
}  // namespace loquat::consumer
