#include "services/chat/adapters/chat_places.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "services/chat/adapters/chat_rows.hpp"
#include "wire/codec.hpp"

namespace loquat::chat {
namespace {

using store::Row;
using store::Rows;
using store::Transaction;

Place read_place(const Row& row) {
    Place place;
    place.chat = row.id<ChatId>(0);
    place.kind = read_kind(row.text(1));
    place.title = row.text(2);
    place.is_archived = row.boolean(3);
    place.pair = read_pair(row, 4, 5);
    place.active_at = row.time(6);
    place.role = read_role(row.text(7));
    place.read_seq = row.integer(8);
    return place;
}

constexpr std::string_view place_columns =
    "SELECT m.chat_id, c.kind, c.title, c.is_archived, c.pair_low, c.pair_high, c.active_at, "
    "m.role, m.read_seq FROM members m JOIN chats c ON c.id = m.chat_id WHERE m.user_id = $1";
constexpr std::string_view place_filter =
    " AND (CAST($2 AS TEXT) IS NULL OR c.kind = $2)"
    " AND (CAST($3 AS BIGINT) IS NULL OR c.is_archived = $3)";

const std::string places_sql{place_columns};
const std::string place_in_sql = std::string{place_columns} + " AND m.chat_id = $2";
const std::string also_sql =
    std::string{place_columns} + std::string{place_filter} + " AND m.chat_id = $4";
const std::string large_places_sql =
    std::string{place_columns} + std::string{place_filter} + " AND m.listed_at = $4";
const std::string newest_places_sql =
    std::string{place_columns} + std::string{place_filter} +
    " AND (m.listed_at, m.chat_id) < ($4, $5) ORDER BY m.listed_at DESC, m.chat_id DESC LIMIT $6";

class PageReader {
  public:
    PageReader(Transaction& transaction, const PlaceQuery& query)
        : transaction_(transaction), query_(query) {
        if (query.kind) {
            kind_ = wire::enum_name(*query.kind);
        }
    }

    std::vector<Place> read() {
        add(transaction_.query(large_places_sql,
                               {query_.user, kind_, query_.is_archived, always_listed}));
        for (const ChatId& chat : query_.also) {
            add(transaction_.query(also_sql, {query_.user, kind_, query_.is_archived, chat}));
        }
        // Some of the newest may be among `also` and belong to another page.
        const std::size_t limit = query_.limit + query_.also.size();
        if (query_.after) {
            read_newest(to_unix_ms(query_.after->active_at), query_.after->chat, limit);
        } else {
            read_newest(always_listed, ChatId{}, limit);
        }
        return std::move(places_);
    }

  private:
    void read_newest(std::int64_t before, const ChatId& chat, std::size_t limit) {
        add(transaction_.query(newest_places_sql,
                               {query_.user, kind_, query_.is_archived, before, chat, limit}));
    }

    void add(const Rows& rows) {
        for (const Row row : rows) {
            if (seen_.insert(row.id<ChatId>(0)).second) {
                places_.push_back(read_place(row));
            }
        }
    }

    Transaction& transaction_;
    const PlaceQuery& query_;
    std::optional<std::string> kind_;
    std::unordered_set<ChatId> seen_;
    std::vector<Place> places_;
};

}  // namespace

std::vector<Place> read_places(Transaction& transaction, const UserId& user) {
    std::vector<Place> places;
    for (const Row row : transaction.query(places_sql, {user})) {
        places.push_back(read_place(row));
    }
    return places;
}

std::vector<Place> read_page(Transaction& transaction, const PlaceQuery& query) {
    return PageReader{transaction, query}.read();
}

std::vector<Place> read_places_in(Transaction& transaction, const UserId& user,
                                  const std::vector<ChatId>& chats) {
    std::vector<Place> places;
    for (const ChatId& chat : chats) {
        for (const Row row : transaction.query(place_in_sql, {user, chat})) {
            places.push_back(read_place(row));
        }
    }
    return places;
}

}  // namespace loquat::chat
