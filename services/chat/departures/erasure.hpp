#pragma once
#include <vector>

#include "aio/loop.hpp"
#include "runtime/rights/audit_trail.hpp"
#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/cache/people.hpp"
#include "store/log/event_log.hpp"

namespace loquat::chat {

// What a removed person wrote, erased as if they had deleted each message themselves: through the
// log, so that it is durable, told live and followed by everything that is made of messages.
// Whatever was erased is not found again, so the whole may begin anew at any time.  Fails as the
// stores and the log, and with upstream.timeout, upstream.unavailable.
class Erasure {
  public:
    struct Parts {
        ChatStore& chats;
        store::EventLog& log;
        store::MessageHistory& messages;
        ConversationCache& cache;
        People& people;
        runtime::AuditTrail& audit;
        const Clock& clock;
        aio::Loop& loop;
    };

    explicit Erasure(Parts parts) : parts_(parts) {}

    // Before the person leaves: then nobody knows any more which conversations were theirs alone.
    Task<void> erase_own_conversations(UserId user);
    // After the person has left: they write nothing any more.
    Task<void> erase_messages(UserId user);

  private:
    Task<void> wait_for_store();
    Task<void> wait_for_partition(store::Partition partition, Steady deadline);
    Task<void> erase(const contracts::Sender& author, std::vector<store::Scanned::Found> messages,
                     contracts::Authority authority);
    Task<std::size_t> erase_written(const contracts::Sender& author);
    Task<void> erase_conversation(ChatId chat, const contracts::Sender& author);
    Task<contracts::Sender> removed_author(UserId user);

    Parts parts_;
};

}  // namespace loquat::chat
