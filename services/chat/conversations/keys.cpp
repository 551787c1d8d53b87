#include "services/chat/chat.hpp"
#include "services/chat/domain/failures.hpp"

// What makes doing something twice harmless.
namespace loquat::chat {

Task<std::optional<ChatId>> Chat::find_creation(UserId user, std::string creation_key) {
    return ports_.chats.find_creation(user, std::move(creation_key));
}

Task<Uuid> Chat::claim_key(RequestKey key) {
    contracts::check_idempotency_key(key.key);
    const Claim claim = co_await ports_.chats.claim_key(std::move(key), ports_.clock.now());
    if (!claim.is_same) {
        throw idempotency_conflict();
    }
    co_return claim.name;
}

Task<ChatId> Chat::create_chat_for(Caller caller, std::string creation_key) {
    contracts::CreateChatRequest request;
    request.kind = ChatKind::assistant;
    caller.idempotency_key.clear();
    NewChat made = make_new_chat(caller, request);
    made.creation_key = std::move(creation_key);
    const auto created = co_await create(std::move(caller), std::move(request), std::move(made));
    co_return created.body.id;
}

}  // namespace loquat::chat
