#pragma once
#include <string>
#include <string_view>

#include "bench/connection.hpp"

namespace loquat::bench {

// What a RoomConnection hears.  Views live during the call.
class RoomListener {
  public:
    virtual ~RoomListener() = default;
    // A message of the room, with what the protocol puts around it.
    virtual void on_message(std::string_view raw) = 0;
    // Something else that the server tells.
    virtual void on_event(std::string_view) {}
    // The server has taken responsibility for the oldest message that was sent and not yet
    // confirmed.
    virtual void on_receipt() {}
};

// A connection that is in one room, whatever the protocol.
class RoomConnection : public Connection {
  public:
    using Connection::Connection;

    void listen(RoomListener& listener) { listener_ = &listener; }
    // Connected and signed in.
    virtual Task<void> open(Steady deadline) = 0;
    // Returns when the server has confirmed the subscription.
    virtual Task<void> subscribe(Steady deadline) = 0;
    virtual void send(std::string_view text) = 0;
    // The text that was sent, out of what `on_message` got; empty when it holds none.
    virtual std::string_view text_of(std::string_view raw) const = 0;

  protected:
    RoomListener* listener_ = nullptr;
};

}  // namespace loquat::bench
