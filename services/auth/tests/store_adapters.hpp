#pragma once
#include "services/auth/adapters/sql_schema.hpp"
#include "services/auth/adapters/sql_sessions.hpp"
#include "services/auth/adapters/sql_users.hpp"
#include "services/auth/domain/refresh_token.hpp"
#include "services/auth/tests/world.hpp"
#include "testing/database_place.hpp"

// A test of what every store promises, run for each adapter.
namespace loquat::auth {

struct MemoryAdapter {
    MemoryStore both;
    UserStore& users = both;
    SessionStore& sessions = both;
};

template <test::Keeping keeping>
struct SqlAdapter {
    test::DatabasePlace place{keeping};
    std::unique_ptr<store::Database> database =
        place.open({.name = "auth", .schema = sql_schema()});
    SqlUsers sql_users{*database};
    SqlSessions sql_sessions{*database};
    UserStore& users = sql_users;
    SessionStore& sessions = sql_sessions;
};

template <class Adapter>
struct Store : testing::Test {
    FakeClock clock;
    aio::Loop loop{"test"};
    Adapter adapter;
    UserStore& users = adapter.users;
    SessionStore& sessions = adapter.sessions;

    template <class T>
    T run(Task<T> task) {
        return run_to_end(loop, std::move(task));
    }

    Account account(std::string name, std::optional<std::string> email = std::nullopt) {
        return {.id = UserId::make(),
                .username = name,
                .display_name = name,
                .email = std::move(email),
                .created_at = clock.now(),
                .password_hash = "hash"};
    }
    Account added(std::string name) {
        Account one = account(std::move(name));
        one.role = run(users.add(one)).role;
        return one;
    }

    struct Open {
        Session session;
        RefreshToken token;
        SessionStore::Opened opened;
    };
    Open open(UserId user, std::int64_t version = 1, std::size_t per_user_max = 100) {
        const auto token = RefreshToken::make(SessionId::make());
        const Session session{.id = token.session,
                              .user_id = user,
                              .created_at = clock.now(),
                              .last_seen_at = clock.now(),
                              .expires_at = clock.now() + std::chrono::hours{24},
                              .ends_at = clock.now() + std::chrono::hours{48},
                              .user_agent = "agent",
                              .address = "192.0.2.1",
                              .family_hash = token.family_hash(),
                              .secret_hash = token.secret_hash()};
        const SessionStore::Opening opening{session, version, per_user_max,
                                            clock.now() + std::chrono::minutes{15}};
        return {session, token, run(sessions.open(opening))};
    }
    Rotated present(const RefreshToken& token, const std::string& nonce = make_nonce()) {
        return run(sessions.rotate({.session = token.session,
                                    .family_hash = token.family_hash(),
                                    .secret_hash = token.secret_hash(),
                                    .next_hash = token.successor(nonce).secret_hash(),
                                    .next_nonce = nonce},
                                   {}, clock.now(), clock.now() + std::chrono::minutes{15}));
    }
};

using Adapters = testing::Types<MemoryAdapter, SqlAdapter<test::Keeping::sqlite>,
                                SqlAdapter<test::Keeping::postgres>>;

}  // namespace loquat::auth
