#pragma once
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "contracts/config/follow.hpp"
#include "services/config/domain/search.hpp"

namespace loquat::config {

// Where the events of one follower go.
class FollowerLine {
  public:
    virtual ~FollowerLine() = default;
    virtual void send(std::string_view event, std::string_view data) = 0;
    // It is told no more and has to come again.
    virtual void close() = 0;
};

// What a follower is configured by.  Those with the same get the same text.
struct FollowerKey {
    std::vector<std::string> applications;
    std::vector<std::string> profiles;
    std::string label;  // as it asked for; empty: the default
    friend auto operator<=>(const FollowerKey&, const FollowerKey&) = default;
};

// Who follows, and the change that they judge: two phases, so that it is applied by all whom it
// concerns or by none.  Pure; one thread.
class FollowersBook {
  public:
    // What the files say now for a follower.  Throws Failure when they cannot be read.
    using Compute = std::function<contracts::ConfigState(const FollowerKey&)>;

    using OnReport = std::function<void(const contracts::ConfigChangeReport&)>;

    FollowersBook(const Clock& clock, OnReport on_report)
        : clock_(clock), on_report_(std::move(on_report)) {}

    // A new one; it is told what holds: what all with its key run, or what `compute` says when
    // there are none.  `instance` is for people.
    std::string join(const FollowerKey& key, std::string instance,
                     std::unique_ptr<FollowerLine> line, const Compute& compute);
    // What it would be told.
    contracts::ConfigState state_of(const FollowerKey& key, const Compute& compute);
    void leave(const std::string& id);

    // The files may differ.  Proposes what differs to whom it concerns; true when votes are
    // awaited.  Not while a change is being judged.  `labels` are those that `compute` knows.
    bool propose(const Compute& compute, const std::vector<std::string>& labels);
    bool is_judging() const { return round_.has_value(); }
    // False for a vote that nobody waits for.
    bool vote(const contracts::ConfigVote& vote);
    // Who has not voted is left behind.
    void end_waiting();

    // Asks those whom `wanted` is true for to read everything again.
    void refresh(const std::function<bool(const contracts::ConfigFollower&)>& wanted);

    std::vector<contracts::ConfigFollower> followers() const;
    std::vector<contracts::ConfigChangeReport> changes() const;
    std::size_t size() const { return followers_.size(); }
    // Which ones are followed, as they were asked for.
    std::vector<std::string> labels() const;
    void close_all();

  private:
    struct Follower {
        FollowerKey key;
        std::unique_ptr<FollowerLine> line;
        contracts::ConfigFollower shown;
        std::string text;  // of the settings that it runs
        enum class Vote { none, awaited, accepts, refuses } vote = Vote::none;
    };
    struct Held {
        contracts::ConfigState state;
        std::string text;
    };
    struct Round {
        std::int64_t change = 0;
        Steady begun{};
        std::map<FollowerKey, Held> proposed;
        contracts::ConfigChangeReport report;
    };

    const Held& held_for(const FollowerKey& key, const Compute& compute);
    void forget_unused();
    void settle_if_done();
    void apply();
    void drop();
    void note(contracts::ConfigChangeReport report);
    void report_unreadable(const std::string& problem);

    const Clock& clock_;
    OnReport on_report_;
    std::int64_t last_change_ = 0;
    std::map<std::string, Follower> followers_;
    std::map<FollowerKey, Held> held_;  // what is applied
    std::optional<Round> round_;
    std::string last_unreadable_;
    std::deque<contracts::ConfigChangeReport> changes_;  // the last one first
};

// Without what does not matter to a program: where its settings stand.
std::string text_of_settings(const contracts::ConfigState& state);

}  // namespace loquat::config
