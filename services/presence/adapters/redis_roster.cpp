#include "services/presence/adapters/redis_roster.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "services/presence/adapters/redis_roster_script.hpp"

namespace loquat::presence {
namespace {

using contracts::Presence;
using contracts::PresenceState;

const store::RedisScript& script_of_report() {
    static const std::string text = report_script();
    static const store::RedisScript script{text};
    return script;
}

const store::RedisScript& script_of_turn() {
    static const std::string text = turn_script();
    static const store::RedisScript script{text};
    return script;
}

PresenceState state_of(std::string_view text) {
    return text == "online" ? PresenceState::online
           : text == "away" ? PresenceState::away
                            : PresenceState::offline;
}

// 0: never.
std::optional<Time> time_of(std::string_view milliseconds) {
    const std::uint64_t since = parse_number(milliseconds).value_or(0);
    if (since == 0) {
        return std::nullopt;
    }
    return Time{std::chrono::milliseconds{since}};
}

std::vector<UserId> users_of(const store::RedisReply& reply) {
    std::vector<UserId> users;
    for (const store::RedisReply& one : reply.items) {
        if (const auto user = UserId::parse(one.text)) {
            users.push_back(*user);
        }
    }
    return users;
}

// "STATE TOLD SEEN"
Presence presence_of(const UserId& user, const store::RedisReply& kept) {
    const std::vector<std::string_view> parts = split(kept.text, ' ');
    if (parts.size() != 3) {
        return {user, PresenceState::offline, std::nullopt};
    }
    return {user, state_of(parts[0]), time_of(parts[2])};
}

}  // namespace

RedisRoster::RedisRoster(store::RedisClient& redis, Options options)
    : redis_(redis), options_(std::move(options)), instance_(Uuid::make().to_string()) {}

std::vector<std::string> RedisRoster::rules_args() const {
    const Roster::Rules& rules = options_.rules;
    const std::chrono::milliseconds ahead =
        options_.ahead ? options_.ahead() : std::chrono::milliseconds{0};
    return {std::to_string(ahead.count()), std::to_string(rules.lease.count()),
            std::to_string(rules.offline_after.count()), std::to_string(rules.remembered_max)};
}

Task<bool> RedisRoster::report(contracts::PresenceReport report) {
    std::vector<std::string> args = rules_args();
    args.push_back(report.node);
    args.emplace_back(report.whole ? "1" : "0");
    for (const contracts::PresenceReportEntry& entry : report.entries) {
        const std::int32_t connections = std::max(entry.connections, 0);
        args.push_back(entry.user_id.to_string());
        args.push_back(std::to_string(connections));
        args.push_back(std::to_string(std::clamp(entry.away, 0, connections)));
        args.emplace_back(entry.watching && connections > 0 ? "1" : "0");
    }
    const store::RedisReply said =
        co_await redis_.run(script_of_report(), {}, std::move(args), deadline());
    co_return said.integer == 1;
}

Task<std::vector<Presence>> RedisRoster::list(std::vector<UserId> users) {
    std::vector<Presence> found;
    if (users.empty()) {
        co_return found;
    }
    std::vector<std::string> args{"HMGET", "presence.people"};
    for (const UserId& user : users) {
        args.push_back(user.to_string());
    }
    const store::RedisReply said = co_await redis_.call(std::move(args), deadline());
    for (std::size_t i = 0; i < users.size() && i < said.items.size(); ++i) {
        found.push_back(presence_of(users[i], said.items[i]));
    }
    co_return found;
}

// What is given is the difference to what was given before, also after others have told.
void RedisRoster::note_watchers(Turn& turn, bool are_all) {
    if (are_all) {
        const std::unordered_set<UserId> all{turn.new_watchers.begin(), turn.new_watchers.end()};
        for (const UserId& user : watching_) {
            if (!all.contains(user)) {
                turn.gone_watchers.push_back(user);
            }
        }
    }
    for (const UserId& user : turn.gone_watchers) {
        watching_.erase(user);
    }
    std::erase_if(turn.new_watchers,
                  [this](const UserId& user) { return !watching_.insert(user).second; });
}

Task<RosterStore::Turn> RedisRoster::take_turn() {
    std::vector<std::string> args = rules_args();
    args.push_back(instance_);
    const store::RedisReply said =
        co_await redis_.run(script_of_turn(), {}, std::move(args), deadline());
    Turn turn;
    if (said.items.size() != 5) {
        co_return turn;  // another instance tells
    }
    turn.new_watchers = users_of(said.items[1]);
    turn.gone_watchers = users_of(said.items[2]);
    note_watchers(turn, said.items[0].integer == 1);
    const std::vector<store::RedisReply>& changes = said.items[3].items;
    for (std::size_t i = 0; i + 2 < changes.size(); i += 3) {
        if (const auto user = UserId::parse(changes[i].text)) {
            turn.changes.push_back(
                {*user, state_of(changes[i + 1].text), time_of(changes[i + 2].text)});
        }
    }
    size_.store(static_cast<std::size_t>(said.items[4].integer), std::memory_order_relaxed);
    co_return turn;
}

}  // namespace loquat::presence
