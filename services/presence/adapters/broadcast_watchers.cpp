#include "services/presence/adapters/broadcast_watchers.hpp"

#include "contracts/events.hpp"

namespace loquat::presence {

void BroadcastWatchers::tell(const UserId& watcher, std::span<const std::string_view> bodies) {
    std::string lines;
    for (const std::string_view body : bodies) {
        if (!lines.empty()) {
            lines.push_back('\n');
        }
        lines.append(body);
    }
    broadcast_.publish(contracts::user_topic(watcher),
                       contracts::encode_user_event("presence", lines));
}

}  // namespace loquat::presence
