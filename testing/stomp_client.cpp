#include "testing/stomp_client.hpp"

#include "aio/timer.hpp"
#include "base/failure.hpp"

namespace loquat::test {
namespace {

std::string line_value(const std::string& head, const std::string& name) {
    const std::size_t at = head.find("\r\n" + name + ": ");
    if (at == std::string::npos) {
        return {};
    }
    const std::size_t begin = at + name.size() + 4;
    return head.substr(begin, head.find("\r\n", begin) - begin);
}

}  // namespace

// Reads what is there, or waits for it.  False once the connection has ended.
Task<bool> StompClient::read_some(Steady deadline) {
    if (is_ended_) {
        co_return false;
    }
    std::array<char, 16 * 1024> buffer{};
    bool is_late = false;
    aio::Timer timer{[&] {
        is_late = true;
        stream_.wake();
    }};
    timer.start(loop_, std::chrono::ceil<std::chrono::milliseconds>(
                           deadline - std::chrono::steady_clock::now()));
    for (;;) {
        const net::IoResult got = stream_.try_read(buffer);
        if (got.state == net::Io::bytes) {
            heard_at_ = std::chrono::steady_clock::now();
            reader_.feed(std::span{buffer.data(), got.bytes}, *this);
            co_return true;
        }
        if (got.state != net::Io::would_block) {
            is_ended_ = true;
            co_return false;
        }
        if (is_late) {
            throw Failure{Kind::timed_out, "test.timeout", "the server said nothing in time"};
        }
        co_await stream_.readable();
    }
}

Task<void> StompClient::open(Open options, Steady deadline) {
    stream_ = co_await net::connect(loop_, options.host, options.port, deadline);
    std::string request =
        "GET " + options.target + " HTTP/1.1\r\nHost: 127.0.0.1:" + std::to_string(options.port) +
        "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    if (!options.protocols.empty()) {
        request += "Sec-WebSocket-Protocol: " + options.protocols + "\r\n";
    }
    co_await stream_.write_all(request + options.headers + "\r\n");
    std::string head;
    // One byte at a time: what follows the head belongs to the WebSocket.
    while (!head.ends_with("\r\n\r\n")) {
        char byte = 0;
        const net::IoResult got = stream_.try_read(std::span{&byte, 1});
        if (got.state == net::Io::would_block) {
            co_await stream_.readable();
        } else if (got.state == net::Io::bytes) {
            head.push_back(byte);
        } else {
            throw Failure{Kind::unavailable, "test.refused", "closed: " + head};
        }
    }
    if (!head.starts_with("HTTP/1.1 101 ")) {
        throw Failure{Kind::unavailable, "test.refused", head.substr(0, head.find('\r'))};
    }
    protocol_ = line_value(head, "Sec-WebSocket-Protocol");
    parser_.set_version(net::stomp::Version::v1_2);
}

Task<void> StompClient::send_text(std::string bytes) {
    std::string out;
    net::websocket::append_masked_frame(
        out, {.opcode = net::websocket::Opcode::text, .mask = 0x11223344}, bytes);
    co_await stream_.write_all(out);
}

Task<std::optional<net::stomp::Frame>> StompClient::next(Steady deadline) {
    while (frames_.empty()) {
        const bool more = co_await read_some(deadline);
        if (!more && frames_.empty()) {
            co_return std::nullopt;
        }
    }
    std::optional<net::stomp::Frame> frame{std::move(frames_.front())};
    frames_.pop_front();
    co_return frame;
}

Task<int> StompClient::closed(Steady deadline) {
    bool more = close_code_ == 0;
    while (more) {
        more = co_await read_some(deadline);
        more = more && close_code_ == 0;
    }
    co_return close_code_ == 0 ? 1006 : close_code_;
}

void StompClient::on_data(net::websocket::MessageType, std::string_view piece,
                          net::websocket::Part) {
    if (const auto failed = parser_.feed(piece, *this)) {
        throw *failed;
    }
}

void StompClient::on_ping(std::string_view payload) {
    std::string out;
    net::websocket::append_masked_frame(
        out, {.opcode = net::websocket::Opcode::pong, .mask = 0x11223344}, payload);
    stream_.try_write(out);
}

void StompClient::on_close(std::uint16_t code, std::string_view) {
    close_code_ = code;
    is_ended_ = true;
}

}  // namespace loquat::test
