#include "bench/stomp_connection.hpp"

#include "base/ids.hpp"
#include "net/stomp/encoder.hpp"
#include "wire/json.hpp"

namespace loquat::bench {
namespace {

using net::stomp::Command;
using net::stomp::FrameWriter;
using net::stomp::Version;

constexpr std::string_view subscribed_receipt = "subscribed";

}  // namespace

Task<void> StompConnection::open(Steady deadline) {
    co_await upgrade(login_.target, "/ws", "v12.stomp", deadline);
    std::string frame;
    FrameWriter writer{frame, Version::v1_2, Command::connect};
    writer.header("accept-version", "1.2").header("host", "loquat").header("heart-beat", "0,0");
    writer.header("Authorization", "Bearer " + login_.token).finish();
    write_text(frame);
    co_await wait_for_answer(deadline);
}

Task<void> StompConnection::subscribe(Steady deadline) {
    std::string destination =
        login_.destination.empty() ? "/topic/chats/" + login_.chat_id : login_.destination;
    co_await subscribe_to("first", std::move(destination), deadline);
}

Task<void> StompConnection::subscribe_to(std::string id, std::string destination, Steady deadline) {
    std::string frame;
    FrameWriter writer{frame, Version::v1_2, Command::subscribe};
    writer.header("id", id).header("destination", destination);
    if (login_.last_seq) {
        writer.header("last-seq", *login_.last_seq);
    }
    writer.header("receipt", subscribed_receipt).finish();
    write_text(frame);
    co_await wait_for_answer(deadline);
}

void StompConnection::send(std::string_view text) {
    std::string body = "{\"client_id\":\"" + Uuid::make().to_string() + "\",\"text\":";
    wire::append_json_string(body, text);
    body += '}';
    std::string frame;
    FrameWriter writer{frame, Version::v1_2, Command::send};
    writer.header("destination", "/app/chats/" + login_.chat_id + "/messages")
        .header("receipt", ++sent_)
        .finish(body);
    write_text(frame);
}

std::string_view StompConnection::text_of(std::string_view raw) const {
    constexpr std::string_view name = "\"text\":\"";
    const std::size_t at = raw.find(name);
    return at == std::string_view::npos ? std::string_view{} : raw.substr(at + name.size());
}

void StompConnection::take_text(std::string_view frame) {
    if (frame.starts_with("MESSAGE\n")) {
        if (listener_ == nullptr) {
            return;
        }
        // Besides messages a room tells of typing, reading and members; those have no text.
        if (frame.find("\"type\":\"message\"") != std::string_view::npos) {
            listener_->on_message(frame);
        } else {
            listener_->on_event(frame);
        }
    } else if (frame.starts_with("RECEIPT\n")) {
        if (frame.find(subscribed_receipt) != std::string_view::npos) {
            arrived();
        } else if (listener_ != nullptr) {
            listener_->on_receipt();
        }
    } else if (frame.starts_with("CONNECTED\n")) {
        arrived();
    } else if (frame.starts_with("ERROR\n")) {
        close("the server answered " + std::string{frame.substr(0, 400)});
    }
}

}  // namespace loquat::bench
