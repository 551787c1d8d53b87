#include "services/chat/adapters/sql_chats.hpp"

#include "base/failure.hpp"
#include "services/chat/adapters/chat_changes.hpp"
#include "services/chat/adapters/chat_places.hpp"
#include "services/chat/adapters/chat_rows.hpp"
#include "wire/codec.hpp"

namespace loquat::chat {
namespace {

using store::Row;
using store::Rows;
using store::Transaction;

using ClaimId = Id<struct ClaimTag>;

// The answer to a creation that was done before, or must not be done.
std::optional<Created> find_earlier(Transaction& transaction, const NewChat& made) {
    if (!made.creation_key.empty()) {
        const Rows keys = transaction.query(
            "SELECT request_hash, chat_id FROM creation_keys WHERE user_id = $1 AND creation_key = "
            "$2",
            {made.creator, made.creation_key});
        if (!keys.empty()) {
            const bool is_same =
                keys.front().integer(0) == static_cast<std::int64_t>(made.request_hash);
            return Created{is_same ? CreateOutcome::key_known : CreateOutcome::key_conflict,
                           keys.front().id<ChatId>(1),
                           {}};
        }
    }
    if (made.chat.pair) {
        const Rows pairs =
            transaction.query("SELECT id FROM chats WHERE pair_low = $1 AND pair_high = $2",
                              {made.chat.pair->low, made.chat.pair->high});
        if (!pairs.empty()) {
            return Created{CreateOutcome::pair_exists, pairs.front().id<ChatId>(0), {}};
        }
    }
    for (const MemberRecord& member : made.members) {
        if (is_at_limit(transaction, member.user, made.chats_per_user_max)) {
            return Created{CreateOutcome::chat_limit, {}, member.user};
        }
    }
    return std::nullopt;
}

// The oldest beyond the number go.
void keep_newest(Transaction& transaction, std::string_view table, const UserId& user) {
    const std::string sql = "DELETE FROM " + std::string{table} +
                            " WHERE user_id = $1 AND created_at <= (SELECT created_at FROM " +
                            std::string{table} +
                            " WHERE user_id = $1 ORDER BY created_at DESC LIMIT 1 OFFSET $2)";
    transaction.execute(sql, {user, ChatStore::keys_per_user_max});
}

Claim claim_in(Transaction& transaction, const RequestKey& key, Time at) {
    const auto hash = static_cast<std::int64_t>(key.request_hash);
    const Rows rows = transaction.query(
        "SELECT request_hash, claim FROM request_keys WHERE user_id = $1 AND operation = $2 AND "
        "request_key = $3",
        {key.user, key.operation, key.key});
    if (!rows.empty()) {
        return {rows.front().integer(0) == hash, rows.front().id<ClaimId>(1).uuid};
    }
    const ClaimId claim = ClaimId::make();
    transaction.execute(
        "INSERT INTO request_keys (user_id, operation, request_key, request_hash, claim, "
        "created_at) VALUES ($1, $2, $3, $4, $5, $6)",
        {key.user, key.operation, key.key, hash, claim, at});
    keep_newest(transaction, "request_keys", key.user);
    return {true, claim.uuid};
}

void remember_key(Transaction& transaction, const NewChat& made, const ChatId& chat) {
    if (!made.creation_key.empty()) {
        transaction.execute(
            "INSERT INTO creation_keys (user_id, creation_key, request_hash, chat_id, created_at) "
            "VALUES ($1, $2, $3, $4, $5)",
            {made.creator, made.creation_key, static_cast<std::int64_t>(made.request_hash), chat,
             made.chat.created_at});
        keep_newest(transaction, "creation_keys", made.creator);
    }
}

Created create_in(Transaction& transaction, const NewChat& made, FeedRows feed) {
    if (const auto earlier = find_earlier(transaction, made)) {
        if (earlier->outcome == CreateOutcome::pair_exists) {
            remember_key(transaction, made, earlier->chat);
        }
        return *earlier;
    }
    insert_chat(transaction, made.chat);
    for (const MemberRecord& member : made.members) {
        insert_member(transaction, made.chat.id, member);
        if (feed == FeedRows::kept) {
            note_membership(transaction, {made.chat.id, member.user, true});
        }
    }
    remember_key(transaction, made, made.chat.id);
    return {CreateOutcome::created, made.chat.id, {}};
}

std::string to_pattern(std::string_view part) {
    std::string pattern = "%";
    for (const char c : part) {
        if (c == '%' || c == '_' || c == '\\') {
            pattern.push_back('\\');
        }
        pattern.push_back(c);
    }
    return pattern + "%";
}

class SqlChats final : public ChatStore {
  public:
    SqlChats(store::Database& database, FeedRows feed) : database_(database), feed_(feed) {}

