#include "services/chat/messages/sender.hpp"

namespace loquat::chat {

contracts::Sender to_sender(const contracts::PublicUser& user) {
    return {.id = user.id,
            .username = user.username,
            .display_name = user.display_name,
            .kind = contracts::ParticipantKind::person,
            .name_shared = user.name_shared};
}

Task<contracts::Sender> find_sender(People& people, const contracts::Caller& caller) {
    const UserId user = caller.user_id();
    std::optional<contracts::PublicUser> found;
    try {
        found = co_await people.find(user);
    } catch (const Failure&) {
        found.reset();
    }
    if (found) {
        co_return to_sender(*found);
    }
    co_return contracts::Sender{user, caller.username, caller.username,
                                contracts::ParticipantKind::person};
}

}  // namespace loquat::chat
