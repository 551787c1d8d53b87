#include "services/realtime/domain/generations.hpp"

#include <algorithm>

#include "wire/codec.hpp"

namespace loquat::realtime {
namespace {

void add_text(std::string& body, std::string_view name, std::string_view text) {
    body.append(",\"").append(name).append("\":");
    wire::append(body, std::string{text});
}

}  // namespace

std::string snapshot_event(const contracts::LiveGeneration& generation) {
    std::string body = R"({"type":"generation")";
    add_text(body, "generationId", generation.generationId);
    add_text(body, "user_id", generation.user_id.to_string());
    add_text(body, "model", generation.model);
    body.append(",\"event_id\":").append(std::to_string(generation.event_id));
    body.append(R"(,"event":{"type":"snapshot")");
    add_text(body, "state", wire::enum_name(generation.state));
    add_text(body, "text", generation.text);
    body.append(",\"queue_position\":");
    wire::append(body, generation.queue_position);
    return body + "}}";
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
