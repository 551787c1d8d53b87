#pragma once
#include <optional>
#include <string_view>

#include "contracts/chat/chat.hpp"
#include "net/stomp/parser.hpp"

// Messages as SEND brings them.

namespace loquat::realtime {

// `chat` is nil where the body names it.  Throws validation.* and the like.
contracts::PostMessageRequest read_message(ChatId chat, std::string_view body);
// The message of a SEND that stands for itself; none for anything else and for what is not well
// formed.
std::optional<contracts::PostMessageRequest> find_message(const net::stomp::Frame& frame);
Failure to_failure(const contracts::RefusedMessage& refused);
Failure missing_header(const char* name);

}  // namespace loquat::realtime
