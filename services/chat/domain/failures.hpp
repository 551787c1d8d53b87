#pragma once
#include "base/failure.hpp"

// The refusals of this service, each with its stable code.
namespace loquat::chat {

inline Failure chat_not_found() {
    return {Kind::not_found, "chat.not_found", "There is no such conversation."};
}
inline Failure not_a_member() {
    return {Kind::forbidden, "chat.not_a_member", "Join the room first."};
}
inline Failure forbidden(const char* message) {
    return {Kind::forbidden, "chat.forbidden", message};
}
inline Failure direct_is_fixed() {
    return {Kind::forbidden, "chat.direct_is_fixed",
            "A direct conversation always has the same two people and no settings."};
}
inline Failure archived() {
    return {Kind::forbidden, "chat.archived", "The conversation is archived and can only be read."};
}
inline Failure owner_cannot_leave() {
    return {Kind::forbidden, "chat.owner_cannot_leave",
            "Make another member the owner first, or delete the conversation."};
}
inline Failure member_limit() {
    return {Kind::conflict, "chat.member_limit", "The conversation has as many members as it can."};
}
inline Failure chat_limit() {
    return {Kind::conflict, "chat.chat_limit",
            "This person is in as many conversations as one can be."};
}
inline Failure member_not_found() {
    return {Kind::not_found, "chat.member_not_found", "This person is not in the conversation."};
}
inline Failure message_not_found() {
    return {Kind::not_found, "message.not_found", "There is no such message in this conversation."};
}
inline Failure message_deleted() {
    return {Kind::conflict, "message.deleted", "The message was deleted."};
}
inline Failure idempotency_conflict() {
    return {Kind::conflict, "request.idempotency_conflict",
            "This Idempotency-Key was used for another request."};
}
inline Failure client_id_conflict() {
    return {Kind::conflict, "message.client_id_conflict",
            "Another message was already sent with this client_id."};
}

}  // namespace loquat::chat
