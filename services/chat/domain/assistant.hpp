#pragma once
#include <string_view>

#include "base/ids.hpp"
#include "contracts/chat/records.hpp"
#include "services/chat/domain/records.hpp"

// The assistant as somebody who writes messages.
namespace loquat::chat {

inline constexpr std::string_view assistant_username = "assistant";

// The same in every installation.
inline UserId assistant_id() { return *UserId::parse("00000000-0000-7000-8000-000000000001"); }

// Whether the assistant may be asked in a conversation, by whoever may write there.  Words go to a
// provider outside, so among people it is off until its admins set it up: in rooms it is on once
// there are settings that do not say `enabled: false`; two people alone cannot switch it on.  A
// conversation of the kind `assistant` is there to ask, and only `enabled: false` switches it off.
bool may_be_asked(ChatKind kind, const std::optional<AssistantSettings>& settings);

// Whether a text calls the assistant: `@assistant` outside of code.
bool mentions_assistant(std::string_view text);

}  // namespace loquat::chat
