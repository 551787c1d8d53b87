#include "services/chat/generations/teller.hpp"

#include "contracts/events.hpp"
#include "store/messages/room_event.hpp"

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
        texts.push_back(to_stream_text(id, event.kind, to_json(event)));
    }
    texts.pop_back();  // the reset itself is told next
    live.log->rewrite(texts);
}

void Teller::publish(Live& live, const GenerationEvent& event) {
    const std::string json = to_json(event);
    const std::int64_t id = ++live.told;
    live.log->append(to_stream_text(id, event.kind, json));
    const contracts::GenerationOrigin origin{live.record.user, live.record.model,
                                             live.record.prompt};
    const store::RoomEvent room_event{
        "generation", 0, live.record.user,
        contracts::generation_event(live.record.id.to_string(), id, json,
                                    id == 1 ? &origin : nullptr)};
    broadcast_.publish(store::room_topic(live.record.chat), store::encode(room_event));
}

}  // namespace loquat::chat
