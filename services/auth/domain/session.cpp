#include "services/auth/domain/session.hpp"

#include <algorithm>

#include "base/bytes.hpp"

namespace loquat::auth {

Rotation rotate(Session& session, const Presented& presented, const SessionRules& rules, Time now) {
    if (session.id != presented.session ||
        !equal_in_constant_time(session.family_hash, presented.family_hash)) {
        return Rotation::unknown;
    }
    if (session.reused_at) {
        return Rotation::ended;
    }
    if (!is_live(session, now)) {
        return Rotation::unknown;
    }
    if (equal_in_constant_time(session.secret_hash, presented.secret_hash)) {
        session.previous_hash = session.secret_hash;
        session.secret_hash = presented.next_hash;
        session.nonce = presented.next_nonce;
        session.rotated_at = now;
        session.last_seen_at = now;
        session.expires_at = std::min(now + rules.idle_max, session.ends_at);
        return Rotation::rotated;
    }
    const bool in_grace = session.rotated_at && now - *session.rotated_at <= rules.grace;
    if (in_grace && equal_in_constant_time(session.previous_hash, presented.secret_hash)) {
        return Rotation::repeated;
    }
    session.reused_at = now;
    return Rotation::reused;
}

bool is_live(const Session& session, Time now) {
    return !session.reused_at && now < session.expires_at;
}

}  // namespace loquat::auth
