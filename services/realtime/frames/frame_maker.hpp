#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "net/websocket/deflate.hpp"
#include "services/realtime/frames/address.hpp"
#include "services/realtime/frames/frame_batch.hpp"

namespace loquat::realtime {

// One thing to tell subscribers.
struct Event {
    std::string_view body;       // JSON
    std::int64_t seq = 0;        // of a `message` event; 0 for all others
    std::uint64_t number = 0;    // message-id: unique and growing on this loop
    bool is_change = false;      // an edit or a deletion: must not be lost unannounced
    bool is_generation = false;  // of an answer that is written: the same
};

// Writes frames and numbers their events; one per loop, so that compressor and scratch space are
// shared.
class FrameMaker {
  public:
    explicit FrameMaker(std::size_t compress_bytes_min) : compress_bytes_min_(compress_bytes_min) {}

    void append_event(std::string& out, const Address& to, const Event& event);
    // `frame` is a STOMP frame; appends it as one WebSocket message.
    void append_answer(std::string& out, const Shape& shape, std::string_view frame);

    // For the next event: numbers grow on a loop, and none comes twice.
    std::uint64_t next_number() { return ++last_number_; }

    // The parts of an `ack` header: which address, which event.
    struct AckId {
        std::uint32_t serial;
        std::uint64_t number;
    };
    static std::optional<AckId> parse_ack(std::string_view text);

  private:
    net::websocket::Deflater& deflater(std::uint8_t window_bits);

    std::size_t compress_bytes_min_;
    std::uint64_t last_number_ = 0;
    // By their windows; made when a client first wants one.
    std::array<std::unique_ptr<net::websocket::Deflater>, net::websocket::window_bits_max + 1>
        deflaters_;
    std::string frame_;
    std::string compressed_;
};

SharedBatch make_batch(FrameMaker& maker, const Address& address, std::span<const Event> events);

}  // namespace loquat::realtime
