#include "contracts/events/feeds.hpp"

#include "contracts/auth/events.hpp"
#include "contracts/chat/events.hpp"
#include "contracts/presence/events.hpp"

namespace loquat::contracts {

std::vector<LiveFeed> live_feeds() {
    return {{"chatFeed", "/topic/chats/", wire::schema_of<ChatEvent>()},
            {"chatsQueue", "/user/queue/chats", wire::schema_of<ChatsEvent>()},
            {"presenceQueue", "/user/queue/presence", wire::schema_of<PresenceEvent>()},
            {"sessionQueue", "/user/queue/session", wire::schema_of<SessionEvent>()}};
}

}  // namespace loquat::contracts
