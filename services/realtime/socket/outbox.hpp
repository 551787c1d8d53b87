#pragma once
#include <sys/uio.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "services/realtime/frames/frame_batch.hpp"

namespace loquat::realtime {

enum class Keep : std::uint8_t {
    always,    // answers: receipts, errors, heart-beats
    if_quick,  // events: may be dropped for a slow reader
};

// What one socket has still to send.  Empty, it holds no memory of its own.
class Outbox {
  public:
    void add(SharedBatch batch, Keep keep);
    // Appends to the answers at the end, without a batch of their own where possible.
    void add_answer(std::string_view frames);

    bool is_empty() const { return segments_.empty(); }
    std::size_t bytes() const { return bytes_; }

    // Fills `parts` from the front; the number filled.
    std::size_t fill(std::span<iovec> parts) const;
    // `count` bytes have left.
    void sent(std::size_t count);

    // Drops all events that have not begun to leave, and returns their batches; a frame that has
    // begun is kept to its end.
    std::vector<SharedBatch> drop_events();
    void clear();

  private:
    struct Segment {
        SharedBatch batch;
        Keep keep;
    };
    void keep_begun_frame();

    std::vector<Segment> segments_;
    std::size_t front_sent_ = 0;  // bytes of the first segment
    std::size_t bytes_ = 0;
};

}  // namespace loquat::realtime
