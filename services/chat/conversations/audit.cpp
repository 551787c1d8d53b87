#include "services/chat/conversations/audit.hpp"

namespace loquat::chat {

void note_act(runtime::AuditTrail& audit, const contracts::Caller& caller, std::string_view action,
              const ChatId& chat, const std::optional<Uuid>& subject) {
    std::string path = chat.to_string();
    if (subject) {
        path += '/' + subject->to_string();
    }
    audit.note(caller, {.action = action, .subject = std::move(path)});
}

}  // namespace loquat::chat
