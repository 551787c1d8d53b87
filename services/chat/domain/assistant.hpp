#pragma once
#include <string_view>

#include "base/ids.hpp"
#include "store/messages/record.hpp"

// The assistant as somebody who writes messages.
namespace loquat::chat {

inline constexpr std::string_view assistant_username = "assistant";

// The same in every installation.
inline UserId assistant_id() { return *UserId::parse("00000000-0000-7000-8000-000000000001"); }

// Whether a text calls the assistant: `@assistant` outside of code.
bool mentions_assistant(std::string_view text);

}  // namespace loquat::chat
