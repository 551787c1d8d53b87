#pragma once
#include <unordered_set>
#include <vector>

#include "aio/channel.hpp"
#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/cache/deleted_messages.hpp"
#include "services/chat/cache/last_messages.hpp"
#include "services/chat/cache/people.hpp"
#include "services/chat/cache/unread.hpp"
#include "services/chat/metrics.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::chat {

// Tells live clients what changed besides messages.  Room events go out at once.  Chat list events,
// one for each member, go through one queue in order, a few at a time between other work; when the
// queue is full they are dropped and counted: lists are right again when they are next read.  That
// somebody was removed is never dropped and waits for nothing: it ends a right to read.
class EventPublisher {
  public:
    struct Parts {
        store::Broadcast& broadcast;
        ConversationCache& cache;
        LastMessages& heads;
        DeletedMessages& deletions;
        People& people;
        store::MessageHistory& messages;
        ChatMetrics& metrics;
        std::size_t text_characters_max = 0;
    };

    explicit EventPublisher(Parts parts) : parts_(parts), jobs_(10'000) {}

    void typing(const ChatId& chat, const UserId& user);
    // To the room in conversations of at most `receipts_members_max`; to the person's other devices
    // always.
    void read(const CachedConversation& conversation, const MemberRecord& member,
              contracts::UnreadCount count, std::int64_t receipts_members_max);
    void member_added(const ChatId& chat, const UserId& user);
    // Ends the person's live subscriptions.
    void member_removed(const ChatId& chat, const UserId& user);

    void chat_added(const ChatId& chat, std::vector<UserId> users);
    // To everybody in it; several changes that wait become one event.
    void chat_changed(const ChatId& chat);
    // To these members only: what changed concerns them alone.
    void chat_changed(const ChatId& chat, std::vector<UserId> users);
    void chat_removed(const ChatId& chat, const UserId& user);
    // Also ends the subscriptions of all of `users`.
    void chat_deleted(const ChatId& chat, std::vector<UserId> users);

    // Works through the queue until `close`.
    Task<void> run();
    void close() { jobs_.close(); }

  private:
    enum class What { added, changed, all_changed, deleted };
    struct Job {
        What what;
        ChatId chat;
        std::vector<UserId> users;
    };

    void push(Job job);
    Task<void> do_job(Job job);
    Task<void> tell_deleted(Job job);
    void tell_gone(const ChatId& chat, const UserId& user);
    Task<void> tell_seen(Job job);
    // Of the next `events_each_turn` of the job's people, from `first` on.
    Task<std::vector<MentionSeqs>> find_mentions(ConversationPtr conversation, const Job& job,
                                                 std::size_t first);
    void tell(const UserId& user, const contracts::UserEvent& event);

    Parts parts_;
    aio::Channel<Job> jobs_;
    std::unordered_set<ChatId> changes_waiting_;
};

}  // namespace loquat::chat
