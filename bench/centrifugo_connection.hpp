#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "bench/web_socket_connection.hpp"

namespace loquat::bench {

// The peer of the bench of several edges: a room is a channel.  Centrifugo's bidirectional protocol
// in JSON, one or more lines a frame.
class CentrifugoConnection final : public WebSocketConnection {
  public:
    CentrifugoConnection(aio::Loop& loop, Target target, std::string channel)
        : WebSocketConnection(loop), target_(std::move(target)), channel_(std::move(channel)) {}

    Task<void> open(Steady deadline) override;
    Task<void> subscribe(Steady deadline) override;
    void send(std::string_view text) override;
    std::string_view text_of(std::string_view raw) const override;

  private:
    void take_text(std::string_view lines) override;
    void take_line(std::string_view line);

    Target target_;
    std::string channel_;
    std::uint64_t sent_ = 0;
};

}  // namespace loquat::bench
