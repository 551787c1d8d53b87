#pragma once
#include <memory>

#include "services/consumer/adapters/mongo/mongo_intents.hpp"
#include "services/consumer/ports.hpp"
#include "store/mongo/mongo_server.hpp"

namespace loquat::consumer {

enum class MongoRole {
    filler,  // makes indexes, applies batches
    reader,  // needs no right but to read
};

// Messages in a database of MongoDB: right on a server that stands alone, on a replica set, and on
// what speaks as one without transactions (docs/adr/0076).  Several may fill it; of two that go on
// from the same position one does.
//
// Opening blocks, and fails as MongoServer does.
std::unique_ptr<MessageStore> open_mongo_messages(store::MongoOptions options, MongoRole role,
                                                  MongoSteps steps = {});

}  // namespace loquat::consumer
