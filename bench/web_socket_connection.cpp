#include "bench/web_socket_connection.hpp"

#include <algorithm>

#include "net/websocket/frame.hpp"

namespace loquat::bench {
namespace {

using net::websocket::Opcode;

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

Task<void> WebSocketConnection::upgrade(Target target, std::string path, std::string protocol,
                                        Steady deadline) {
    co_await connect(target, deadline);
    std::string request =
        "GET " + path + " HTTP/1.1\r\nHost: " + target.host + ":" + std::to_string(target.port) +
        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    if (!protocol.empty()) {
        request += "Sec-WebSocket-Protocol: " + protocol + "\r\n";
    }
    write(request + "\r\n");
    co_await wait_for_answer(deadline);
}

void WebSocketConnection::write_text(std::string_view text) {
    std::string out;
    net::websocket::append_masked_frame(out, {.opcode = Opcode::text, .mask = 0x5a17c3e9}, text);
    write(out);
}

std::size_t WebSocketConnection::take(std::string_view bytes) {
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

std::size_t WebSocketConnection::take_upgrade(std::string_view bytes) {
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

void WebSocketConnection::take_frame(std::uint8_t opcode, std::string_view payload) {
    if (opcode == static_cast<std::uint8_t>(Opcode::close)) {
        close("the server closed the WebSocket: " +
              std::string{payload.substr(std::min<std::size_t>(2, payload.size()))});
    } else if (opcode == static_cast<std::uint8_t>(Opcode::ping)) {
        std::string pong;
        net::websocket::append_masked_frame(pong, {.opcode = Opcode::pong, .mask = 0x1b2f9d41},
                                            payload);
        write(pong);
    } else {
        take_text(payload);
    }
}

}  // namespace loquat::bench
