#include "testing/event_reader.hpp"

#include "base/failure.hpp"
#include "base/text.hpp"

namespace loquat::test {
namespace {

constexpr std::chrono::seconds stream_time_max{60};

[[noreturn]] void bad(const std::string& what, const net::http::SseItem& item) {
    throw Failure{Kind::internal, "test.bad_stream",
                  what + ": id " + item.id + " " + item.event + " " + item.data};
}

net::http::ClientRequest request_for(const EventReader::Open& open) {
    const bool is_target = open.target.starts_with('/');
    net::http::ClientRequest request{
        .origin = {.host = open.host, .port = open.port},
        .target = is_target ? open.target : "/api/generations/" + open.target + "/stream"};
    if (!open.token.empty()) {
        request.headers.append("Authorization", "Bearer " + open.token);
    }
    if (open.last_event_id > 0) {
        request.headers.append("Last-Event-ID", std::to_string(open.last_event_id));
    }
    return request;
}

}  // namespace

EventReader::EventReader(aio::Loop& loop, Open open)
    : client_(loop, {.body_stall_max = open.silence_max}), last_id_(open.last_event_id) {
    const Steady deadline = std::chrono::steady_clock::now() + stream_time_max;
    source_ = std::make_unique<net::http::EventSource>(client_, request_for(open), deadline);
}

Task<int> EventReader::open() { return source_->open(); }

Task<std::optional<StreamEvent>> EventReader::next() {
    if (items_.empty()) {
        for (net::http::SseItem& item : co_await source_->next()) {
            items_.push_back(std::move(item));
        }
    }
    if (items_.empty()) {
        co_return std::nullopt;
    }
    const net::http::SseItem item = std::move(items_.front());
    items_.pop_front();
    StreamEvent event;
    check(item, event);
    co_return event;
}

void EventReader::check(const net::http::SseItem& item, StreamEvent& event) {
    event.id = static_cast<std::int64_t>(parse_number(item.id).value_or(0));
    event.data = wire::parse(item.data);
    const wire::Value* type = event.data.find("type");
    event.type = type != nullptr && type->if_string() != nullptr ? *type->if_string() : "";
    if (is_done_) {
        bad("an event after done", item);
    }
    if (event.id != last_id_ + 1) {
        bad("not the next after " + std::to_string(last_id_), item);
    }
    if (event.type.empty() || event.type != item.event) {
        bad("the event's name is not its type", item);
    }
    if (event.type == "delta") {
        const wire::Value* delta = event.data.find("delta");
        if (delta == nullptr || delta->if_string() == nullptr || delta->if_string()->empty()) {
            bad("a delta without text", item);
        }
        text_ += *delta->if_string();
    }
    last_id_ = event.id;
    last_.insert_or_assign(event.type, event.data);
    is_done_ = event.type == "done";
}

Task<void> EventReader::read_to_end() {
    for (;;) {
        const auto event = co_await next();
        if (!event) {
            break;
        }
    }
    if (!is_done_) {
        throw Failure{Kind::unavailable, "test.cut_stream", "the stream ended before done"};
    }
}

std::optional<wire::Value> EventReader::last(const std::string& type) const {
    const auto found = last_.find(type);
    return found == last_.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace loquat::test
