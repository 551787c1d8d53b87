#pragma once
#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace loquat::realtime {

// Bytes of whole WebSocket frames, made once and shared by all sockets that send them.
struct Batch {
    std::string bytes;
    std::uint32_t serial = 0;            // Address::serial of its events; 0: no events
    std::int64_t first_seq = 0;          // of the first `message` event in it; 0: none
    bool has_changes = false;            // holds edits or deletions
    bool has_generations = false;        // holds pieces of answers that are written
    std::vector<std::uint64_t> numbers;  // of the events, where subscribers acknowledge
};
using SharedBatch = std::shared_ptr<Batch>;

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
