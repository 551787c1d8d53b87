#pragma once
#include <memory>

#include "store/log/event_log.hpp"

namespace loquat::store {

struct MemoryLogOptions {
    std::uint32_t partitions = 1;  // of each topic
    // How many offsets are left out after each append, as a server's own marks are.
    Offset holes = 0;
};

// For tests: durable as long as it lives.
std::unique_ptr<EventLog> make_memory_log(MemoryLogOptions options = {});

}  // namespace loquat::store
