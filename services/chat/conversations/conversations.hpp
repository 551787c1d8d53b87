#pragma once
#include <string>
#include <vector>

#include "contracts/chat/chat.hpp"
#include "runtime/rights/audit_trail.hpp"
#include "services/chat/cache/conversation_mutex.hpp"
#include "services/chat/config.hpp"
#include "services/chat/conversations/conversation_events.hpp"
#include "services/chat/conversations/conversation_views.hpp"
#include "services/chat/conversations/event_publisher.hpp"
#include "services/chat/conversations/membership.hpp"
#include "services/chat/domain/activity.hpp"

namespace loquat::chat {

// Makes, shows, changes and deletes conversations.
class Conversations {
  public:
    struct Parts {
        ChatStore& chats;
        ConversationCache& cache;
        ConversationBook& book;
        ConversationMutex& mutex;
        People& people;
        Activity& activity;
        Membership& membership;
        ConversationViews& views;
        EventPublisher& publisher;
        ConversationEvents& events;
        ModelChoice& models;
        runtime::AuditTrail& audit;
        const Clock& clock;
        const ChatConfig& config;
    };

    explicit Conversations(Parts parts) : parts_(parts) {}

    Task<contracts::Reply<contracts::Chat>> create_chat(contracts::Caller caller,
                                                        contracts::CreateChatRequest request);
    // One with an assistant, made once for a key that is not a client's; empty: none.
    Task<ChatId> create_for_key(contracts::Caller caller, std::string creation_key);
    Task<contracts::Chat> get_chat(contracts::Caller caller, contracts::ChatRef request);
    Task<contracts::Chat> update_chat(contracts::Caller caller,
                                      contracts::UpdateChatRequest request);
    Task<void> delete_chat(contracts::Caller caller, contracts::ChatRef request);

  private:
    void tell_change(const contracts::Caller& caller, const Judged& judged);
    NewChat make_new_chat(const contracts::Caller& caller,
                          const contracts::CreateChatRequest& request);
    Task<contracts::Reply<contracts::Chat>> create(contracts::Caller caller,
                                                   contracts::CreateChatRequest request,
                                                   NewChat made);
    Task<void> check_people(std::vector<UserId> users);

    Parts parts_;
};

}  // namespace loquat::chat
