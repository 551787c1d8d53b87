#pragma once
#include "services/consumer/ports.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::consumer {

// Tells what became of records.
class Announcer {
  public:
    explicit Announcer(store::Broadcast& broadcast) : broadcast_(broadcast) {}

    // A change goes to its room and to `chat.stored`; every outcome to the record's origin, if it
    // has one.
    void announce(const contracts::MessageRecord& record, contracts::Outcome outcome);

  private:
    void announce_change(contracts::OutcomeKind kind, const contracts::StoredMessage& message);

    store::Broadcast& broadcast_;
};

}  // namespace loquat::consumer
