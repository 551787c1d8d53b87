#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace loquat::realtime {

// Bytes of whole WebSocket frames, made once and shared by all sockets that send them.
struct FrameBatch {
    std::string bytes;
    std::uint32_t serial = 0;            // Address::serial of its events; 0: no events
    std::int64_t first_seq = 0;          // of the first `message` event in it; 0: none
    bool has_changes = false;            // holds edits or deletions
    bool has_generations = false;        // holds pieces of answers that are written
    std::vector<std::uint64_t> numbers;  // of the events, where subscribers acknowledge
};
using SharedBatch = std::shared_ptr<FrameBatch>;

}  // namespace loquat::realtime
