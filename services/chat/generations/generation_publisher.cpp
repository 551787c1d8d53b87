#include "services/chat/generations/generation_publisher.hpp"

#include "contracts/chat/broadcasts.hpp"
#include "store/broadcast/publish.hpp"

namespace loquat::chat {
namespace {

// The first one also says whose answer it is.
contracts::RoomEvent told_of(const GenerationRecord& record, std::int64_t id,
                             const std::string& event) {
    std::string stream = record.id.to_string();
    contracts::RoomEvent told =
        id == 1 ? contracts::room_event(
                      contracts::GenerationBegan{
                          stream, id, record.user, record.model, record.prompt, {event}},
                      record.user)
                : contracts::room_event(contracts::GenerationContinued{stream, id, {event}},
                                        record.user);
    told.number = id;
    told.stream = std::move(stream);
    return told;
}

}  // namespace

void GenerationPublisher::tell(Live& live, const GenerationEvent& event) {
    add_told(live.record, event);
    if (event.kind == EventKind::reset) {
        rewrite_log(live);
    }
    publish(live, event);
}

void GenerationPublisher::tell_end(Live& live) {
    for (const GenerationEvent& event : ending_events(live.record)) {
        publish(live, event);
    }
    live.log->close();
}

// Who comes back finds the numbers, and nothing of what was taken back.
void GenerationPublisher::rewrite_log(Live& live) {
    std::vector<std::string> texts;
    for (const GenerationEvent& event : told_events(live.record)) {
        const auto id = static_cast<std::int64_t>(texts.size()) + 1;
        texts.push_back(to_stream_text(id, event));
    }
    texts.pop_back();  // the reset itself is told next
    live.log->rewrite(texts);
}

void GenerationPublisher::publish(Live& live, const GenerationEvent& event) {
    const std::int64_t id = ++live.told;
    json_.clear();
    append_json(json_, event);
    text_.clear();
    append_stream_text(text_, id, {event.kind, json_});
    live.log->append(text_);
    contracts::RoomEvent told = told_of(live.record, id, json_);
    told.ends = event.kind == EventKind::done;
    store::publish(broadcast_, contracts::topics::chat_room, live.record.chat, told);
}

}  // namespace loquat::chat
