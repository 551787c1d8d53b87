#pragma once
#include <tuple>

#include "base/ids.hpp"
#include "contracts/events/topic.hpp"

// All topics of the log and of the broadcast, and what is told under them.
namespace loquat::contracts {

struct AuditRecord;
struct ChangedEvent;
struct DeadRecord;
struct MessageRecord;
struct OutcomeEvent;
struct PeopleEvent;
struct Revocation;
struct RoomEvent;
struct StoredEvent;
struct TokenKeys;
struct UsageRecord;
struct UserEvent;
struct UserList;

namespace records {

// Key: the chat's id as text.
inline constexpr Record<MessageRecord> messages{"chat.messages", 2};
// Key: the user's id as text.
inline constexpr Record<UsageRecord> usage{"usage.events", 1};
// Key: the action.
inline constexpr Record<AuditRecord> audit{"audit.events", 1};
// Those of each that cannot be stored; keys as they were.
inline constexpr Record<DeadRecord> messages_dead{"chat.messages.dead", 1};
// The same of usage.
inline constexpr Record<DeadRecord> usage_dead{"usage.events.dead", 1};
// The same of audit.
inline constexpr Record<DeadRecord> audit_dead{"audit.events.dead", 1};

inline constexpr std::tuple all{messages, usage, audit, messages_dead, usage_dead, audit_dead};

}  // namespace records

namespace topics {

// What happens in a conversation, for who follows it.
inline constexpr Topic<RoomEvent, ChatId> chat_room{"chat.room.{chat}"};
// Each change of a message, so that lists of conversations stay fresh.
inline constexpr Topic<StoredEvent> chat_stored{"chat.stored"};
// A conversation, its members or their roles changed: for the instances of chat that keep it in
// memory.
inline constexpr Topic<ChangedEvent> chat_changed{"chat.changed"};
// What became of records, for the process that appended them and waits.
inline constexpr Topic<OutcomeEvent, std::string_view> chat_outcome{"chat.outcome.{origin}"};
// An event for one person's own queues.
inline constexpr Topic<UserEvent, UserId> user{"user.{user}"};
// Events for several people's queue `presence`.
inline constexpr Topic<PeopleEvent> presence_told{"presence.told"};
// A right to act that has ended.
inline constexpr Topic<Revocation> auth_revoked{"auth.revoked"};
// The keys that verify access tokens; told before a new one signs.
inline constexpr Topic<TokenKeys> auth_keys{"auth.keys"};
// People whose names are others from now on, or who were disabled, enabled or removed.
inline constexpr Topic<UserList> auth_users{"auth.users"};

inline constexpr std::tuple all{chat_room,     chat_stored,  chat_changed, chat_outcome, user,
                                presence_told, auth_revoked, auth_keys,    auth_users};

}  // namespace topics

}  // namespace loquat::contracts
