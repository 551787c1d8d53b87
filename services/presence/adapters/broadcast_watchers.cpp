#include "services/presence/adapters/broadcast_watchers.hpp"

#include "contracts/events.hpp"
#include "wire/codec.hpp"

namespace loquat::presence {

void BroadcastWatchers::tell(const UserId& watcher, const contracts::Presence& presence) {
    std::string body = R"({"type":"presence",)";
    body.append(wire::encode(presence).substr(1));
    broadcast_.publish(contracts::user_topic(watcher),
                       contracts::encode_user_event("presence", body));
}

}  // namespace loquat::presence
