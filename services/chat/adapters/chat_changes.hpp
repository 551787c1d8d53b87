#pragma once
#include <span>

#include "services/chat/adapters/sql_chats.hpp"
#include "store/sql/database.hpp"

// Changes of conversations, and the feed that remembers the latest ones of memberships.
namespace loquat::chat {

// As ChatStore::change.
std::optional<Judged> change_in(store::Transaction& transaction, const ChatId& chat,
                                const Proposal& proposal, FeedRows feed);

// All members of a chat, ascending by user.
std::vector<MemberRecord> read_members(store::Transaction& transaction, const ChatId& chat);

std::vector<ChatVersion> read_versions(store::Transaction& transaction,
                                       std::span<const ChatId> chats);

bool is_at_limit(store::Transaction& transaction, const UserId& user, std::int64_t chats_max);

void note_membership(store::Transaction& transaction, const contracts::MembershipChange& change);
contracts::MembershipChanges read_feed(store::Transaction& transaction,
                                       const contracts::MembershipMark& after);

}  // namespace loquat::chat
