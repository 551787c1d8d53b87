#include "services/realtime/domain/generations.hpp"

#include <algorithm>

#include "contracts/generation/events.hpp"

namespace loquat::realtime {

std::string snapshot_event(const contracts::LiveGeneration& generation) {
    return wire::encode(contracts::GenerationSnapshot{
        generation.generationId,
        generation.user_id,
        generation.model,
        generation.event_id,
        {generation.state, generation.text, generation.queue_position}});
}

std::int64_t GenerationIds::find(std::string_view id) const {
    const auto found = std::ranges::find(items_, id, &Item::id);
    return found == items_.end() ? 0 : found->event_id;
}

void GenerationIds::note(std::string_view id, std::int64_t event_id) {
    const auto found = std::ranges::find(items_, id, &Item::id);
    if (found != items_.end()) {
        found->event_id = std::max(found->event_id, event_id);
    } else {
        items_.push_back({std::string{id}, event_id});
    }
}

void GenerationIds::erase(std::string_view id) {
    std::erase_if(items_, [&](const Item& item) { return item.id == id; });
}

}  // namespace loquat::realtime
