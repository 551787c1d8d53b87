#include "services/config/follow/book.hpp"

#include <algorithm>
#include <set>

#include "base/failure.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"

namespace loquat::config {
namespace {

constexpr std::size_t changes_max = 50;
const LogContext here{.service = "config"};

template <class Event>
void tell(FollowerLine& line, const Event& event) {
    line.send(Event::event_type, wire::encode(event));
}

std::string joined(const std::vector<std::string>& texts, std::string_view between) {
    std::string all;
    for (const std::string& text : texts) {
        all += (all.empty() ? "" : std::string{between}) + text;
    }
    return all;
}

}  // namespace

std::string text_of_settings(const contracts::ConfigState& state) {
    std::string text;
    for (const contracts::ConfigSetting& one : state.settings) {
        wire::append_json_string(text, one.path);
        wire::append_json_string(text, one.value);
        text += one.shared ? '1' : '0';
    }
    return text;
}

const FollowersBook::Held& FollowersBook::held_for(const FollowerKey& key, const Compute& compute) {
    if (const auto known = held_.find(key); known != held_.end()) {
        return known->second;
    }
    contracts::ConfigState state = compute(key);
    state.change = last_change_;
    std::string text = text_of_settings(state);
    return held_.emplace(key, Held{std::move(state), std::move(text)}).first->second;
}

// What nobody runs is computed anew: it would grow old here.
void FollowersBook::forget_unused() {
    std::erase_if(held_, [this](const auto& one) {
        return std::ranges::none_of(
            followers_, [&one](const auto& follower) { return follower.second.key == one.first; });
    });
}

contracts::ConfigState FollowersBook::state_of(const FollowerKey& key, const Compute& compute) {
    contracts::ConfigState state = held_for(key, compute).state;
    forget_unused();
    return state;
}

std::string FollowersBook::join(const FollowerKey& key, std::string instance,
                                std::unique_ptr<FollowerLine> line, const Compute& compute) {
    const Held& held = held_for(key, compute);
    const std::string id = Uuid::make().to_string();
    Follower follower{.key = key, .line = std::move(line), .text = held.text};
    follower.shown = {.id = id,
                      .name = joined(key.applications, ","),
                      .instance = std::move(instance),
                      .profile = joined(key.profiles, ","),
                      .label = held.state.label,
                      .change = held.state.change,
                      .version = held.state.version,
                      .since = clock_.now()};
    tell(*follower.line, contracts::ConfigHello{id, held.state});
    followers_.emplace(id, std::move(follower));
    return id;
}

void FollowersBook::leave(const std::string& id) {
    followers_.erase(id);
    settle_if_done();
    if (!round_) {
        forget_unused();
    }
}

void FollowersBook::close_all() {
    for (auto& [id, follower] : followers_) {
        follower.line->close();
    }
    followers_.clear();
    round_.reset();
}

std::vector<std::string> FollowersBook::labels() const {
    std::set<std::string> all;
    for (const auto& [id, follower] : followers_) {
        all.insert(follower.key.label);
    }
    return {all.begin(), all.end()};
}

bool FollowersBook::propose(const Compute& compute, const std::vector<std::string>& labels) {
    std::map<FollowerKey, Held> fresh;
    for (const auto& [id, follower] : followers_) {
        if (fresh.contains(follower.key) ||
            std::ranges::find(labels, follower.key.label) == labels.end()) {
            continue;
        }
        try {
            contracts::ConfigState state = compute(follower.key);
            std::string text = text_of_settings(state);
            fresh.emplace(follower.key, Held{std::move(state), std::move(text)});
        } catch (const Failure& failure) {
            report_unreadable(failure.message);
            return false;
        }
    }
    last_unreadable_.clear();
    Round round{.change = last_change_ + 1, .begun = clock_.steady()};
    for (auto& [key, held] : fresh) {
        held.state.change = round.change;
        round.report.version = held.state.version;
        const bool is_news = std::ranges::any_of(followers_, [&](const auto& one) {
            return one.second.key == key && one.second.text != held.text;
        });
        if (is_news) {
            round.proposed.emplace(key, std::move(held));
        } else {
            held_[key].state.version = held.state.version;
        }
    }
    if (round.proposed.empty()) {
        return false;
    }
    last_change_ = round.change;
    std::map<FollowerKey, std::string> texts;  // encoded once for all who get the same
    for (auto& [id, follower] : followers_) {
        const auto proposed = round.proposed.find(follower.key);
        const bool concerns =
            proposed != round.proposed.end() && follower.text != proposed->second.text;
        follower.vote = concerns ? Follower::Vote::awaited : Follower::Vote::none;
        if (concerns) {
            std::string& text = texts[follower.key];
            if (text.empty()) {
                text = wire::encode(contracts::ConfigProposal{proposed->second.state});
            }
            follower.line->send(contracts::ConfigProposal::event_type, text);
            ++round.report.followers;
        }
    }
    round_ = std::move(round);
    return true;
}

void FollowersBook::report_unreadable(const std::string& problem) {
    if (problem == last_unreadable_) {
        return;
    }
    last_unreadable_ = problem;
    log_error(here, "a change is applied by nobody", {{"problem", problem}});
    note({.change = ++last_change_,
          .at = clock_.now(),
          .outcome = contracts::ConfigOutcome::refused,
          .problems = {{.follower = {}, .name = {}, .problem = problem}}});
}

bool FollowersBook::vote(const contracts::ConfigVote& vote) {
    const auto found = followers_.find(vote.follower);
    if (found == followers_.end()) {
        return false;
    }
    Follower& follower = found->second;
    follower.shown.waiting = vote.waiting;
    const bool is_refusal = vote.verdict == contracts::ConfigVerdict::refuses;
    const bool is_awaited =
        round_ && vote.change == round_->change && follower.vote == Follower::Vote::awaited;
    if (!is_awaited) {
        // One that came again judges what holds; the others have it already.
        if (is_refusal) {
            log_error(
                here, "a follower refuses what the others run",
                {{"follower", follower.shown.name}, {"problem", joined(vote.problems, "; ")}});
        }
        return vote.verdict == contracts::ConfigVerdict::applied || is_refusal;
    }
    follower.vote = is_refusal ? Follower::Vote::refuses : Follower::Vote::accepts;
    for (const std::string& problem : vote.problems) {
        round_->report.problems.push_back(
            {.follower = vote.follower, .name = follower.shown.name, .problem = problem});
    }
    settle_if_done();
    return true;
}

void FollowersBook::end_waiting() {
    if (!round_) {
        return;
    }
    for (auto one = followers_.begin(); one != followers_.end();) {
        if (one->second.vote == Follower::Vote::awaited) {
            log_warn(here, "a follower is silent and is left behind",
                     {{"follower", one->second.shown.name}});
            one->second.line->close();
            one = followers_.erase(one);
        } else {
            ++one;
        }
    }
    settle_if_done();
}

void FollowersBook::settle_if_done() {
    const auto has = [this](Follower::Vote vote) {
        return std::ranges::any_of(followers_,
                                   [vote](const auto& one) { return one.second.vote == vote; });
    };
    if (!round_ || has(Follower::Vote::awaited)) {
        return;
    }
    if (has(Follower::Vote::refuses)) {
        drop();
    } else {
        apply();
    }
    for (auto& [id, follower] : followers_) {
        follower.vote = Follower::Vote::none;
    }
    round_.reset();
}

void FollowersBook::apply() {
    for (auto& [id, follower] : followers_) {
        if (follower.vote != Follower::Vote::accepts) {
            continue;
        }
        const Held& held = round_->proposed.at(follower.key);
        tell(*follower.line, contracts::ConfigApplied{round_->change});
        follower.text = held.text;
        follower.shown.change = round_->change;
        follower.shown.version = held.state.version;
    }
    for (auto& [key, held] : round_->proposed) {
        held_[key] = std::move(held);
    }
    round_->report.outcome = contracts::ConfigOutcome::applied;
    log_info(here, "a change is applied",
             {{"change", round_->change},
              {"version", round_->report.version},
              {"followers", round_->report.followers}});
    note(std::move(round_->report));
}

void FollowersBook::drop() {
    std::vector<std::string> problems;
    for (auto& [id, follower] : followers_) {
        if (follower.vote != Follower::Vote::none) {
            tell(*follower.line, contracts::ConfigDropped{round_->change});
        }
    }
    for (const auto& one : round_->report.problems) {
        problems.push_back(one.name + ": " + one.problem);
    }
    round_->report.outcome = contracts::ConfigOutcome::refused;
    log_error(here, "a change is refused and applied by nobody",
              {{"change", round_->change},
               {"version", round_->report.version},
               {"problem", joined(problems, "; ")}});
    note(std::move(round_->report));
}

void FollowersBook::note(contracts::ConfigChangeReport report) {
    if (round_) {
        report.change = round_->change;
        report.at = clock_.now();
        report.took_ms =
            std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - round_->begun)
                .count();
    }
    on_report_(report);
    changes_.push_front(std::move(report));
    changes_.resize(std::min(changes_.size(), changes_max));
}

void FollowersBook::refresh(const std::function<bool(const contracts::ConfigFollower&)>& wanted) {
    for (auto& [id, follower] : followers_) {
        if (wanted(follower.shown)) {
            tell(*follower.line, contracts::ConfigRefresh{follower.shown.change});
        }
    }
}

std::vector<contracts::ConfigFollower> FollowersBook::followers() const {
    std::vector<contracts::ConfigFollower> all;
    for (const auto& [id, follower] : followers_) {
        all.push_back(follower.shown);
    }
    return all;
}

std::vector<contracts::ConfigChangeReport> FollowersBook::changes() const {
    return {changes_.begin(), changes_.end()};
}

}  // namespace loquat::config
