#pragma once
#include <string>

#include "aio/scope.hpp"
#include "services/chat/cache/conversation_mutex.hpp"
#include "services/chat/conversations/conversation_book.hpp"
#include "services/chat/conversations/event_publisher.hpp"

namespace loquat::chat {

// Titles that nobody gave: of a conversation's first question at once, later of a model.
class Naming {
  public:
    struct Parts {
        ConversationBook& book;
        ConversationCache& cache;
        ConversationMutex& mutex;
        EventPublisher& publisher;
        aio::Scope& scope;
        std::size_t title_characters_max = 0;
    };

    explicit Naming(Parts parts) : parts_(parts) {}

    // There is no title, or one made of the question alone.
    Task<bool> wants_title(ChatId chat);
    // A title made by itself: never replaces one that was given.
    Task<void> name_chat(ChatId chat, std::string title);
    // A question gives its conversation a title, and takes it along when it is deleted.
    void on_stored(const CachedConversation& conversation, const contracts::StoredEvent& event);

  private:
    Task<void> change_title(ChatId chat, std::string title, std::int64_t title_seq);

    Parts parts_;
};

}  // namespace loquat::chat
