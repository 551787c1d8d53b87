#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "wire/codec.hpp"

// How Loquat's processes are configured by the config service (docs/protocols/config.md,
// "Following").
namespace loquat::contracts {

// One setting of a state.
struct ConfigSetting {
    std::string path;     // gateway.routes[0].id
    std::string value;    // as text; an empty list is empty
    std::string origin;   // gateway.yml:3
    bool shared = false;  // in a file for every application
};
BOOST_DESCRIBE_STRUCT(ConfigSetting, (), (path, value, origin, shared))

// What a process is configured with; also the answer of GET /api/config/state.
struct ConfigState {
    std::int64_t change = 0;  // the number of the change that brought it; 0: none since the start
    std::string label;
    std::string version;  // a commit; empty for a folder
    std::vector<ConfigSetting> settings;
};
BOOST_DESCRIBE_STRUCT(ConfigState, (), (change, label, version, settings))

// The events of GET /api/config/follow.

// The first one: what holds.
struct ConfigHello {
    static constexpr std::string_view event_type = "hello";
    std::string follower;  // to be named in votes
    ConfigState state;
};
BOOST_DESCRIBE_STRUCT(ConfigHello, (), (follower, state))

// To be judged, and answered with a vote.
struct ConfigProposal {
    static constexpr std::string_view event_type = "proposed";
    ConfigState state;
};
BOOST_DESCRIBE_STRUCT(ConfigProposal, (), (state))

// Everybody can live with the change: to be applied.
struct ConfigApplied {
    static constexpr std::string_view event_type = "applied";
    std::int64_t change = 0;
};
BOOST_DESCRIBE_STRUCT(ConfigApplied, (), (change))

// Somebody refused it: to be forgotten.
struct ConfigDropped {
    static constexpr std::string_view event_type = "dropped";
    std::int64_t change = 0;
};
BOOST_DESCRIBE_STRUCT(ConfigDropped, (), (change))

// Files of the process itself are to be read again too.
struct ConfigRefresh {
    static constexpr std::string_view event_type = "refresh";
    std::int64_t change = 0;
};
BOOST_DESCRIBE_STRUCT(ConfigRefresh, (), (change))

enum class ConfigVerdict { accepts, refuses, applied };
BOOST_DESCRIBE_ENUM(ConfigVerdict, accepts, refuses, applied)

// POST /api/config/votes
struct ConfigVote {
    std::string follower;
    std::int64_t change = 0;
    ConfigVerdict verdict = ConfigVerdict::accepts;
    std::vector<std::string> problems;  // "gateway.yml:3: gateway.port must be ..."
    std::vector<std::string> waiting;   // settings that hold from the next start on

    static constexpr std::array<std::string_view, 2> defaulted{"problems", "waiting"};
    static constexpr std::array fields{
        wire::Field{"follower", 1, 64, "As `hello` named it."},
        wire::Field{"problems", 0, 1'000, "Why it refuses, each with the place of the setting."},
        wire::Field{"waiting", 0, 10'000, "What differs and holds from its next start on."},
    };
};
BOOST_DESCRIBE_STRUCT(ConfigVote, (), (follower, change, verdict, problems, waiting))

// One who follows; GET /api/config/followers
struct ConfigFollower {
    std::string id;
    std::string name;      // auth,chat,loquat
    std::string instance;  // HOST:PID
    std::string profile;
    std::string label;
    std::int64_t change = 0;  // what it runs
    std::string version;
    Time since;
    std::vector<std::string> waiting;
};
BOOST_DESCRIBE_STRUCT(ConfigFollower, (),
                      (id, name, instance, profile, label, change, version, since, waiting))

struct ConfigProblem {
    std::string follower;  // empty: the server could not read it
    std::string name;
    std::string problem;
};
BOOST_DESCRIBE_STRUCT(ConfigProblem, (), (follower, name, problem))

enum class ConfigOutcome { applied, refused };
BOOST_DESCRIBE_ENUM(ConfigOutcome, applied, refused)

// What became of a change; GET /api/config/changes, the last one first
struct ConfigChangeReport {
    std::int64_t change = 0;
    Time at;
    ConfigOutcome outcome = ConfigOutcome::applied;
    std::string version;
    std::int64_t followers = 0;  // that it concerned
    std::int64_t took_ms = 0;    // from seen to applied
    std::vector<ConfigProblem> problems;
};
BOOST_DESCRIBE_STRUCT(ConfigChangeReport, (),
                      (change, at, outcome, version, followers, took_ms, problems))

}  // namespace loquat::contracts
