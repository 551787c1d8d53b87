#pragma once
#include "base/lru_cache.hpp"
#include "contracts/chat/chat.hpp"
#include "services/chat/cache/write_behind.hpp"
#include "services/chat/config.hpp"
#include "services/chat/conversations/event_publisher.hpp"

namespace loquat::chat {

// History, how far one has read it, and who is typing.
class Reading {
  public:
    struct Parts {
        ChatStore& chats;
        store::MessageHistory& messages;
        ConversationCache& cache;
        LastMessages& heads;
        DeletedMessages& deletions;
        WriteBehind& unsaved;
        People& people;
        EventPublisher& publisher;
        LiveAnswers& answers;
        const Clock& clock;
        const ChatConfig& config;
    };

    explicit Reading(Parts parts);

    Task<contracts::MessagePage> list_messages(contracts::Caller caller,
                                               contracts::ListMessagesRequest request);
    Task<void> put_read(contracts::Caller caller, contracts::ReadRequest request);
    Task<void> post_typing(contracts::Caller caller, contracts::ChatRef request);
    Task<contracts::Subscribable> check_subscription(contracts::Caller caller,
                                                     contracts::ChatRef request);
    Task<contracts::ChatPlaces> list_places(contracts::Caller caller);

    std::size_t typing_cached() const { return typing_.size(); }

  private:
    Parts parts_;
    LruCache<Seat, Steady> typing_;
};

}  // namespace loquat::chat
