#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "bench/web_socket_connection.hpp"

namespace loquat::bench {

struct StompLogin {
    Target target;
    std::string token;
    std::string chat_id;
    std::string destination;  // of `subscribe`; empty: the chat
    std::optional<std::int64_t>
        last_seq{};  // what came after it is told first; none: only what is new
};

// STOMP 1.2 over a WebSocket, as a browser would speak it, without heart-beats.
class StompConnection final : public WebSocketConnection {
  public:
    StompConnection(aio::Loop& loop, StompLogin login)
        : WebSocketConnection(loop), login_(std::move(login)) {}

    Task<void> open(Steady deadline) override;
    Task<void> subscribe(Steady deadline) override;
    Task<void> subscribe_to(std::string id, std::string destination, Steady deadline);
    void send(std::string_view text) override;
    std::string_view text_of(std::string_view raw) const override;

  private:
    void take_text(std::string_view frame) override;

    StompLogin login_;
    std::uint64_t sent_ = 0;
};

}  // namespace loquat::bench
