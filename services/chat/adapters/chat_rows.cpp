#include "services/chat/adapters/chat_rows.hpp"

#include "base/text.hpp"
#include "wire/codec.hpp"

namespace loquat::chat {
namespace {

template <class Enum>
Enum read_enum(const std::string& name) {
    const auto found = wire::find_enum<Enum>(name);
    if (!found) {
        throw Failure{Kind::internal, "store.unexpected_type",
                      "The stored data is not as expected.", "unknown name " + name};
    }
    return *found;
}

std::optional<std::string> write_assistant(const ChatRecord& chat) {
    return chat.assistant ? std::optional{wire::encode(*chat.assistant)} : std::nullopt;
}

}  // namespace

ChatKind read_kind(const std::string& name) { return read_enum<ChatKind>(name); }
MemberRole read_role(const std::string& name) { return read_enum<MemberRole>(name); }

std::optional<Pair> read_pair(const store::Row& row, std::size_t low, std::size_t high) {
    return row.is_null(low) ? std::nullopt
                            : std::optional{Pair{row.id<UserId>(low), row.id<UserId>(high)}};
}

ChatRecord read_chat(const store::Row& row) {
    ChatRecord chat;
    chat.id = row.id<ChatId>(0);
    chat.kind = read_kind(row.text(1));
    chat.title = row.text(2);
    chat.visibility = row.boolean(3) ? Visibility::everyone : Visibility::only_members;
    chat.is_archived = row.boolean(4);
    if (!row.is_null(5)) {
        chat.assistant = wire::from_json<AssistantSettings>(row.text(5));
    }
    chat.pair = read_pair(row, 6, 7);
    chat.created_at = row.time(8);
    chat.active_at = row.time(9);
    chat.member_count = row.integer(10);
    return chat;
}

std::optional<ChatRecord> find_chat(store::Transaction& transaction, const ChatId& id) {
    static const std::string sql =
        "SELECT " + std::string{chat_columns} + " FROM chats WHERE id = $1";
    const store::Rows rows = transaction.query(sql, {id});
    return rows.empty() ? std::nullopt : std::optional{read_chat(rows.front())};
}

void insert_chat(store::Transaction& transaction, const ChatRecord& chat) {
    const auto assistant = write_assistant(chat);
    const std::string folded = to_lower_ascii(chat.title);
    const auto low = chat.pair ? std::optional{chat.pair->low} : std::nullopt;
    const auto high = chat.pair ? std::optional{chat.pair->high} : std::nullopt;
    transaction.execute(
        "INSERT INTO chats (id, kind, title, title_folded, is_public, is_archived, assistant, "
        "pair_low, pair_high, "
        "created_at, active_at, member_count) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, "
        "$11, $12)",
        {chat.id, wire::enum_name(chat.kind), chat.title, folded,
         chat.visibility == Visibility::everyone, chat.is_archived, assistant, low, high,
         chat.created_at, chat.active_at, chat.member_count});
}

void update_chat(store::Transaction& transaction, const ChatRecord& chat) {
    const auto assistant = write_assistant(chat);
    const std::string folded = to_lower_ascii(chat.title);
    transaction.execute(
        "UPDATE chats SET title = $2, title_folded = $3, is_public = $4, is_archived = $5, "
        "assistant = $6, "
        "active_at = CASE WHEN active_at < $7 THEN $7 ELSE active_at END WHERE id = $1",
        {chat.id, chat.title, folded, chat.visibility == Visibility::everyone, chat.is_archived,
         assistant, chat.active_at});
}

void insert_member(store::Transaction& transaction, const ChatId& chat,
                   const MemberRecord& member) {
    transaction.execute(
        "INSERT INTO members (chat_id, user_id, role, joined_at, read_seq) VALUES ($1, $2, $3, $4, "
        "$5)",
        {chat, member.user, wire::enum_name(member.role), member.joined_at, member.read_seq});
}

}  // namespace loquat::chat
