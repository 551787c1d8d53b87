#pragma once
#include <optional>
#include <string_view>

#include "runtime/rights/audit_trail.hpp"

namespace loquat::chat {

// What a caller did to a conversation, to `subject` in it, or to the conversation itself.
void note_act(runtime::AuditTrail& audit, const contracts::Caller& caller, std::string_view action,
              const ChatId& chat, const std::optional<Uuid>& subject = std::nullopt);

}  // namespace loquat::chat
