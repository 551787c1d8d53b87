#include "services/auth/adapters/sql_sessions.hpp"

#include "services/auth/adapters/account_rows.hpp"

namespace loquat::auth {
namespace {

#define LOQUAT_SESSION_COLUMNS                                                          \
    "id, user_id, created_at, last_seen_at, expires_at, ends_at, user_agent, address, " \
    "family_hash, secret_hash, previous_hash, nonce, rotated_at, reused_at"

using contracts::Revocation;

store::BlobView blob(const std::string& bytes) { return {bytes}; }

Session to_session(const store::Row& row) {
    return {.id = row.id<SessionId>(0),
            .user_id = row.id<UserId>(1),
            .created_at = row.time(2),
            .last_seen_at = row.time(3),
            .expires_at = row.time(4),
            .ends_at = row.time(5),
            .user_agent = row.text(6),
            .address = row.text(7),
            .family_hash = row.blob(8),
            .secret_hash = row.blob(9),
            .previous_hash = row.blob(10),
            .nonce = row.blob(11),
            .rotated_at = row.maybe_time(12),
            .reused_at = row.maybe_time(13)};
}

Revocation to_revocation(const store::Row& row) {
    return {.session_id = row.maybe_id<SessionId>(0),
            .user_id = row.maybe_id<UserId>(1),
            .before = row.maybe_time(2),
            .until = row.time(3)};
}

void insert_session(store::Transaction& transaction, const Session& session) {
    transaction.execute(
        "INSERT INTO sessions (" LOQUAT_SESSION_COLUMNS
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        {session.id, session.user_id, session.created_at, session.last_seen_at, session.expires_at,
         session.ends_at, session.user_agent, session.address, blob(session.family_hash),
         blob(session.secret_hash), blob(session.previous_hash), blob(session.nonce),
         session.rotated_at, session.reused_at});
}

Revocation end_session(store::Transaction& transaction, SessionId id, Time until) {
    const Revocation revocation{.session_id = id, .until = until};
    transaction.execute("DELETE FROM sessions WHERE id = $1", {id});
    insert_revocation(transaction, revocation);
    return revocation;
}

std::vector<Revocation> end_oldest(store::Transaction& transaction,
                                   const SessionStore::Opening& opening) {
    const store::Rows rows = transaction.query(
        "SELECT id FROM sessions WHERE user_id = $1 AND reused_at IS NULL "
        "ORDER BY last_seen_at DESC, id DESC LIMIT 1000 OFFSET $2",
        {opening.session.user_id, opening.per_user_max - 1});
    std::vector<Revocation> ended;
    for (const store::Row row : rows) {
        ended.push_back(end_session(transaction, row.id<SessionId>(0), opening.revoked_until));
    }
    return ended;
}

void store_rotation(store::Transaction& transaction, const Session& session) {
    transaction.execute(
        "UPDATE sessions SET last_seen_at = $2, expires_at = $3, secret_hash = $4, "
        "previous_hash = $5, nonce = $6, rotated_at = $7, reused_at = $8 WHERE id = $1",
        {session.id, session.last_seen_at, session.expires_at, blob(session.secret_hash),
         blob(session.previous_hash), blob(session.nonce), session.rotated_at, session.reused_at});
}

}  // namespace

void insert_revocation(store::Transaction& transaction, const Revocation& revocation) {
    transaction.execute(
        "INSERT INTO revocations (id, session_id, user_id, before_at, until_at) "
        "VALUES ($1, $2, $3, $4, $5)",
        {Uuid::make(), revocation.session_id, revocation.user_id, revocation.before,
         revocation.until});
}

std::vector<Revocation> end_sessions(store::Transaction& transaction, const Ending& ending) {
    const store::Rows rows = transaction.query(
        "SELECT id FROM sessions WHERE user_id = $1 AND reused_at IS NULL", {ending.user});
    std::vector<Revocation> ended;
    for (const store::Row row : rows) {
        const auto id = row.id<SessionId>(0);
        const bool is_meant =
            (!ending.only || *ending.only == id) && (!ending.except || *ending.except != id);
        if (is_meant) {
            ended.push_back(end_session(transaction, id, ending.revoked_until));
        }
    }
    if (ending.old_tokens) {
        ended.push_back(ending.old_tokens->revocation());
        insert_revocation(transaction, ended.back());
    }
    return ended;
}

Task<SessionStore::Opened> SqlSessions::open(Opening opening) {
    auto work = [opening = std::move(opening)](store::Transaction& transaction) -> Opened {
        const store::Rows current = transaction.query(
            "SELECT role FROM users WHERE id = $1 AND password_version = $2 AND "
            "state = 'active'",
            {opening.session.user_id, opening.password_version});
        if (current.empty()) {
            return {};
        }
        Opened opened{.is_open = true,
                      .role = to_role(current.front().text(0)),
                      .ended = end_oldest(transaction, opening)};
        insert_session(transaction, opening.session);
        return opened;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<Rotated> SqlSessions::rotate(Presented presented, SessionRules rules, Time now,
                                  Time revoked_until) {
    auto work = [presented = std::move(presented), rules, now,
                 revoked_until](store::Transaction& transaction) -> Rotated {
        const store::Rows rows = transaction.query(
            "SELECT " LOQUAT_SESSION_COLUMNS " FROM sessions WHERE id = $1", {presented.session});
        if (rows.empty()) {
            return {};
        }
        Rotated rotated{.session = to_session(rows.front())};
        rotated.rotation = auth::rotate(rotated.session, presented, rules, now);
        if (rotated.rotation == Rotation::rotated || rotated.rotation == Rotation::reused) {
            store_rotation(transaction, rotated.session);
        }
        if (rotated.rotation == Rotation::reused) {
            insert_revocation(transaction,
                              {.session_id = rotated.session.id, .until = revoked_until});
        }
        return rotated;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<std::vector<Session>> SqlSessions::list(UserId user, Time now) {
    std::vector<store::Value> params{user, now};
    const store::Rows rows = co_await database_.query(
        "SELECT " LOQUAT_SESSION_COLUMNS
        " FROM sessions WHERE user_id = $1 AND expires_at > $2 AND reused_at IS NULL "
        "ORDER BY last_seen_at DESC, id DESC",
        std::move(params));
    std::vector<Session> all;
    for (const store::Row row : rows) {
        all.push_back(to_session(row));
    }
    co_return all;
}

Task<std::vector<Revocation>> SqlSessions::end(Ending ending) {
    auto work = [ending](store::Transaction& transaction) {
        return end_sessions(transaction, ending);
    };
    co_return co_await database_.transact(std::move(work));
}

Task<void> SqlSessions::add_revocation(Revocation revocation) {
    auto work = [revocation](store::Transaction& transaction) {
        insert_revocation(transaction, revocation);
    };
    co_await database_.transact(std::move(work));
}

Task<std::vector<Revocation>> SqlSessions::list_revocations(Time now) {
    std::vector<store::Value> params{now};
    const store::Rows rows = co_await database_.query(
        "SELECT session_id, user_id, before_at, until_at FROM revocations WHERE until_at > $1 "
        "ORDER BY id",
        std::move(params));
    std::vector<Revocation> all;
    for (const store::Row row : rows) {
        all.push_back(to_revocation(row));
    }
    co_return all;
}

Task<void> SqlSessions::clean_up(Time now, std::size_t rows_max) {
    auto work = [now, rows_max](store::Transaction& transaction) {
        transaction.execute(
            "DELETE FROM sessions WHERE id IN "
            "(SELECT id FROM sessions WHERE expires_at <= $1 LIMIT $2)",
            {now, rows_max});
        transaction.execute(
            "DELETE FROM revocations WHERE id IN "
            "(SELECT id FROM revocations WHERE until_at <= $1 LIMIT $2)",
            {now, rows_max});
        transaction.execute("DELETE FROM done_requests WHERE done_at <= $1",
                            {now - UserStore::done_kept});
    };
    co_await database_.transact(std::move(work));
}

}  // namespace loquat::auth
