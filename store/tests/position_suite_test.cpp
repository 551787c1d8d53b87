#include <gtest/gtest.h>

#include <functional>

#include "store/audit/memory_audit.hpp"
#include "store/audit/sql_audit.hpp"
#include "store/ledger/ledger_database.hpp"
#include "store/messages/memory_messages.hpp"
#include "store/messages/sql_messages.hpp"
#include "store/sqlite/sqlite_database.hpp"
#include "store/tests/ledger_support.hpp"
#include "store/tests/message_support.hpp"
#include "store/tests/position_support.hpp"
#include "store/usage/memory_usage.hpp"
#include "store/usage/sql_usage.hpp"

// The fence of every store that is filled from the log: of two that believe they fill it, one does.
namespace loquat::store {
namespace {

// A store, and how one batch of one record is brought into it.
struct Filled {
    std::unique_ptr<Database> database;
    std::unique_ptr<PositionStore> store;
    std::function<Task<void>(Position from, Offset through)> apply;
};

template <class Store, class Record>
Filled filled(std::unique_ptr<Database> database, std::unique_ptr<Store> store, Record record) {
    Store* kept = store.get();
    auto apply = [kept, record](Position from, Offset through) -> Task<void> {
        Batch<Record> batch{std::move(from), through, {record}};
        co_await kept->apply_batch(std::move(batch));
    };
    return {std::move(database), std::move(store), std::move(apply)};
}

struct Adapter {
    const char* name;
    Filled (*open)(const TemporaryFolder& folder);
};

std::unique_ptr<Database> ledger_in(const TemporaryFolder& folder) {
    return open_sqlite(in_file(folder / "usage.db", ledger_database()));
}
MessageRecord any_message() { return RecordMaker{}.message(ChatId::make(), "text"); }
UsageRecord any_usage() { return usage_of(UserId::make(), from_unix_ms(ledger_begin_ms)); }
AuditRecord any_audit() { return audit_of("a.b", from_unix_ms(ledger_begin_ms)); }

struct PositionSuite : testing::TestWithParam<Adapter> {
    TemporaryFolder folder;
    aio::Loop loop{"test"};
    Filled filled = GetParam().open(folder);
    PositionStore& store = *filled.store;

    std::string apply(const Position& from, Offset through) {
        return code_of([&] { await(loop, filled.apply(from, through)); });
    }
    Position position() { return await(loop, store.position("consumer", {"t"})); }
    std::string adopt(const Position& from, Uuid log, Offset applied) {
        return code_of([&] { await(loop, store.adopt(from, log, applied)); });
    }
};

TEST_P(PositionSuite, begins_before_the_first_generation) {
    const Position none = position();

    EXPECT_EQ(none, (Position{.consumer = "consumer", .partition = {"t"}}));
    EXPECT_EQ(await(loop, store.progress("consumer", "t")).applied(0), 0U);
}

TEST_P(PositionSuite, lets_one_of_two_go_on_from_the_same_place) {
    const Position at = take_up(loop, store, "t");
    ASSERT_EQ(apply(at, 5), "");

    // The other one has read the place before.
    EXPECT_EQ(apply(at, 5), "store.position_moved");
    EXPECT_EQ(apply(at, 9), "store.position_moved");

    EXPECT_EQ(position(), moved(at, 5));
    EXPECT_EQ(apply(moved(at, 5), 6), "");
}

TEST_P(PositionSuite, takes_up_a_log_once_of_two_who_try) {
    const Position none = position();
    const Uuid first = Uuid::make();

    EXPECT_EQ(adopt(none, first, 3), "");
    EXPECT_EQ(adopt(none, Uuid::make(), 9), "store.position_moved");
    EXPECT_EQ(position(), adopted(none, first, 3));

    const Position at = position();
    EXPECT_EQ(adopt(at, Uuid::make(), 0), "");
    EXPECT_EQ(adopt(at, Uuid::make(), 0), "store.position_moved");
    EXPECT_EQ(position().generation, 2);
}

TEST_P(PositionSuite, lets_nobody_with_the_old_log_take_it_back) {
    const Position old = take_up(loop, store, "t");
    ASSERT_EQ(apply(old, 5), "");
    const Uuid anew = Uuid::make();
    // The new log is applied to the very same offset.
    ASSERT_EQ(adopt(moved(old, 5), anew, 5), "");

    EXPECT_EQ(apply(moved(old, 5), 6), "store.position_moved");
    EXPECT_EQ(adopt(moved(old, 5), old.log, 5), "store.position_moved");

    EXPECT_EQ(position().log, anew);
    EXPECT_EQ(position().generation, 2);
    EXPECT_EQ(position().applied, 5U);
    EXPECT_EQ(apply(position(), 6), "");
}

TEST_P(PositionSuite, keeps_consumers_topics_and_partitions_apart) {
    const Position at = take_up(loop, store, "t");
    Position other = await(loop, store.position("consumer", {"t", 2}));
    other = await(loop, store.adopt(other, Uuid::make(), 70));
    Position third = await(loop, store.position("another", {"t"}));
    third = await(loop, store.adopt(third, Uuid::make(), 9));

    ASSERT_EQ(apply(at, 1), "");
    ASSERT_EQ(apply(other, 75), "");

    EXPECT_EQ(position().applied, 1U);
    EXPECT_EQ(await(loop, store.position("another", {"t"})), third);
    const Progress progress = await(loop, store.progress("consumer", "t"));
    EXPECT_EQ(progress.applied(0), 1U);
    EXPECT_EQ(progress.applied(1), 0U);
    EXPECT_EQ(progress.applied(2), 75U);
    EXPECT_EQ(await(loop, store.progress("consumer", "u")), Progress{});
}

TEST_P(PositionSuite, secures_what_is_applied) {
    const Position at = take_up(loop, store, "t");
    ASSERT_EQ(apply(at, 5), "");

    const auto secured = await(loop, store.secure("consumer", at.partition));

    EXPECT_EQ(secured, moved(at, 5));
}

INSTANTIATE_TEST_SUITE_P(
    Adapters, PositionSuite,
    testing::Values(
        Adapter{"memory_messages",
                [](const auto&) { return filled({}, make_memory_messages(), any_message()); }},
        Adapter{"sqlite_messages",
                [](const auto& folder) {
                    auto database =
                        open_sqlite(in_file(folder / "messages.db", message_database()));
                    auto store = make_sql_messages(*database);
                    return filled(std::move(database), std::move(store), any_message());
                }},
        Adapter{"memory_usage",
                [](const auto&) { return filled({}, make_memory_usage(), any_usage()); }},
        Adapter{"sqlite_usage",
                [](const auto& folder) {
                    auto database = ledger_in(folder);
                    auto store = make_sql_usage(*database);
                    return filled(std::move(database), std::move(store), any_usage());
                }},
        Adapter{"memory_audit",
                [](const auto&) { return filled({}, make_memory_audit(), any_audit()); }},
        Adapter{"sqlite_audit",
                [](const auto& folder) {
                    auto database = ledger_in(folder);
                    auto store = make_sql_audit(*database);
                    return filled(std::move(database), std::move(store), any_audit());
                }}),
    [](const auto& suite) { return std::string{suite.param.name}; });

}  // namespace
}  // namespace loquat::store
