#include "services/presence/presence.hpp"

#include "base/log.hpp"
#include "wire/codec.hpp"

namespace loquat::presence {
namespace {

// Changes that are told together.
constexpr std::size_t slice_max = 256;
// An edge node says within this time that somebody listens.
constexpr std::chrono::seconds recent_for{2};
constexpr std::size_t recent_max = 256;
constexpr std::string_view read_again = R"({"type":"resync","from_seq":0,"to_seq":0})";

std::string body_of(const contracts::Presence& presence) {
    std::string body = R"({"type":"presence",)";
    body.append(wire::encode(presence).substr(1));
    return body;
}

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
    const std::vector<UserId> listed = co_await peers_of(me);
    const std::unordered_set<UserId> peers{listed.begin(), listed.end()};
    contracts::PresenceList list;
    for (const UserId& user : request.user_ids) {
        if (user == me || peers.contains(user)) {
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
    std::vector<UserId> newcomers = roster_.take_new_watchers();
    std::string problem;
    try {
        co_await tell_newcomers(std::move(newcomers));
        if (!changes.empty()) {
            co_await tell(changes, roster_.watchers());
        }
    } catch (const Failure& failure) {
        problem = failure.code;
    }
    note_recent(changes);
    if (!problem.empty()) {
        log_warn({.service = "presence"}, "changes could not be told", {{"code", problem}});
    }
}

// What was told just before their edge node said that they listen.
Task<void> Presence::tell_newcomers(std::vector<UserId> newcomers) {
    std::erase_if(newcomers, [&](const UserId& one) { return !roster_.watchers().contains(one); });
    const Steady oldest = clock_.steady() - recent_for;
    while (!recent_.empty() && recent_.front().at < oldest) {
        recent_.pop_front();
    }
    if (recent_.empty()) {
        recent_is_cut_ = false;
    }
    if (recent_.empty() || newcomers.empty()) {
        co_return;
    }
    if (recent_is_cut_) {
        for (const UserId& one : newcomers) {
            watchers_.tell(one, {&read_again, 1});
        }
        co_return;
    }
    std::vector<contracts::Presence> changes;
    for (const Recent& one : recent_) {
        changes.push_back(one.presence);
    }
    co_await tell(std::move(changes), {newcomers.begin(), newcomers.end()});
}

void Presence::note_recent(Changes changes) {
    for (const contracts::Presence& change : changes) {
        if (recent_.size() == recent_max) {
            recent_.pop_front();
            recent_is_cut_ = true;
        }
        recent_.push_back({change, clock_.steady()});
    }
}

Task<void> Presence::tell(std::vector<contracts::Presence> changes,
                          std::unordered_set<UserId> watchers) {
    if (watchers.empty()) {
        co_return;
    }
    for (std::size_t at = 0; at < changes.size(); at += slice_max) {
        const Changes slice =
            Changes{changes}.subspan(at, std::min(slice_max, changes.size() - at));
        const Letters letters = co_await match(slice, watchers);
        send(slice, letters);
    }
}

// Asks for the peers of whichever are fewer: who changed, or who listens.
Task<Presence::Letters> Presence::match(Changes changes,
                                        const std::unordered_set<UserId>& watchers) {
    Letters letters;
    if (changes.size() <= watchers.size()) {
        for (std::uint32_t i = 0; i < changes.size(); ++i) {
            const std::vector<UserId> peers = co_await peers_of(changes[i].user_id);
            for (const UserId& peer : peers) {
                if (watchers.contains(peer)) {
                    letters[peer].push_back(i);
                }
            }
        }
        co_return letters;
    }
    std::unordered_map<UserId, std::uint32_t> places;
    for (std::uint32_t i = 0; i < changes.size(); ++i) {
        places.insert_or_assign(changes[i].user_id, i);
    }
    for (const UserId& watcher : watchers) {
        const std::vector<UserId> peers = co_await peers_of(watcher);
        for (const UserId& peer : peers) {
            if (const auto place = places.find(peer); place != places.end()) {
                letters[watcher].push_back(place->second);
            }
        }
    }
    co_return letters;
}

void Presence::send(Changes changes, const Letters& letters) {
    std::vector<std::string> bodies;
    for (const contracts::Presence& change : changes) {
        bodies.push_back(body_of(change));
    }
    std::vector<std::string_view> lines;
    for (const auto& [watcher, places] : letters) {
        lines.clear();
        for (const std::uint32_t place : places) {
            lines.push_back(bodies[place]);
        }
        watchers_.tell(watcher, lines);
    }
}

Task<std::vector<UserId>> Presence::peers_of(UserId user) {
    std::vector<UserId> peers = co_await peers_.list_peers(user);
    if (peers.size() >= PeersPort::peers_max) {
        log_warn({.service = "presence"}, "a person has more peers than are told of them",
                 {{"user", user.to_string()}, {"told", std::to_string(peers.size())}});
    }
    co_return peers;
}

}  // namespace loquat::presence
