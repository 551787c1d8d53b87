#include "net/http/event_source.hpp"

#include "base/text.hpp"

namespace loquat::net::http {

EventSource::EventSource(Client& client, ClientRequest request, Steady deadline)
    : request_(std::move(request)), call_(client, request_.origin, deadline) {}

Task<int> EventSource::open() {
    HeadWriter writer = call_.start("GET", request_.target);
    writer.add("Host", request_.origin.authority());
    writer.add("Accept", event_stream_type);
    for (const Headers::Item& item : request_.headers) {
        writer.add(item.name, item.value);
    }
    co_await call_.send({}, Replay::allowed);
    co_await call_.read_head();
    const std::string type = to_lower_ascii(head().headers.get("Content-Type"));
    is_stream_ = head().status == 200 && type.starts_with(event_stream_type);
    while (!is_stream_ && refusal_.size() < refusal_bytes_max) {
        const std::string_view piece = co_await call_.read_body();
        if (piece.empty()) {
            break;
        }
        refusal_.append(piece.substr(0, refusal_bytes_max - refusal_.size()));
    }
    co_return head().status;
}

Task<std::vector<SseItem>> EventSource::next() {
    while (items_.empty()) {
        const std::string_view piece = co_await call_.read_body();
        if (piece.empty()) {
            break;
        }
        take(piece);
    }
    co_return std::exchange(items_, {});
}

void EventSource::take(std::string_view bytes) {
    if (auto failure = reader_.feed(bytes, *this)) {
        throw *failure;
    }
}

void EventSource::on_event(const SseEvent& event) {
    items_.push_back({std::string{event.event}, std::string{event.data}, std::string{event.id}});
}

}  // namespace loquat::net::http
