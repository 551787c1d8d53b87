#pragma once
#include "contracts/core/caller.hpp"
#include "services/chat/cache/people.hpp"

namespace loquat::chat {

contracts::Sender to_sender(const contracts::PublicUser& user);

// With the directory down a message still goes out, under the name in the sender's token.
Task<contracts::Sender> find_sender(People& people, const contracts::Caller& caller);

}  // namespace loquat::chat
