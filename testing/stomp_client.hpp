#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>

#include "aio/loop.hpp"
#include "aio/signal.hpp"
#include "net/stomp/parser.hpp"
#include "net/stream.hpp"
#include "net/websocket/reader.hpp"

namespace loquat::test {

// A STOMP client over WebSocket that does just what a test tells it: frames may be malformed on
// purpose.
class StompClient final : net::websocket::ReadSink, net::stomp::FrameSink {
  public:
    struct Open {
        std::uint16_t port = 0;
        std::string target = "/ws";
        std::string headers;  // whole lines, each with its CRLF
        std::string protocols = "v12.stomp, v11.stomp, v10.stomp";
        std::string host = "127.0.0.1";
    };

    explicit StompClient(aio::Loop& loop) : loop_(loop) {}

    // Throws Failure `test.refused` with the status line when the upgrade is refused.
    Task<void> open(Open options, Steady deadline);
    // One text message with these bytes.
    Task<void> send_text(std::string bytes);
    // The next frame, heart-beats skipped; none when the server closed.  Throws `test.timeout`.
    Task<std::optional<net::stomp::Frame>> next(Steady deadline);
    // Waits until the server has closed; the close code, 1006 without one.
    Task<int> closed(Steady deadline);
    void drop() { stream_.close(); }
    // When bytes came last, heart-beats included.
    Steady heard_at() const { return heard_at_; }
    const std::string& protocol() const { return protocol_; }

  private:
    Task<bool> read_some(Steady deadline);
    void on_data(net::websocket::MessageType type, std::string_view piece,
                 net::websocket::Part part) override;
    void on_ping(std::string_view payload) override;
    void on_pong(std::string_view) override {}
    void on_close(std::uint16_t code, std::string_view reason) override;
    void on_frame(net::stomp::Frame frame) override { frames_.push_back(std::move(frame)); }

    aio::Loop& loop_;
    net::Stream stream_;
    net::websocket::ReadSettings settings_{.role = net::websocket::Role::client};
    net::websocket::Reader reader_{settings_, net::websocket::Reader::Extension::none};
    net::stomp::ParseLimits limits_{.body_bytes_max = 1 << 20};
    net::stomp::Parser parser_{limits_};
    std::deque<net::stomp::Frame> frames_;
    std::string protocol_;
    int close_code_ = 0;
    Steady heard_at_ = std::chrono::steady_clock::now();
    bool is_ended_ = false;
};

}  // namespace loquat::test
