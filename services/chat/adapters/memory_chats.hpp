#pragma once
#include <memory>

#include "services/chat/ports.hpp"

namespace loquat::chat {

// For tests, and the model that the SQL adapter is compared with.  One loop.
std::unique_ptr<ChatStore> make_memory_chats();

}  // namespace loquat::chat
