#include "services/chat/adapters/chat_changes.hpp"

#include "services/chat/adapters/chat_rows.hpp"
#include "services/chat/domain/failures.hpp"
#include "services/chat/domain/membership_feed.hpp"
#include "wire/codec.hpp"

namespace loquat::chat {
namespace {

using store::Row;
using store::Rows;
using store::Transaction;

constexpr std::int64_t feed_rows_max = MembershipFeed::changes_max;
// How many more there may be before the oldest are forgotten together.
constexpr std::int64_t forgotten_at_once = 1'024;
constexpr std::size_t versions_asked_at_once = 32;

MemberRecord read_member(const Row& row) {
    return {row.id<UserId>(0), read_role(row.text(1)), row.time(2), row.integer(3)};
}

std::vector<MemberRecord> find_members(Transaction& transaction, const ChatId& chat,
                                       std::vector<UserId> people) {
    std::ranges::sort(people);
    const auto repeats = std::ranges::unique(people);
    people.erase(repeats.begin(), repeats.end());
    std::vector<MemberRecord> members;
    for (const UserId& user : people) {
        const Rows rows = transaction.query(
            "SELECT user_id, role, joined_at, read_seq FROM members WHERE chat_id = $1 AND user_id "
            "= $2",
            {chat, user});
        if (!rows.empty()) {
            members.push_back(read_member(rows.front()));
        }
    }
    return members;
}

void remove_chat(Transaction& transaction, const ChatId& chat) {
    transaction.execute("DELETE FROM members WHERE chat_id = $1", {chat});
    transaction.execute("DELETE FROM chats WHERE id = $1", {chat});
}

void add_newcomer(Transaction& transaction, const ChatId& chat, const ChatChange& change) {
    if (is_at_limit(transaction, change.newcomer->user, change.chats_per_user_max)) {
        throw chat_limit();
    }
    insert_member(transaction, chat, *change.newcomer);
    count_members(transaction, chat, 1);
}

void remove_leaver(Transaction& transaction, const ChatId& chat, const UserId& user) {
    const std::int64_t removed = transaction.execute(
        "DELETE FROM members WHERE chat_id = $1 AND user_id = $2", {chat, user});
    if (removed > 0) {
        count_members(transaction, chat, -1);
    }
}

void apply(Transaction& transaction, const ChatId& chat, const ChatChange& change) {
    if (change.settings) {
        update_chat(transaction, *change.settings);
    }
    if (change.newcomer) {
        add_newcomer(transaction, chat, change);
    }
    for (const MemberRecord& member : change.roles) {
        transaction.execute("UPDATE members SET role = $3 WHERE chat_id = $1 AND user_id = $2",
                            {chat, member.user, wire::enum_name(member.role)});
    }
    if (change.leaver) {
        remove_leaver(transaction, chat, *change.leaver);
    }
}

void note_all(Transaction& transaction, const ChatId& chat, const ChatChange& change) {
    if (change.is_end) {
        note_membership(transaction, {chat, std::nullopt, false});
        return;
    }
    if (change.newcomer) {
        note_membership(transaction, {chat, change.newcomer->user, true});
    }
    if (change.leaver) {
        note_membership(transaction, {chat, *change.leaver, false});
    }
}

// The row of the feed orders those who write to it.
std::int64_t next_number(Transaction& transaction) {
    const Rows rows = transaction.query(
        "UPDATE membership_feed SET last_number = last_number + 1 WHERE id = 1 RETURNING "
        "last_number",
        {});
    if (!rows.empty()) {
        return rows.front().integer(0);
    }
    const std::string name = Uuid::make().to_string();
    transaction.execute("INSERT INTO membership_feed (id, name, last_number) VALUES (1, $1, 1)",
                        {name});
    return 1;
}

}  // namespace

// The row is locked by a statement of its own: what the next ones read is then the newest.
std::optional<Judged> change_in(Transaction& transaction, const ChatId& chat,
                                const Proposal& proposal, FeedRows feed) {
    if (transaction.execute("UPDATE chats SET version = version WHERE id = $1", {chat}) == 0) {
        return std::nullopt;
    }
    Judged judged;
    judged.before.chat = *find_chat(transaction, chat);
    judged.before.members = proposal.asks_everybody
                                ? read_members(transaction, chat)
                                : find_members(transaction, chat, proposal.people);
    judged.change = proposal.judge(judged.before);
    judged.version = judged.before.chat.version;
    if (judged.change.is_none()) {
        return judged;
    }
    ++judged.version;
    if (judged.change.is_end) {
        remove_chat(transaction, chat);
    } else {
        apply(transaction, chat, judged.change);
        transaction.execute("UPDATE chats SET version = $2 WHERE id = $1", {chat, judged.version});
    }
    if (feed == FeedRows::kept) {
        note_all(transaction, chat, judged.change);
    }
    return judged;
}

std::vector<MemberRecord> read_members(Transaction& transaction, const ChatId& chat) {
    const Rows rows = transaction.query(
        "SELECT user_id, role, joined_at, read_seq FROM members WHERE chat_id = $1 ORDER BY "
        "user_id",
        {chat});
    std::vector<MemberRecord> members;
    members.reserve(rows.size());
    for (const Row row : rows) {
        members.push_back(read_member(row));
    }
    return members;
}

// One statement for any number, the last one repeated.
std::vector<ChatVersion> read_versions(Transaction& transaction, std::span<const ChatId> chats) {
    static const std::string sql = [] {
        std::string text = "SELECT id, version FROM chats WHERE id IN ($1";
        for (std::size_t i = 2; i <= versions_asked_at_once; ++i) {
            text += ", $" + std::to_string(i);
        }
        return text + ")";
    }();
    std::vector<ChatVersion> versions;
    while (!chats.empty()) {
        const auto part = chats.first(std::min(chats.size(), versions_asked_at_once));
        chats = chats.subspan(part.size());
        std::vector<store::Param> params{part.begin(), part.end()};
        params.resize(versions_asked_at_once, store::Param{part.back()});
        for (const Row row : transaction.query(sql, params)) {
            versions.push_back({row.id<ChatId>(0), row.integer(1)});
        }
    }
    return versions;
}

bool is_at_limit(Transaction& transaction, const UserId& user, std::int64_t chats_max) {
    const Rows rows = transaction.query("SELECT COUNT(*) FROM members WHERE user_id = $1", {user});
    return rows.front().integer(0) >= chats_max;
}

void note_membership(Transaction& transaction, const contracts::MembershipChange& change) {
    const std::int64_t number = next_number(transaction);
    transaction.execute(
        "INSERT INTO membership_changes (number, chat_id, user_id, is_member) VALUES ($1, $2, $3, "
        "$4)",
        {number, change.chat_id, change.user_id, change.is_member});
    if (number % forgotten_at_once == 0) {
        transaction.execute("DELETE FROM membership_changes WHERE number <= $1",
                            {number - feed_rows_max});
    }
}

contracts::MembershipChanges read_feed(Transaction& transaction,
                                       const contracts::MembershipMark& after) {
    contracts::MembershipChanges answer;
    const Rows feed =
        transaction.query("SELECT name, last_number FROM membership_feed WHERE id = 1", {});
    if (!feed.empty()) {
        answer.mark = {feed.front().text(0), feed.front().integer(1)};
    }
    const std::int64_t missing = answer.mark.number - after.number;
    answer.complete = answer.mark.feed == after.feed && missing >= 0 && missing <= feed_rows_max;
    if (!answer.complete || missing == 0) {
        return answer;
    }
    for (const Row row : transaction.query(
             "SELECT chat_id, user_id, is_member FROM membership_changes WHERE number > $1 ORDER "
             "BY number",
             {after.number})) {
        answer.items.push_back({row.id<ChatId>(0), row.maybe_id<UserId>(1), row.boolean(2)});
    }
    return answer;
}

}  // namespace loquat::chat
