#pragma once
#include "services/consumer/ports.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::consumer {

enum class Telling { first, again };

// Tells what became of records.
class Announcer {
  public:
    explicit Announcer(store::Broadcast& broadcast) : broadcast_(broadcast) {}

    // A change goes to its room and to `chat.stored`; every outcome to the record's origin, if it
    // has one.
    void announce(const contracts::MessageRecord& record, contracts::Outcome outcome,
                  Telling telling = Telling::first);

  private:
    void announce_change(const contracts::Outcome& outcome, Telling telling);

    store::Broadcast& broadcast_;
};

}  // namespace loquat::consumer
