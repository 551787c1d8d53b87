#include "services/chat/generations/teller.hpp"

#include "contracts/chat/broadcasts.hpp"
#include "contracts/events.hpp"

namespace loquat::chat {

void Teller::tell(Live& live, const GenerationEvent& event) {
    add_told(live.record, event);
    if (event.kind == EventKind::reset) {
        rewrite_log(live);
    }
    publish(live, event);
}

void Teller::tell_end(Live& live) {
    for (const GenerationEvent& event : ending_events(live.record)) {
        publish(live, event);
    }
    live.log->close();
}

// Who comes back finds the numbers, and nothing of what was taken back.
void Teller::rewrite_log(Live& live) {
    std::vector<std::string> texts;
    for (const GenerationEvent& event : told_events(live.record)) {
        const auto id = static_cast<std::int64_t>(texts.size()) + 1;
        texts.push_back(to_stream_text(id, event));
    }
    texts.pop_back();  // the reset itself is told next
    live.log->rewrite(texts);
}

void Teller::publish(Live& live, const GenerationEvent& event) {
    const std::int64_t id = ++live.told;
    json_.clear();
    append_json(json_, event);
    text_.clear();
    append_stream_text(text_, id, {event.kind, json_});
    live.log->append(text_);
    std::optional<contracts::GenerationOrigin> origin;
    if (id == 1) {
        origin = {live.record.user, live.record.model, live.record.prompt};
    }
    const contracts::RoomEvent told{.type = "generation",
                                    .subject = live.record.user,
                                    .number = id,
                                    .stream = live.record.id.to_string(),
                                    .ends = event.kind == EventKind::done};
    const std::string head =
        contracts::generation_event_head(told.stream, id, origin ? &*origin : nullptr);
    broadcast_.publish(contracts::topics::chat_room.name(live.record.chat),
                       contracts::encode(told, {head, json_, "}"}));
}

}  // namespace loquat::chat
