#include "services/auth/adapters/sql_keys.hpp"

#include <algorithm>

namespace loquat::auth {
namespace {

using store::Row;
using store::Transaction;

std::vector<RingKey> read_keys(Transaction& transaction) {
    std::vector<RingKey> keys;
    for (const Row row : transaction.query(
             "SELECT private_pem, created_at, active_from, kid FROM signing_keys ORDER BY "
             "active_from, created_at")) {
        try {
            keys.push_back({net::jose::Key::from_pem(row.text(0)), from_unix_ms(row.integer(1)),
                            from_unix_ms(row.integer(2))});
        } catch (const Failure& failure) {
            throw Failure{Kind::unavailable, "auth.keys_unusable",
                          "The signing key " + row.text(3) +
                              " in the database cannot be used: " + failure.message + "."};
        }
    }
    return keys;
}

std::vector<std::string> names_of(const std::vector<RingKey>& keys) {
    std::vector<std::string> names;
    for (const RingKey& one : keys) {
        names.push_back(one.key.kid());
    }
    std::ranges::sort(names);
    return names;
}

}  // namespace

Task<std::vector<RingKey>> SqlKeys::load() {
    auto work = [](Transaction& transaction) { return read_keys(transaction); };
    std::vector<RingKey> keys = co_await database_.read(work);
    if (!keys.empty()) {
        co_return keys;
    }
    std::vector<RingKey> before = co_await before_.load();
    if (before.empty()) {
        co_return before;
    }
    co_return co_await replace({}, std::move(before));
}

// Who writes takes turns: nobody comes between what is read and what is written.
Task<std::vector<RingKey>> SqlKeys::replace(std::vector<RingKey> known, std::vector<RingKey> keys) {
    auto work = [known = names_of(known), keys = std::move(keys)](Transaction& transaction) {
        std::vector<RingKey> kept = read_keys(transaction);
        if (names_of(kept) != known) {
            return kept;
        }
        transaction.execute("DELETE FROM signing_keys");
        for (const RingKey& one : keys) {
            transaction.execute(
                "INSERT INTO signing_keys (kid, created_at, active_from, private_pem) VALUES ($1, "
                "$2, $3, $4)",
                {one.key.kid(), one.created_at, one.active_from, one.key.to_private_pem()});
        }
        return keys;
    };
    co_return co_await database_.transact(std::move(work));
}

}  // namespace loquat::auth
