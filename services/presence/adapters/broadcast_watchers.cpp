#include "services/presence/adapters/broadcast_watchers.hpp"

#include "contracts/events.hpp"

namespace loquat::presence {

void BroadcastWatchers::tell(std::span<const UserId> watchers,
                             std::span<const std::string_view> bodies) {
    std::string lines;
    for (const std::string_view body : bodies) {
        if (!lines.empty()) {
            lines.push_back('\n');
        }
        lines.append(body);
    }
    broadcast_.publish(contracts::presence_topic, contracts::encode_people_event(watchers, lines));
}

}  // namespace loquat::presence
