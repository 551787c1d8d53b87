#include "services/chat/adapters/chat_rows.hpp"

#include "services/chat/domain/folded_title.hpp"
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

std::int64_t listing_of(Time active_at, std::int64_t member_count) {
    return member_count <= listed_members_max ? to_unix_ms(active_at) : always_listed;
}

struct Standing {
    std::int64_t member_count = 0;
    Time active_at{};
};

std::optional<Standing> find_standing(store::Transaction& transaction, const ChatId& chat) {
    const store::Rows rows =
        transaction.query("SELECT member_count, active_at FROM chats WHERE id = $1", {chat});
    return rows.empty() ? std::nullopt
                        : std::optional{Standing{rows.front().integer(0), rows.front().time(1)}};
}

void list_anew(store::Transaction& transaction, const ChatId& chat, const Standing& standing) {
    transaction.execute("UPDATE members SET listed_at = $2 WHERE chat_id = $1",
                        {chat, listing_of(standing.active_at, standing.member_count)});
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
    chat.title_seq = row.integer(11);
    chat.version = row.integer(12);
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
    const std::string folded = folded_title(chat.title);
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
    const std::string folded = folded_title(chat.title);
    transaction.execute(
        "UPDATE chats SET title = $2, title_folded = $3, is_public = $4, is_archived = $5, "
        "assistant = $6, title_seq = $7 WHERE id = $1",
        {chat.id, chat.title, folded, chat.visibility == Visibility::everyone, chat.is_archived,
         assistant, chat.title_seq});
    move_activity(transaction, chat.id, chat.active_at);
}

void move_activity(store::Transaction& transaction, const ChatId& chat, Time at) {
    auto standing = find_standing(transaction, chat);
    if (!standing || standing->active_at >= at) {
        return;
    }
    transaction.execute("UPDATE chats SET active_at = $2 WHERE id = $1", {chat, at});
    standing->active_at = at;
    if (standing->member_count <= listed_members_max) {
        list_anew(transaction, chat, *standing);
    }
}

void count_members(store::Transaction& transaction, const ChatId& chat, std::int64_t change) {
    transaction.execute("UPDATE chats SET member_count = member_count + $2 WHERE id = $1",
                        {chat, change});
    const auto standing = find_standing(transaction, chat);
    const std::int64_t before = standing ? standing->member_count - change : 0;
    const bool crosses = standing && (before <= listed_members_max) !=
                                         (standing->member_count <= listed_members_max);
    if (crosses) {
        list_anew(transaction, chat, *standing);
    }
}

void insert_member(store::Transaction& transaction, const ChatId& chat,
                   const MemberRecord& member) {
    transaction.execute(
        "INSERT INTO members (chat_id, user_id, role, joined_at, read_seq, listed_at) "
        "SELECT $1, $2, $3, $4, $5, CASE WHEN member_count <= $6 THEN active_at ELSE $7 END "
        "FROM chats WHERE id = $1",
        {chat, member.user, wire::enum_name(member.role), member.joined_at, member.read_seq,
         listed_members_max, always_listed});
}

}  // namespace loquat::chat
