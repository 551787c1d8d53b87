#pragma once
#include "aio/loop.hpp"
#include "services/chat/config.hpp"
#include "services/chat/generations/open_answers.hpp"
#include "services/chat/generations/outbox_relay.hpp"

namespace loquat::chat {

// Sees to it that what follows from ended answers comes into the log: at once, and again until it
// is there.
class Settlement {
  public:
    struct Parts {
        OutboxRelay& outbox;
        PendingUsage& pending_usage;
        PendingOutcomes& outcomes;
        UsageLedger& ledger;
        const OpenAnswers& open;
        aio::Loop& loop;
        const ChatConfig& config;
    };

    explicit Settlement(Parts parts) : parts_(parts) {}

    // Fails never: what is left is settled later.
    Task<void> settle(LivePtr live);
    // Answers have ended whose consequences are not in the log.
    void note_unsettled() { has_unsettled_ = true; }
    // Until it is cancelled.
    Task<void> keep_settling();

  private:
    Task<void> forget_recorded();

    Parts parts_;
    bool has_unsettled_ = true;
};

}  // namespace loquat::chat
