#pragma once
#include <memory>

#include "store/log/event_log.hpp"

namespace loquat::store {

// For tests: durable as long as it lives.
std::unique_ptr<EventLog> make_memory_log();

}  // namespace loquat::store
