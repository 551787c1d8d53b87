#include "services/chat/conversations/request_keys.hpp"

#include "services/chat/domain/failures.hpp"

namespace loquat::chat {

Task<std::optional<ChatId>> RequestKeys::find_creation(UserId user, std::string creation_key) {
    return chats_.find_creation(user, std::move(creation_key));
}

Task<Uuid> RequestKeys::claim(RequestKey key) {
    contracts::check_idempotency_key(key.key);
    const Claim claim = co_await chats_.claim_key(std::move(key), clock_.now());
    if (!claim.is_same) {
        throw idempotency_conflict();
    }
    co_return claim.name;
}

}  // namespace loquat::chat
