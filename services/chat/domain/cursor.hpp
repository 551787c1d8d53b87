#pragma once
#include <string>
#include <string_view>

#include "services/chat/domain/records.hpp"

// Where the next page of a list begins.  Opaque to clients; what is not one of ours, or of another
// list, is refused as request.invalid for the field `cursor`.
namespace loquat::chat {

// One's own conversations: newest activity first, then by id.
struct ActivityCursor {
    Time active_at{};
    ChatId chat;
};
// Public rooms: by title without case, then by id.
struct TitleCursor {
    std::string folded_title;
    ChatId chat;
};

// The audit trail: newest first, then by id.
struct AuditCursor {
    Time at{};
    Uuid id;
};

std::string encode_cursor(const ActivityCursor& cursor);
std::string encode_cursor(const TitleCursor& cursor);
std::string encode_cursor(const AuditCursor& cursor);
// Members: by their id.
std::string encode_cursor(const UserId& last);

ActivityCursor decode_activity_cursor(std::string_view text);
TitleCursor decode_title_cursor(std::string_view text);
UserId decode_user_cursor(std::string_view text);
AuditCursor decode_audit_cursor(std::string_view text);

}  // namespace loquat::chat
