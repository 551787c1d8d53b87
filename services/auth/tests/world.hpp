#pragma once
#include <gtest/gtest.h>

#include <algorithm>

#include "aio/run.hpp"
#include "net/jose/claims.hpp"
#include "net/jose/jws.hpp"
#include "services/auth/adapters/local_guesses.hpp"
#include "services/auth/adapters/memory_store.hpp"
#include "services/auth/administration.hpp"
#include "services/auth/auth.hpp"
#include "testing/failure_code.hpp"
#include "testing/world.hpp"

namespace loquat::auth {

using test::code_of;

// Readable hashes, and a count of how many were computed.
class FakePasswords final : public Passwords {
  public:
    Task<std::string> hash(std::string password) override {
        ++computed;
        co_return prefix + password;
    }
    Task<Verdict> verify(std::string password, std::string encoded) override {
        ++computed;
        const bool is_right = encoded.ends_with(":" + password);
        co_return Verdict{.is_right = is_right,
                          .is_outdated = is_right && !encoded.starts_with(prefix)};
    }
    const std::string& dummy() const override { return dummy_; }

    int computed = 0;
    std::string prefix = "v1:";

  private:
    std::string dummy_ = "no password ends like this";
};

class MemoryKeys final : public KeyStore {
  public:
    bool is_shared() const override { return is_with_others; }
    Task<std::vector<RingKey>> load() override { co_return kept; }
    Task<std::vector<RingKey>> replace(std::vector<RingKey> known,
                                       std::vector<RingKey> keys) override {
        if (fails) {
            throw Failure{Kind::unavailable, "auth.keys_unwritable", "The keys cannot be written."};
        }
        const auto is_same = [](const RingKey& a, const RingKey& b) {
            return a.key.kid() == b.key.kid();
        };
        if (std::ranges::equal(known, kept, is_same)) {
            kept = std::move(keys);
        }
        co_return kept;
    }

    std::vector<RingKey> kept;
    bool fails = false;
    bool is_with_others = false;
};

class RecordedFeed final : public RevocationFeed {
  public:
    void publish(const contracts::Revocation& revocation) override {
        published.push_back(revocation);
    }

    std::vector<contracts::Revocation> published;
};

class RecordedUsers final : public UserFeed {
  public:
    void publish(const contracts::UserList& users) override {
        published.insert(published.end(), users.items.begin(), users.items.end());
    }

    std::vector<contracts::PublicUser> published;
};

// The whole service on memory adapters and a clock that stands.
struct World : testing::Test, test::WorldBase {
    aio::WorkerPool signing{"sign", 1, 4096};
    MemoryStore store;
    FakePasswords passwords;
    MemoryKeys key_store;
    RecordedFeed feed;
    AuthMetrics metrics{registry};
    BackOffRules back_off_rules;
    LocalGuesses guesses{back_off_rules, clock};
    Keys keys{key_store, signing, {.algorithm = net::jose::Algorithm::eddsa}, clock};
    runtime::AuditTrail audit{{runtime::make_audit_sink(log), clock, registry, loop, "auth"}};
    RecordedUsers users_feed;
    NamesTold names{store, users_feed};
    Leaving leaving{store};
    Accounts accounts{{store, passwords, guesses, clock, metrics, names}};
    Sessions sessions{{store, store, keys, signing, feed, clock, metrics, audit},
                      {.issuer = "us", .audience = "app"}};
    Auth auth{{accounts,
               sessions,
               keys,
               metrics,
               audit,
               leaving,
               {.name = "Orchard"},
               {"https://desk.example"}}};
    Administration administration{{accounts, sessions, store, leaving, names, audit}};

    World() { run(keys.open()); }

    static constexpr const char* password = "a long enough secret";

    static contracts::Caller stranger() {
        return {.address = "192.0.2.1", .user_agent = "test", .host = "chat.example"};
    }

    template <class T>
    T run(Task<T> task) {
        return run_to_end(loop, std::move(task));
    }

    contracts::Session sign_up(std::string name) {
        return run(auth.register_user(stranger(),
                                      {.username = std::move(name), .password = password}))
            .body;
    }
    contracts::Session sign_in(std::string name, std::string with = password) {
        return run(auth.login(stranger(), {.login = std::move(name), .password = std::move(with)}))
            .body;
    }
    contracts::Session refresh(std::string token) {
        return run(auth.refresh(stranger(), {.refresh_token = std::move(token)})).body;
    }

    // What a verifier that knows the published keys reads from a token.
    net::jose::Claims claims_of(const std::string& token) {
        const auto jws = net::jose::verify_compact(token, keys.published());
        EXPECT_TRUE(jws);
        return net::jose::read_claims(jws->payload, {.issuer = "us", .audience = "app"},
                                      clock.now())
            .value();
    }
    // Somebody signed in, as the pipeline would say it.
    contracts::Caller caller_of(const contracts::Session& session) {
        const auto claims = claims_of(session.access_token);
        contracts::Caller caller = stranger();
        caller.user = UserId::parse(claims.subject);
        caller.session = *SessionId::parse(claims.session);
        caller.role = session.user.role;
        caller.username = claims.name;
        return caller;
    }
};

}  // namespace loquat::auth
