#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "services/consumer/adapters/memory/memory_audit.hpp"
#include "services/consumer/adapters/memory/memory_messages.hpp"
#include "services/consumer/adapters/memory/memory_usage.hpp"
#include "services/consumer/adapters/mongo/mongo_messages.hpp"
#include "services/consumer/adapters/sql/ledger_database.hpp"
#include "services/consumer/adapters/sql/sql_audit.hpp"
#include "services/consumer/adapters/sql/sql_messages.hpp"
#include "services/consumer/adapters/sql/sql_usage.hpp"
#include "services/consumer/tests/ledger_support.hpp"
#include "services/consumer/tests/message_support.hpp"
#include "store/tests/position_support.hpp"
#include "testing/await.hpp"
#include "testing/database_place.hpp"
#include "testing/failure_code.hpp"
#include "testing/mongo_base.hpp"

// The fence of every store that is filled from the log: of two that believe they fill it, one does.
namespace loquat::consumer {
namespace {

using test::await;
using test::code_of;
using test::Keeping;

// A store, and how one batch of one record is brought into it.
struct Filled {
    std::shared_ptr<test::MongoBase> base;
    std::unique_ptr<store::Database> database;
    std::unique_ptr<store::PositionStore> store;
    std::function<Task<void>(store::Position from, store::Offset through)> apply;
};

template <class Store, class Record>
Filled filled(std::unique_ptr<store::Database> database, std::unique_ptr<Store> store,
              Record record) {
    Store* kept = store.get();
    auto apply = [kept, record](store::Position from, store::Offset through) -> Task<void> {
        store::Batch<Record> batch{std::move(from), through, {record}};
        co_await kept->apply_batch(std::move(batch));
    };
    return {nullptr, std::move(database), std::move(store), std::move(apply)};
}

struct Adapter {
    const char* name;
    Filled (*open)(const test::DatabasePlace& place);
    Keeping keeping;
};

contracts::MessageRecord any_message() { return RecordMaker{}.message(ChatId::make(), "text"); }
contracts::UsageRecord any_usage() {
    return usage_of(UserId::make(), from_unix_ms(ledger_begin_ms));
}
contracts::AuditRecord any_audit() { return audit_of("a.b", from_unix_ms(ledger_begin_ms)); }

struct PositionSuite : testing::TestWithParam<Adapter> {
    test::DatabasePlace place{GetParam().keeping};
    aio::Loop loop{"test"};
    Filled filled = GetParam().open(place);
    store::PositionStore& store = *filled.store;

