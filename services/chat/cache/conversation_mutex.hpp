#pragma once
#include "aio/keyed_mutex.hpp"
#include "base/ids.hpp"

namespace loquat::chat {

// Whoever changes a conversation or its members holds its lock, from what is read to what is
// written.
using ConversationMutex = aio::KeyedMutex<ChatId>;

}  // namespace loquat::chat
