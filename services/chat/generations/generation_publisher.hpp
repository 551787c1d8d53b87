#pragma once
#include "services/chat/generations/live.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::chat {

// Shows an answer's next event to its readers and to its room.
class GenerationPublisher {
  public:
    explicit GenerationPublisher(store::Broadcast& broadcast) : broadcast_(broadcast) {}

    // A state or delta; it is in the journal already.
    void tell(Live& live, const GenerationEvent& event);
    // What follows from the record of an answer that has ended; the last one is `done`.
    void tell_end(Live& live);

  private:
    static void rewrite_log(Live& live);
    void publish(Live& live, const GenerationEvent& event);

    store::Broadcast& broadcast_;
    // Of the event that is told; kept for their space.
    std::string json_;
    std::string text_;
};

}  // namespace loquat::chat
