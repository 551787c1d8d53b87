#include "net/jose/revocations.hpp"

#include <algorithm>

namespace loquat::net::jose {
namespace {

// What is over is looked for each time after so many.
constexpr std::uint64_t sweep_each = 1024;

}  // namespace

void Revocations::revoke_session(std::string_view session, Time until, Time now) {
    make_room(now);
    sessions_.insert_or_assign(std::string{session}, Entry{Time::max(), until});
    ++generation_;
}

void Revocations::revoke_user(std::string_view user, Time before, Time until, Time now) {
    make_room(now);
    Entry& entry = users_.try_emplace(std::string{user}).first->second;
    entry.before = std::max(entry.before, before);
    entry.until = std::max(entry.until, until);
    ++generation_;
}

bool Revocations::covers(const Claims& claims) const {
    if (claims.issued_at < all_before_) {
        return true;
    }
    if (!claims.session.empty() && sessions_.contains(std::string_view{claims.session})) {
        return true;
    }
    const auto user = users_.find(std::string_view{claims.subject});
    return user != users_.end() && claims.issued_at < user->second.before;
}

void Revocations::make_room(Time now) {
    const bool is_full = size() >= entries_max_;
    if (!is_full && generation_ % sweep_each != 0) {
        return;
    }
    const auto is_over = [&](const auto& entry) { return entry.second.until <= now; };
    std::erase_if(sessions_, is_over);
    std::erase_if(users_, is_over);
    // Half must be free, or each further revocation would look through all of them.
    if (is_full && size() > entries_max_ / 2) {
        all_before_ = now;
        sessions_.clear();
        users_.clear();
    }
}

}  // namespace loquat::net::jose
