#pragma once
#include <chrono>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/ids.hpp"

namespace loquat::auth {

// A sign-in that lives on by refreshing: one row, one family of refresh tokens.
struct Session {
    SessionId id;
    UserId user_id;
    Time created_at;
    Time last_seen_at;
    Time expires_at;  // moves on with each refresh, never beyond `ends_at`
    Time ends_at;
    std::string user_agent;
    std::string address;
    std::string family_hash;
    std::string secret_hash;    // of the one refresh token that is valid
    std::string previous_hash;  // of its predecessor; empty before the first refresh
    std::string nonce;          // that made the valid one from its predecessor
    std::optional<Time> rotated_at;
    std::optional<Time>
        reused_at;  // ended because a spent token came; kept to tell both parties why
};

// A refresh token that came back, and what would replace it.
struct Presented {
    SessionId session;
    std::string family_hash;
    std::string secret_hash;
    std::string next_hash;
    std::string next_nonce;
};

struct SessionRules {
    std::chrono::seconds idle_max{30 * 86'400};
    std::chrono::seconds age_max{90 * 86'400};
    // For how long the immediate predecessor still gets the same successor: a client whose answer
    // was lost, or that asked twice at once.
    std::chrono::seconds grace{10};
    std::size_t per_user_max = 100;
};

enum class Rotation {
    unknown,   // no such session, or it is over
    rotated,   // the session now holds the successor
    repeated,  // the successor was made before; `nonce` of the session makes it again
    reused,    // a spent token: the family ends now
    ended,     // the family had ended for that reason before
};

// Decides and changes `session` accordingly.  Pure; adapters call it inside their transaction.
Rotation rotate(Session& session, const Presented& presented, const SessionRules& rules, Time now);

bool is_live(const Session& session, Time now);

}  // namespace loquat::auth
