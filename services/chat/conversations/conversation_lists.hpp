#pragma once
#include <vector>

#include "contracts/chat/chat.hpp"
#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/cache/people.hpp"
#include "services/chat/cache/write_behind.hpp"
#include "services/chat/conversations/conversation_views.hpp"

namespace loquat::chat {

// A person's conversations by newest activity, and the public ones by title, page by page.
class ConversationLists {
  public:
    struct Parts {
        ChatStore& chats;
        ConversationCache& cache;
        WriteBehind& unsaved;
        People& people;
        ConversationViews& views;
    };

    explicit ConversationLists(Parts parts) : parts_(parts) {}

    Task<contracts::Page<contracts::Chat>> list_chats(contracts::Caller caller,
                                                      contracts::ListChatsRequest request);
    Task<contracts::Page<contracts::Chat>> list_public_chats(contracts::Caller caller,
                                                             contracts::ListPublicRequest request);

  private:
    Task<std::vector<Place>> page_of_places(UserId user, contracts::ListChatsRequest request);
    Task<std::vector<Place>> choose_places(UserId user, contracts::ListChatsRequest request);

    Parts parts_;
};

}  // namespace loquat::chat
