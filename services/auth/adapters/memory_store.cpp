#include "services/auth/adapters/memory_store.hpp"

#include <algorithm>

#include "base/unicode/fold.hpp"
#include "services/auth/domain/names.hpp"
#include "services/auth/domain/search_words.hpp"

namespace loquat::auth {

using contracts::AccountState;
using contracts::Revocation;
using contracts::Role;

// With what the others' names say of it.
Account MemoryStore::seen(Account account) const {
    const unicode::Look look = unicode::to_look(account.display_name);
    account.is_name_shared = std::ranges::any_of(users_, [&](const auto& entry) {
        const Account& other = entry.second;
        return other.id != account.id && other.state != AccountState::removed &&
               account.state != AccountState::removed &&
               (unicode::are_alike(unicode::to_look(other.display_name), look) ||
                unicode::are_alike(unicode::to_look(other.username), look));
    });
    return account;
}

bool MemoryStore::is_last_admin(const Account& account) const {
    return account.role == Role::admin && account.state == AccountState::active &&
           std::ranges::none_of(users_, [&](const auto& entry) {
               const Account& other = entry.second;
               return other.id != account.id && other.role == Role::admin &&
                      other.state == AccountState::active;
           });
}

Task<Added> MemoryStore::add(Account account) {
    if (retired_.contains(account.username) && !account.takes_retired_name) {
        co_return Added{.outcome = AddOutcome::username_taken};
    }
    for (const auto& [id, other] : users_) {
        if (other.username == account.username) {
            co_return Added{.outcome = AddOutcome::username_taken};
        }
        if (account.email && other.email == account.email) {
            co_return Added{.outcome = AddOutcome::email_taken};
        }
    }
    account.role = users_.empty() ? Role::admin : Role::user;
    const Added added{.role = account.role};
    users_.insert_or_assign(account.id, std::move(account));
    co_return added;
}

Task<std::optional<Account>> MemoryStore::find(UserId id) {
    const auto found = users_.find(id);
    if (found == users_.end()) {
        co_return std::nullopt;
    }
    co_return seen(found->second);
}

Task<std::optional<Account>> MemoryStore::find_by_login(std::string login) {
    for (const auto& [id, account] : users_) {
        if (account.username == login || account.email == login) {
            co_return seen(account);
        }
    }
    co_return std::nullopt;
}

Task<std::vector<Account>> MemoryStore::list_by_id(std::vector<UserId> ids) {
    std::vector<Account> all;
    for (const UserId& id : ids) {
        if (const auto found = users_.find(id); found != users_.end()) {
            all.push_back(seen(found->second));
        }
    }
    co_return all;
}

Task<std::vector<Account>> MemoryStore::search(UserQuery wanted) {
    const std::vector<std::string> words = words_of_query(wanted.query);
    std::vector<Account> all;
    for (const auto& [id, account] : users_) {
        const bool is_meant =
            wanted.whom == Whom::everybody || account.state == AccountState::active;
        const bool is_found =
            words.empty() ||
            (account.state != AccountState::removed &&
             matches(words_of_names(account.username, account.display_name), words));
        if (is_meant && is_found && account.username > wanted.after) {
            all.push_back(seen(account));
        }
    }
    std::ranges::sort(all, {}, &Account::username);
    all.resize(std::min(all.size(), wanted.limit));
    co_return all;
}

Task<std::optional<Account>> MemoryStore::change_profile(UserId id, ProfileChange change) {
    const auto found = users_.find(id);
    if (found == users_.end()) {
        co_return std::nullopt;
    }
    if (change.email && *change.email) {
        for (const auto& [other_id, other] : users_) {
            if (other_id != id && other.email == *change.email) {
                throw email_taken();
            }
        }
    }
    Account& account = found->second;
    account.display_name = change.display_name.value_or(account.display_name);
    account.email = change.email.value_or(account.email);
    co_return seen(account);
}

Task<Revoked> MemoryStore::change_password(UserId id, PasswordChange change) {
    begin_change();
    const auto found = users_.find(id);
    if (found == users_.end() || found->second.password_version != change.version) {
        co_return std::nullopt;
    }
    found->second.password_hash = std::move(change.hash);
    ++found->second.password_version;
    if (change.request) {
        const KeyedRequest& done = *change.request;
        done_.insert_or_assign({done.user, done.operation, done.key}, done.at);
    }
    co_return end_sessions(change.ending);
}

Task<bool> MemoryStore::was_done(KeyedRequest request) {
    const auto found = done_.find({request.user, request.operation, request.key});
    co_return found != done_.end() && found->second > request.at - done_kept;
}

Task<void> MemoryStore::note_done(KeyedRequest request) {
    done_.insert_or_assign({request.user, request.operation, request.key}, request.at);
    co_return;
}

Task<void> MemoryStore::rehash_password(UserId id, std::int64_t version, std::string hash) {
    const auto found = users_.find(id);
    if (found != users_.end() && found->second.password_version == version) {
        found->second.password_hash = std::move(hash);
    }
    co_return;
}

Task<Changed> MemoryStore::change_role(UserId id, Role role, OldTokens old_tokens) {
    begin_change();
    const auto found = users_.find(id);
    if (found == users_.end() || found->second.state == AccountState::removed) {
        co_return Changed{.outcome = ChangeOutcome::unknown_user};
    }
    if (found->second.role == role) {
        co_return Changed{.outcome = ChangeOutcome::unchanged};
    }
    if (role != Role::admin && is_last_admin(found->second)) {
        co_return Changed{.outcome = ChangeOutcome::last_admin};
    }
    found->second.role = role;
    revocations_.push_back(old_tokens.revocation());
    co_return Changed{.ended = {revocations_.back()}};
}

Task<Changed> MemoryStore::change_state(UserId id, AccountState state, Ending ending,
                                        contracts::RemovedMessages messages) {
    begin_change();
    const auto found = users_.find(id);
    if (found == users_.end() || found->second.state == AccountState::removed) {
        co_return Changed{.outcome = ChangeOutcome::unknown_user};
    }
    Account& account = found->second;
    if (account.state == state) {
        co_return Changed{.outcome = ChangeOutcome::unchanged};
    }
    if (is_last_admin(account)) {
        co_return Changed{.outcome = ChangeOutcome::last_admin};
    }
    account.state = state;
    if (state == AccountState::removed) {
        retired_.insert(account.username);
        leaving_.insert_or_assign(id, messages);
        account = {.id = id,
                   .username = username_of_removed(id),
                   .display_name = std::string{display_name_of_removed},
                   .created_at = account.created_at,
                   .password_version = account.password_version + 1,
                   .state = state};
    }
    Changed changed;
    if (state != AccountState::active) {
        changed.ended = end_sessions(ending);
    }
    co_return changed;
}

Task<Revoked> MemoryStore::reset_password(UserId id, std::string hash, Ending ending) {
    begin_change();
    const auto found = users_.find(id);
    if (found == users_.end() || found->second.state == AccountState::removed) {
        co_return std::nullopt;
    }
    found->second.password_hash = std::move(hash);
    ++found->second.password_version;
    co_return end_sessions(ending);
}

Task<std::vector<Account>> MemoryStore::list_by_look(std::vector<unicode::Look> looks,
                                                     std::size_t limit) {
    std::vector<Account> all;
    for (const auto& [id, account] : users_) {
        const unicode::Look look = unicode::to_look(account.display_name);
        const bool is_alike = std::ranges::any_of(
            looks, [&](const unicode::Look& one) { return unicode::are_alike(one, look); });
        if (all.size() < limit && account.state != AccountState::removed && is_alike) {
            all.push_back(seen(account));
        }
    }
    co_return all;
}

Task<std::vector<UserStore::Leaver>> MemoryStore::list_leaving(std::size_t limit) {
    std::vector<Leaver> all;
    for (const auto& [user, messages] : leaving_) {
        if (all.size() < limit) {
            all.push_back({user, messages});
        }
    }
    co_return all;
}

Task<void> MemoryStore::note_left(UserId id) {
    leaving_.erase(id);
    co_return;
}

Task<SessionStore::Opened> MemoryStore::open(Opening opening) {
    const auto user = users_.find(opening.session.user_id);
    if (user == users_.end() || user->second.password_version != opening.password_version ||
        user->second.state != AccountState::active) {
        co_return Opened{};
    }
    Opened opened{.is_open = true, .role = user->second.role};
    const auto live = live_of(opening.session.user_id);
    for (std::size_t i = opening.per_user_max - 1; i < live.size(); ++i) {
        opened.ended.push_back(end_session(live[i].id, opening.revoked_until));
    }
    sessions_.insert_or_assign(opening.session.id, std::move(opening.session));
    co_return opened;
}

Task<Rotated> MemoryStore::rotate(Presented presented, SessionRules rules, Time now,
                                  Time revoked_until) {
    const auto found = sessions_.find(presented.session);
    if (found == sessions_.end()) {
        co_return Rotated{};
    }
    Rotated rotated;
    rotated.rotation = auth::rotate(found->second, presented, rules, now);
    rotated.session = found->second;
    if (rotated.rotation == Rotation::reused) {
        revocations_.push_back({.session_id = rotated.session.id, .until = revoked_until});
    }
    co_return rotated;
}

Task<std::vector<Session>> MemoryStore::list(UserId user, Time now) {
    auto live = live_of(user);
    std::erase_if(live, [&](const Session& session) { return !is_live(session, now); });
    co_return live;
}

Task<std::vector<Revocation>> MemoryStore::end(Ending ending) {
    begin_change();
    co_return end_sessions(ending);
}

Task<void> MemoryStore::add_revocation(Revocation revocation) {
    begin_change();
    revocations_.push_back(revocation);
    co_return;
}

Task<std::vector<Revocation>> MemoryStore::list_revocations(Time now) {
    std::vector<Revocation> all = revocations_;
    std::erase_if(all, [&](const Revocation& one) { return one.until <= now; });
    co_return all;
}

Task<void> MemoryStore::clean_up(Time now, std::size_t rows_max) {
    std::erase_if(sessions_, [&, left = rows_max](const auto& entry) mutable {
        return entry.second.expires_at <= now && left > 0 && left-- > 0;
    });
    std::erase_if(revocations_, [&](const Revocation& one) { return one.until <= now; });
    std::erase_if(done_, [&](const auto& entry) { return entry.second <= now - done_kept; });
    co_return;
}

Revocation MemoryStore::end_session(SessionId id, Time until) {
    sessions_.erase(id);
    return revocations_.emplace_back(Revocation{.session_id = id, .until = until});
}

void MemoryStore::begin_change() {
    if (while_waiting) {
        while_waiting();
    }
    if (std::exchange(fails_once, false)) {
        throw Failure{Kind::unavailable, "store.unavailable", "The store cannot be written."};
    }
}

std::vector<Revocation> MemoryStore::end_sessions(const Ending& ending) {
    std::vector<Revocation> ended;
    for (const Session& session : live_of(ending.user)) {
        if ((!ending.only || *ending.only == session.id) &&
            (!ending.except || *ending.except != session.id)) {
            ended.push_back(end_session(session.id, ending.revoked_until));
        }
    }
    if (ending.old_tokens) {
        ended.push_back(ending.old_tokens->revocation());
        revocations_.push_back(ended.back());
    }
    return ended;
}

// The one seen last first.
std::vector<Session> MemoryStore::live_of(UserId user) const {
    std::vector<Session> live;
    for (const auto& [id, session] : sessions_) {
        if (session.user_id == user && !session.reused_at) {
            live.push_back(session);
        }
    }
    std::ranges::sort(live, [](const Session& a, const Session& b) {
        return std::tie(a.last_seen_at, a.id) > std::tie(b.last_seen_at, b.id);
    });
    return live;
}

}  // namespace loquat::auth
