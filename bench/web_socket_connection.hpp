#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "bench/room_connection.hpp"

namespace loquat::bench {

// A connection to a room over a WebSocket, whatever is spoken in it.
class WebSocketConnection : public RoomConnection {
  public:
    using RoomConnection::RoomConnection;

  protected:
    // Connects and upgrades.  `protocol` is the subprotocol; empty: none.
    Task<void> upgrade(Target target, std::string path, std::string protocol, Steady deadline);
    void write_text(std::string_view text);
    // The text of one frame.
    virtual void take_text(std::string_view text) = 0;

  private:
    std::size_t take(std::string_view bytes) override;
    std::size_t take_upgrade(std::string_view bytes);
    void take_frame(std::uint8_t opcode, std::string_view payload);

    bool is_upgraded_ = false;
};

}  // namespace loquat::bench
