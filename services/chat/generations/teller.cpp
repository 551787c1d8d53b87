#include "services/chat/generations/teller.hpp"

#include "contracts/events.hpp"
#include "store/messages/room_event.hpp"

namespace loquat::chat {

void Teller::tell(Live& live, const GenerationEvent& event) {
    append_cut(live.record.events, event);
    live.record.text += event.delta;
    publish(live, event);
}

void Teller::tell_end(Live& live) {
    for (const GenerationEvent& event : ending_events(live.record)) {
        publish(live, event);
    }
    live.log->close();
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
