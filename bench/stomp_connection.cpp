#include "bench/stomp_connection.hpp"

#include "base/ids.hpp"
#include "net/stomp/encoder.hpp"
#include "net/websocket/frame.hpp"
#include "wire/json.hpp"

namespace loquat::bench {
namespace {

using net::stomp::Command;
using net::stomp::FrameWriter;
using net::stomp::Version;
using net::websocket::Opcode;

constexpr std::string_view subscribed_receipt = "subscribed";

// The length of the frame header at the front (RFC 6455 section 5.2; a server does not mask) and of
// its payload; zero when the header is not whole.
struct FrameSize {
    std::size_t header = 0;
    std::uint64_t payload = 0;
};

FrameSize measure_frame(std::string_view bytes) {
    if (bytes.size() < 2) {
        return {};
    }
    const auto at = [&](std::size_t index) { return static_cast<std::uint8_t>(bytes[index]); };
    const std::uint8_t length = at(1) & 0x7f;
    const std::size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
    if (bytes.size() < 2 + extra) {
        return {};
    }
    std::uint64_t payload = extra == 0 ? length : 0;
    for (std::size_t index = 0; index < extra; ++index) {
        payload = (payload << 8) | at(2 + index);
    }
    return {2 + extra, payload};
}

}  // namespace

Task<void> StompConnection::open(Steady deadline) {
    co_await connect(login_.target, deadline);
    write(
        "GET /ws HTTP/1.1\r\nHost: " + login_.target.host + ":" +
        std::to_string(login_.target.port) +
        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: v12.stomp\r\n\r\n");
    co_await wait_for_answer(deadline);
    std::string frame;
    FrameWriter writer{frame, Version::v1_2, Command::connect};
    writer.header("accept-version", "1.2").header("host", "loquat").header("heart-beat", "0,0");
    writer.header("Authorization", "Bearer " + login_.token).finish();
    write_frame(frame);
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
    write_frame(frame);
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
    write_frame(frame);
}

std::string_view StompConnection::text_of(std::string_view raw) const {
    constexpr std::string_view name = "\"text\":\"";
    const std::size_t at = raw.find(name);
    return at == std::string_view::npos ? std::string_view{} : raw.substr(at + name.size());
}

std::size_t StompConnection::take(std::string_view bytes) {
    std::size_t taken = is_upgraded_ ? 0 : take_upgrade(bytes);
    while (is_upgraded_ && is_open()) {
        const std::string_view rest = bytes.substr(taken);
        const FrameSize size = measure_frame(rest);
        if (size.header == 0 || rest.size() - size.header < size.payload) {
            break;
        }
        take_frame(static_cast<std::uint8_t>(rest[0]) & 0x0f,
                   rest.substr(size.header, size.payload));
        taken += size.header + size.payload;
    }
    return is_open() ? taken : bytes.size();
}

std::size_t StompConnection::take_upgrade(std::string_view bytes) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) {
        return 0;
    }
    if (!bytes.starts_with("HTTP/1.1 101 ")) {
        close("the upgrade was refused: " + std::string{bytes.substr(0, bytes.find('\r'))});
        return bytes.size();
    }
    is_upgraded_ = true;
    arrived();
    return end + 4;
}

void StompConnection::take_frame(std::uint8_t opcode, std::string_view payload) {
    if (opcode == static_cast<std::uint8_t>(Opcode::close)) {
        close("the server closed the WebSocket: " +
              std::string{payload.substr(std::min<std::size_t>(2, payload.size()))});
    } else if (opcode == static_cast<std::uint8_t>(Opcode::ping)) {
        std::string pong;
        net::websocket::append_masked_frame(pong, {.opcode = Opcode::pong, .mask = 0x1b2f9d41},
                                            payload);
        write(pong);
    } else {
        take_stomp(payload);
    }
}

void StompConnection::take_stomp(std::string_view frame) {
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

void StompConnection::write_frame(std::string_view stomp) {
    std::string out;
    net::websocket::append_masked_frame(out, {.opcode = Opcode::text, .mask = 0x5a17c3e9}, stomp);
    write(out);
}

}  // namespace loquat::bench
