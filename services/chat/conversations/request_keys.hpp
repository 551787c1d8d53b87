#pragma once
#include <optional>
#include <string>

#include "services/chat/ports.hpp"

namespace loquat::chat {

// What makes doing something twice harmless.
class RequestKeys {
  public:
    RequestKeys(ChatStore& chats, const Clock& clock) : chats_(chats), clock_(clock) {}

    // The name under which what a keyed request does is done once.  Throws
    // `request.idempotency_conflict` when another request has the key.
    Task<Uuid> claim(RequestKey key);
    // The conversation that was made for a key that is not a client's.
    Task<std::optional<ChatId>> find_creation(UserId user, std::string creation_key);

  private:
    ChatStore& chats_;
    const Clock& clock_;
};

}  // namespace loquat::chat
