#pragma once
#include <cstddef>
#include <memory>

#include "store/broadcast/broadcast.hpp"

namespace loquat::store {

struct LocalBroadcastOptions {
    std::size_t loop_items_max = 65'536;            // notices that wait for one loop
    std::size_t loop_bytes_max = 64 * 1024 * 1024;  // and their payloads
};

// Between the loops of one process.  A burst wakes each loop that listens once.  Ends after the
// loops that subscribed have stopped.
std::unique_ptr<Broadcast> make_local_broadcast(LocalBroadcastOptions options = {});

}  // namespace loquat::store
