#pragma once
#include <memory>

#include "services/consumer/ports.hpp"

namespace loquat::consumer {

// For tests of what stands above, and the model that the SQL adapter is compared with.  One loop.
std::unique_ptr<MessageStore> make_memory_messages();

}  // namespace loquat::consumer
