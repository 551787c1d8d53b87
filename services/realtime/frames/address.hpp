#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>

#include "net/stomp/encoder.hpp"
#include "net/websocket/reader.hpp"

namespace loquat::realtime {

enum class AckMode : std::uint8_t { automatic, client, client_individual };

// How frames are written for a connection: what must be equal for two to share bytes.
struct Shape {
    net::stomp::Version version = net::stomp::Version::v1_2;
    net::websocket::MessageType type = net::websocket::MessageType::text;
    std::uint8_t deflate_bits = 0;  // window of what is compressed, 9 to 15; 0: nothing is
    friend bool operator==(const Shape&, const Shape&) = default;
};

// What the MESSAGE frames of a subscription say of it.
struct Address {
    std::string id;
    std::string destination;  // as the client wrote it
    AckMode ack = AckMode::automatic;
    Shape shape;
    std::uint32_t serial = 0;  // of this address on this loop
    friend bool operator==(const Address& a, const Address& b) {
        return a.id == b.id && a.destination == b.destination && a.ack == b.ack &&
               a.shape == b.shape;
    }
};

// The addresses of a loop.  Those of queues of one's own are held here: equal ones are one, for as
// long as somebody holds it.
class Addresses {
  public:
    // With its serial.
    std::shared_ptr<const Address> hold(Address address);
    // For an address that is not held here.
    std::uint32_t next_serial() { return ++last_serial_; }
    std::size_t size() const { return held_.size(); }

  private:
    void forget_unheld();

    std::unordered_map<std::string, std::weak_ptr<const Address>> held_;
    std::size_t next_sweep_ = 64;
    std::uint32_t last_serial_ = 0;
};

}  // namespace loquat::realtime
