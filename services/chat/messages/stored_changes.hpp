#pragma once
#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/cache/deleted_messages.hpp"
#include "services/chat/cache/last_messages.hpp"
#include "services/chat/cache/write_behind.hpp"
#include "services/chat/conversations/conversation_events.hpp"
#include "services/chat/conversations/naming.hpp"
#include "services/chat/domain/activity.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::chat {

// Everything that is kept of a conversation's messages follows from what the consumer stored.
class StoredChanges {
  public:
    struct Parts {
        store::Broadcast& broadcast;
        ConversationCache& cache;
        LastMessages& heads;
        DeletedMessages& deletions;
        WriteBehind& unsaved;
        Activity& activity;
        Naming& naming;
        ConversationEvents& events;
    };

    explicit StoredChanges(Parts parts) : parts_(parts) {}

    void start();
    void stop() { subscription_.end(); }
    // Here only: others are told by the broadcast.  The same change may come twice.
    void on_stored(const contracts::StoredEvent& event);

  private:
    Parts parts_;
    store::Subscription subscription_;
};

}  // namespace loquat::chat
