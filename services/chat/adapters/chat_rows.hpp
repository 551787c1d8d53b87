#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "services/chat/domain/records.hpp"
#include "services/chat/ports.hpp"
#include "store/sql/database.hpp"

// Rows <-> records.
namespace loquat::chat {

// members.listed_at is the time of the conversation's last activity.  With more members than these
// it is not moved with every message but `always_listed`.
inline constexpr std::int64_t listed_members_max = ChatStore::listed_members_max;
inline constexpr std::int64_t always_listed = INT64_MAX;

// The columns of `chats` in the order that `read_chat` expects.
inline constexpr std::string_view chat_columns =
    "id, kind, title, is_public, is_archived, assistant, pair_low, pair_high, created_at, "
    "active_at, member_count, title_seq, version";
ChatRecord read_chat(const store::Row& row);

std::optional<ChatRecord> find_chat(store::Transaction& transaction, const ChatId& id);
void insert_chat(store::Transaction& transaction, const ChatRecord& chat);
void insert_member(store::Transaction& transaction, const ChatId& chat, const MemberRecord& member);
void update_chat(store::Transaction& transaction, const ChatRecord& chat);
// After one came or went; `change` is 1 or -1.
void count_members(store::Transaction& transaction, const ChatId& chat, std::int64_t change);
// Only forward.
void move_activity(store::Transaction& transaction, const ChatId& chat, Time at);

// kind, role: as their names.
ChatKind read_kind(const std::string& name);
MemberRole read_role(const std::string& name);
std::optional<Pair> read_pair(const store::Row& row, std::size_t low, std::size_t high);

}  // namespace loquat::chat