    std::string apply(const store::Position& from, store::Offset through) {
        return code_of([&] { await(loop, filled.apply(from, through)); });
    }
    store::Position position() { return await(loop, store.position("consumer", {"t"})); }
    std::string adopt(const store::Position& from, Uuid log, store::Offset applied) {
        return code_of([&] { await(loop, store.adopt(from, log, applied)); });
    }
};

TEST_P(PositionSuite, begins_before_the_first_generation) {
    const store::Position none = position();

    EXPECT_EQ(none, (store::Position{.consumer = "consumer", .partition = {"t"}}));
}

TEST_P(PositionSuite, lets_one_of_two_go_on_from_the_same_place) {
    const store::Position at = store::take_up(loop, store, "t");
    ASSERT_EQ(apply(at, 5), "");

    // The other one has read the place before.
    EXPECT_EQ(apply(at, 5), "store.position_moved");
    EXPECT_EQ(apply(at, 9), "store.position_moved");

    EXPECT_EQ(position(), store::moved(at, 5));
    EXPECT_EQ(apply(store::moved(at, 5), 6), "");
}

TEST_P(PositionSuite, takes_up_a_log_once_of_two_who_try) {
    const store::Position none = position();
    const Uuid first = Uuid::make();

    EXPECT_EQ(adopt(none, first, 3), "");
    EXPECT_EQ(adopt(none, Uuid::make(), 9), "store.position_moved");
    EXPECT_EQ(position(), store::adopted(none, first, 3));

    const store::Position at = position();
    EXPECT_EQ(adopt(at, Uuid::make(), 0), "");
    EXPECT_EQ(adopt(at, Uuid::make(), 0), "store.position_moved");
    EXPECT_EQ(position().generation, 2);
}

TEST_P(PositionSuite, lets_nobody_with_the_old_log_take_it_back) {
    const store::Position old = store::take_up(loop, store, "t");
    ASSERT_EQ(apply(old, 5), "");
    const Uuid anew = Uuid::make();
    // The new log is applied to the very same offset.
    ASSERT_EQ(adopt(store::moved(old, 5), anew, 5), "");

    EXPECT_EQ(apply(store::moved(old, 5), 6), "store.position_moved");
    EXPECT_EQ(adopt(store::moved(old, 5), old.log, 5), "store.position_moved");

    EXPECT_EQ(position().log, anew);
    EXPECT_EQ(position().generation, 2);
    EXPECT_EQ(position().applied, 5U);
    EXPECT_EQ(apply(position(), 6), "");
}

TEST_P(PositionSuite, keeps_consumers_topics_and_partitions_apart) {
    const store::Position at = store::take_up(loop, store, "t");
    store::Position other = await(loop, store.position("consumer", {"t", 2}));
    other = await(loop, store.adopt(other, Uuid::make(), 70));
    store::Position third = await(loop, store.position("another", {"t"}));
    third = await(loop, store.adopt(third, Uuid::make(), 9));

    ASSERT_EQ(apply(at, 1), "");
    ASSERT_EQ(apply(other, 75), "");

    EXPECT_EQ(position().applied, 1U);
    EXPECT_EQ(await(loop, store.position("another", {"t"})), third);
    EXPECT_EQ(await(loop, store.position("consumer", {"t", 1})).applied, 0U);
    EXPECT_EQ(await(loop, store.position("consumer", {"t", 2})).applied, 75U);
    EXPECT_EQ(await(loop, store.position("consumer", {"u"})).generation, 0);
}

TEST_P(PositionSuite, keeps_the_number_of_partitions_that_was_said_first) {
    const auto claim = [&](const char* topic, std::uint32_t partitions) {
        return await(loop, store.claim_partitions(topic, partitions));
    };

    EXPECT_EQ(claim("t", 4), 4U);
    EXPECT_EQ(claim("t", 4), 4U);
    EXPECT_EQ(claim("t", 6), 4U);
    EXPECT_EQ(claim("u", 1), 1U);
    EXPECT_EQ(claim("t", 1), 4U);
}

TEST_P(PositionSuite, secures_what_is_applied) {
    const store::Position at = store::take_up(loop, store, "t");
    ASSERT_EQ(apply(at, 5), "");

    const auto secured = await(loop, store.secure("consumer", at.partition));

    EXPECT_EQ(secured, store::moved(at, 5));
}

Filled messages_at_mongo(const test::DatabasePlace&) {
    auto base = std::make_shared<test::MongoBase>();
    Filled filled_there =
        filled(nullptr, open_mongo_messages({.target = {.url = base->url()}}, MongoRole::filler),
               any_message());
    filled_there.base = std::move(base);
    return filled_there;
}
Filled messages_in(const test::DatabasePlace& place) {
    auto database = place.open(message_database());
    auto store = database ? make_sql_messages(*database) : make_memory_messages();
    return filled(std::move(database), std::move(store), any_message());
}
Filled usage_in(const test::DatabasePlace& place) {
    auto database = place.open(ledger_database());
    auto store = database ? make_sql_usage(*database) : make_memory_usage();
    return filled(std::move(database), std::move(store), any_usage());
}
Filled audit_in(const test::DatabasePlace& place) {
    auto database = place.open(ledger_database());
    auto store = database ? make_sql_audit(*database) : make_memory_audit();
    return filled(std::move(database), std::move(store), any_audit());
}

std::vector<Adapter> all_adapters() {
    std::vector<Adapter> all;
    for (const Keeping keeping : {Keeping::memory, Keeping::sqlite, Keeping::postgres}) {
        all.push_back({"messages", messages_in, keeping});
        all.push_back({"usage", usage_in, keeping});
        all.push_back({"audit", audit_in, keeping});
    }
    all.push_back({"messages", messages_at_mongo, Keeping::mongo});
    return all;
}

INSTANTIATE_TEST_SUITE_P(Adapters, PositionSuite, testing::ValuesIn(all_adapters()),
                         [](const auto& suite) {
                             return test::name_of(suite.param.keeping) + "_" + suite.param.name;
                         });

}  // namespace
}  // namespace loquat::consumer
