#pragma once
#include <memory>

#include "services/consumer/adapters/mongo/mongo_intents.hpp"
#include "services/consumer/domain/batch_effect.hpp"
#include "services/consumer/ports.hpp"
#include "store/mongo/mongo_server.hpp"

namespace loquat::consumer {

enum class MongoRole {
    filler,  // makes indexes, applies batches
    reader,  // needs no right but to read
};

// An intent holds all of a batch and stays below 4 MB: a message in it has some 300 bytes of names
// and ids more than its record.
inline constexpr std::size_t mongo_records_bytes_max = 1024 * 1024;

// What a batch does, of which `effect` has heard all.
Intent to_intent(const MessageBatch& batch, const ChainEnd& from, const BatchEffect& effect);

// Messages in a database of MongoDB: right on a server that stands alone, on a replica set, and on
// what speaks as one without transactions (docs/adr/0076).  Several may fill it; of two that go on
// from the same position one does.
//
// Opening blocks, and fails as MongoServer does.
std::unique_ptr<MessageStore> open_mongo_messages(store::MongoOptions options, MongoRole role,
                                                  MongoSteps steps = {});

}  // namespace loquat::consumer
