#include "services/presence/adapters/broadcast_watchers.hpp"

#include "contracts/presence/broadcasts.hpp"
#include "store/broadcast/publish.hpp"

namespace loquat::presence {

void BroadcastWatchers::tell(std::span<const UserId> watchers,
                             std::span<const std::string_view> bodies) {
    contracts::PeopleEvent event{{watchers.begin(), watchers.end()}, {}};
    for (const std::string_view body : bodies) {
        if (!event.lines.empty()) {
            event.lines.push_back('\n');
        }
        event.lines.append(body);
    }
    store::publish(broadcast_, contracts::topics::presence_told, event);
}

}  // namespace loquat::presence
