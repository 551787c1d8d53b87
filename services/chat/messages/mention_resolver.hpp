#pragma once
#include <string>
#include <vector>

#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/cache/people.hpp"

namespace loquat::chat {

// Whom a message mentions.
class MentionResolver {
  public:
    MentionResolver(ConversationCache& cache, People& people, std::size_t mentions_max)
        : rooms_(cache), people_(people), mentions_max_(mentions_max) {}

    // Members only, each once; the first `mentions_max`.
    Task<std::vector<UserId>> resolve(const std::string& text, ChatId chat);

  private:
    Task<CachedConversation::Names> load_names(ConversationPtr conversation);

    ConversationCache& rooms_;
    People& people_;
    std::size_t mentions_max_;
};

}  // namespace loquat::chat
