#pragma once
#include <memory>
#include <optional>

#include "services/consumer/adapters/memory/memory_messages.hpp"
#include "services/consumer/adapters/mongo/mongo_messages.hpp"
#include "services/consumer/adapters/sql/sql_messages.hpp"
#include "services/consumer/tests/message_support.hpp"
#include "store/tests/position_support.hpp"
#include "testing/await.hpp"
#include "testing/database_place.hpp"
#include "testing/mongo_base.hpp"

namespace loquat::consumer {

// A message store at the beginning of a log, for suites over all adapters.
struct MessagesUnderTest {
    explicit MessagesUnderTest(test::Keeping keeping)
        : place(keeping), database(place.open(message_database())), store(open(keeping)) {
        at = store::take_up(loop, *store, "chat.messages");
    }

    // What comes next in the log.
    std::vector<contracts::Outcome> apply(
        std::vector<std::optional<contracts::MessageRecord>> records) {
        const MessageBatch batch = store::next_batch(at, std::move(records));
        std::vector<contracts::Outcome> outcomes = test::await(loop, store->apply_batch(batch));
        at = store::moved(at, batch.through);
        return outcomes;
    }

    std::unique_ptr<MessageStore> open(test::Keeping keeping) {
        if (keeping == test::Keeping::mongo) {
            mongo.emplace();
            return open_mongo_messages({.target = {.url = mongo->url()}}, MongoRole::filler);
        }
        return database ? make_sql_messages(*database) : make_memory_messages();
    }

    test::DatabasePlace place;
    std::optional<test::MongoBase> mongo;
    aio::Loop loop{"test"};
    std::unique_ptr<store::Database> database;
    std::unique_ptr<MessageStore> store;
    RecordMaker make;
    store::Position at;
};

}  // namespace loquat::consumer
