#pragma once
#include "aio/scope.hpp"
#include "runtime/rights/audit_trail.hpp"
#include "services/chat/cache/conversation_mutex.hpp"
#include "services/chat/conversations/event_publisher.hpp"
#include "services/chat/conversations/membership.hpp"
#include "services/chat/departures/erasure.hpp"
#include "store/broadcast/broadcast.hpp"

namespace loquat::chat {

// People who are not there any more leave their conversations, and people whose names change give
// their direct ones another title.
class Departures {
  public:
    struct Parts {
        ChatStore& chats;
        Directory& directory;
        store::Broadcast& broadcast;
        ConversationCache& cache;
        ConversationBook& book;
        ConversationMutex& mutex;
        People& people;
        Membership& membership;
        Erasure& erasure;
        EventPublisher& publisher;
        runtime::AuditTrail& audit;
        aio::Loop& loop;
        aio::Scope& scope;
    };

    explicit Departures(Parts parts) : parts_(parts) {}

    // Listens to what is told of people, and looks for who has left before.
    void start();
    void stop() { users_.end(); }
    // Begins to let those go who have not left everything yet.  Returns at once.
    void look() { parts_.scope.start(remove_people()); }

  private:
    void on_users(const std::optional<contracts::UserList>& told);
    Task<void> retitle_directs(UserId user);
    Task<void> remove_people();
    Task<void> remove(std::vector<Directory::Leaver> leaving);
    Task<void> remove_from_all(UserId user);
    Task<void> depart(ChatId chat, UserId user);

    Parts parts_;
    std::uint64_t removals_told_ = 0;
    bool is_removing_ = false;
    store::Subscription users_;
};

}  // namespace loquat::chat
