#pragma once
#include <optional>
#include <vector>

#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/cache/deleted_messages.hpp"
#include "services/chat/cache/last_messages.hpp"
#include "services/chat/cache/people.hpp"
#include "services/chat/cache/unread.hpp"
#include "services/chat/cache/write_behind.hpp"
#include "services/chat/conversations/conversation_book.hpp"

namespace loquat::chat {

struct ListedChat {
    ChatRecord chat;
    std::optional<MemberRecord> me;  // none for a stranger to a public room
};

// Conversations as one person sees them: with names, last messages and what is unread.
class ConversationViews {
  public:
    struct Parts {
        store::MessageHistory& messages;
        ConversationCache& cache;
        ConversationBook& book;
        LastMessages& heads;
        DeletedMessages& deletions;
        WriteBehind& unsaved;
        People& people;
        std::size_t text_characters_max = 0;
    };

    explicit ConversationViews(Parts parts) : parts_(parts) {}

    // In the order of `listed`.
    Task<std::vector<contracts::Chat>> view_all(std::vector<ListedChat> listed, UserId user);
    Task<contracts::Chat> view(ConversationPtr conversation, UserId user);

  private:
    Task<std::vector<std::optional<contracts::Message>>> show_last(
        const std::vector<ListedChat>& listed, const std::vector<store::Head>& heads);
    Task<std::vector<MentionSeqs>> find_unread_mentions(const std::vector<ListedChat>& listed,
                                                        UserId user,
                                                        const std::vector<store::Head>& heads);

    Parts parts_;
};

}  // namespace loquat::chat