    Task<Created> create(NewChat made) override {
        // Where several can write at once, the other one may win: then look again.
        constexpr int attempts = 3;
        for (int attempt = 1;; ++attempt) {
            std::optional<Created> created;
            try {
                created =
                    co_await database_.transact([made, feed = feed_](Transaction& transaction) {
                        return create_in(transaction, made, feed);
                    });
            } catch (const store::ConstraintFailure&) {
                if (attempt == attempts) {
                    throw;
                }
            }
            if (created) {
                co_return *created;
            }
        }
    }

    Task<std::optional<LoadedChat>> load(ChatId id) override {
        auto work = [id](Transaction& transaction) -> std::optional<LoadedChat> {
            auto chat = find_chat(transaction, id);
            if (!chat) {
                return std::nullopt;
            }
            LoadedChat loaded{std::move(*chat), read_members(transaction, id)};
            return loaded;
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<std::vector<ChatRecord>> list_by_id(std::vector<ChatId> ids) override {
        auto work = [ids = std::move(ids)](Transaction& transaction) {
            std::vector<ChatRecord> chats;
            for (const ChatId& id : ids) {
                if (auto chat = find_chat(transaction, id)) {
                    chats.push_back(std::move(*chat));
                }
            }
            return chats;
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<std::vector<Place>> list_places(UserId user) override {
        auto work = [user](Transaction& transaction) { return read_places(transaction, user); };
        co_return co_await database_.read(work);
    }

    Task<Time> find_newest_activity() override {
        auto work = [](Transaction& transaction) {
            const Rows rows =
                transaction.query("SELECT COALESCE(MAX(active_at), 0) FROM chats", {});
            return rows.empty() ? Time{} : rows.front().time(0);
        };
        co_return co_await database_.read(work);
    }

    Task<std::vector<Place>> list_page(PlaceQuery query) override {
        auto work = [query = std::move(query)](Transaction& transaction) {
            return read_page(transaction, query);
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<std::vector<Place>> list_places_in(UserId user, std::vector<ChatId> chats) override {
        auto work = [user, chats = std::move(chats)](Transaction& transaction) {
            return read_places_in(transaction, user, chats);
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<std::vector<ChatRecord>> list_rooms(RoomQuery query) override {
        auto work = [query = std::move(query)](Transaction& transaction) {
            static const std::string sql =
                "SELECT " + std::string{chat_columns} +
                " FROM chats WHERE is_public = 1 AND is_archived = 0 AND (title_folded, id) > ($1, "
                "$2) "
                "AND title_folded LIKE $3 ESCAPE '\\' ORDER BY title_folded, id LIMIT $4";
            const TitleCursor after = query.after.value_or(TitleCursor{});
            const std::string pattern = to_pattern(query.folded_query);
            std::vector<ChatRecord> chats;
            for (const Row row :
                 transaction.query(sql, {after.folded_title, after.chat, pattern, query.limit})) {
                chats.push_back(read_chat(row));
            }
            return chats;
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<std::vector<UserId>> filter_peers(UserId user, std::vector<UserId> others) override {
        auto work = [user, others = std::move(others)](Transaction& transaction) {
            std::vector<UserId> peers;
            for (const UserId& other : others) {
                const Rows rows = transaction.query(
                    "SELECT 1 FROM members theirs WHERE theirs.user_id = $2 AND EXISTS (SELECT 1 "
                    "FROM members mine WHERE mine.chat_id = theirs.chat_id AND mine.user_id = $1) "
                    "LIMIT 1",
                    {user, other});
                if (!rows.empty()) {
                    peers.push_back(other);
                }
            }
            return peers;
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<std::vector<std::vector<ChatId>>> list_memberships(std::vector<UserId> users) override {
        auto work = [users = std::move(users)](Transaction& transaction) {
            std::vector<std::vector<ChatId>> all;
            all.reserve(users.size());
            for (const UserId& user : users) {
                std::vector<ChatId>& chats = all.emplace_back();
                for (const Row row :
                     transaction.query("SELECT chat_id FROM members WHERE user_id = $1", {user})) {
                    chats.push_back(row.id<ChatId>(0));
                }
            }
            return all;
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<std::optional<Judged>> change(ChatId chat, Proposal proposal) override {
        auto work = [chat, proposal = std::move(proposal), feed = feed_](Transaction& transaction) {
            return change_in(transaction, chat, proposal, feed);
        };
        co_return co_await database_.transact(std::move(work));
    }

    Task<std::vector<ChatVersion>> list_versions(std::vector<ChatId> chats) override {
        auto work = [chats = std::move(chats)](Transaction& transaction) {
            return read_versions(transaction, chats);
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<contracts::MembershipChanges> list_membership_changes(
        contracts::MembershipMark mark) override {
        auto work = [mark = std::move(mark)](Transaction& transaction) {
            return read_feed(transaction, mark);
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<void> move_marker(Seat seat, std::int64_t read_seq) override {
        auto work = [seat, read_seq](Transaction& transaction) {
            move_in(transaction, seat, read_seq);
        };
        co_await database_.transact(std::move(work));
    }

    Task<void> save_progress(Progress progress) override {
        auto work = [progress = std::move(progress)](Transaction& transaction) {
            for (const Progress::Activity& activity : progress.activities) {
                move_activity(transaction, activity.chat, activity.at);
            }
            for (const Progress::Marker& marker : progress.markers) {
                move_in(transaction, marker.seat, marker.read_seq);
            }
        };
        co_await database_.transact(std::move(work));
    }

    Task<std::optional<ChatId>> find_creation(UserId user, std::string creation_key) override {
        auto work = [user, key = std::move(creation_key)](
                        Transaction& transaction) -> std::optional<ChatId> {
            const Rows rows = transaction.query(
                "SELECT chat_id FROM creation_keys WHERE user_id = $1 AND creation_key = $2",
                {user, key});
            return rows.empty() ? std::nullopt : std::optional{rows.front().id<ChatId>(0)};
        };
        co_return co_await database_.read(std::move(work));
    }

    Task<Claim> claim_key(RequestKey key, Time at) override {
        auto work = [key = std::move(key), at](Transaction& transaction) {
            return claim_in(transaction, key, at);
        };
        co_return co_await database_.transact(std::move(work));
    }

    Task<void> forget_keys(Time before) override {
        auto work = [before](Transaction& transaction) {
            transaction.execute("DELETE FROM request_keys WHERE created_at < $1", {before});
            transaction.execute("DELETE FROM creation_keys WHERE created_at < $1", {before});
        };
        co_await database_.transact(std::move(work));
    }

  private:
    static void move_in(Transaction& transaction, const Seat& seat, std::int64_t read_seq) {
        transaction.execute(
            "UPDATE members SET read_seq = $3 WHERE chat_id = $1 AND user_id = $2 AND read_seq < "
            "$3",
            {seat.chat, seat.user, read_seq});
    }

    store::Database& database_;
    FeedRows feed_;
};

}  // namespace

std::unique_ptr<ChatStore> make_sql_chats(store::Database& database, FeedRows feed) {
    return std::make_unique<SqlChats>(database, feed);
}

}  // namespace loquat::chat
