#include "services/presence/presence.hpp"

#include "base/log.hpp"

namespace loquat::presence {
namespace {

constexpr std::size_t known_peers_max = 20'000;

Roster::Rules rules_of(const Config& config) {
    return {.lease = std::chrono::milliseconds{config.lease_ms},
            .offline_after = std::chrono::milliseconds{config.offline_after_ms},
            .remembered_max = static_cast<std::size_t>(config.remembered_max)};
}

}  // namespace

Presence::Presence(PeersPort& peers, WatchersPort& watchers, const Clock& clock, Config config)
    : peers_(peers),
      watchers_(watchers),
      clock_(clock),
      config_(config),
      roster_(rules_of(config)) {}

Task<contracts::PresenceList> Presence::get_presence(contracts::Caller caller,
                                                     contracts::GetPresenceRequest request) {
    const UserId me = caller.user_id();
    const Peers* peers = co_await peers_of(me);
    contracts::PresenceList list;
    for (const UserId& user : request.user_ids) {
        if (user == me || peers->users.contains(user)) {
            list.items.push_back(roster_.get(user));
        }
    }
    co_return list;
}

Task<void> Presence::report(contracts::Caller, contracts::PresenceReport report) {
    if (!roster_.apply(report, clock_.now(), clock_.steady())) {
        throw Failure{Kind::conflict, "presence.unknown_node", "Report everything first."};
    }
    co_return;
}

Task<void> Presence::publish_changes() {
    roster_.expire(clock_.now(), clock_.steady());
    const std::vector<contracts::Presence> changes = roster_.take_changes();
    for (const contracts::Presence& change : changes) {
        std::string problem;
        try {
            const Peers* peers = co_await peers_of(change.user_id);
            for (const UserId& peer : peers->users) {
                if (roster_.is_here(peer)) {
                    watchers_.tell(peer, change);
                }
            }
        } catch (const Failure& failure) {
            problem = failure.code;
        }
        if (!problem.empty()) {
            log_warn({.service = "presence"}, "a change could not be told", {{"code", problem}});
        }
    }
}

// Valid until the caller awaits again.
Task<const Presence::Peers*> Presence::peers_of(UserId user) {
    const auto known = known_peers_.find(user);
    if (known != known_peers_.end() && clock_.steady() < known->second.until) {
        co_return &known->second;
    }
    const std::vector<UserId> users = co_await peers_.list_peers(user);
    forget_old_peers();
    Peers& peers = known_peers_[user];
    peers.users = {users.begin(), users.end()};
    peers.until = clock_.steady() + std::chrono::milliseconds{config_.peers_kept_ms};
    co_return &peers;
}

void Presence::forget_old_peers() {
    if (known_peers_.size() < known_peers_max) {
        return;
    }
    const Steady now = clock_.steady();
    std::erase_if(known_peers_, [&](const auto& one) { return one.second.until <= now; });
    if (known_peers_.size() >= known_peers_max) {
        known_peers_.clear();
    }
}

}  // namespace loquat::presence
