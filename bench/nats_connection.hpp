#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "bench/room_connection.hpp"

namespace loquat::bench {

// The peer of the fan-out bench: a room is a subject.  NATS client protocol, plain TCP, not
// verbose.
class NatsConnection final : public RoomConnection {
  public:
    NatsConnection(aio::Loop& loop, Target target)
        : RoomConnection(loop), target_(std::move(target)) {}

    Task<void> open(Steady deadline) override;
    Task<void> subscribe(Steady deadline) override;
    void send(std::string_view text) override;
    std::string_view text_of(std::string_view raw) const override { return raw; }

  private:
    std::size_t take(std::string_view bytes) override;
    // The bytes of the message at the front with its payload; 0 when it is not whole.
    std::size_t take_message(std::string_view bytes, std::size_t line_end);

    Target target_;
};

}  // namespace loquat::bench
