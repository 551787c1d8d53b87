#pragma once
#include <memory>

#include "store/messages/message_store.hpp"

namespace loquat::store {

// For tests of what stands above, and the model that the SQL adapter is compared with.  One loop.
std::unique_ptr<MessageStore> make_memory_messages();

}  // namespace loquat::store
