#include "runtime/resilience/balancer.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace loquat::runtime {
namespace {

using std::chrono::milliseconds;

constexpr double unknown_ns = 1e9;
// Who is not there is looked for so often; where a look takes long, as on a network that loses
// everything, its callers wait for no more than a ninth of the time.
constexpr milliseconds first_look{100};
constexpr milliseconds longest_look_pause{1'000};
constexpr int times_as_long = 8;
constexpr milliseconds look_time_max{10'000};

// The part of an average that is left. Most ask again within a moment, where a line is as good.
double left_after(std::chrono::duration<double> age, std::chrono::duration<double> half_life) {
    const double times = std::max(0.0, age / half_life);
    return times < 1e-3 ? 1 - times * std::numbers::ln2 : std::exp2(-times);
}

}  // namespace

void Balancer::set(std::span<const Endpoint> endpoints) {
    std::vector<TargetPtr> next;
    next.reserve(endpoints.size());
    for (const Endpoint& endpoint : endpoints) {
        const auto known = std::ranges::find_if(targets_, [&endpoint](const TargetPtr& target) {
            return target->endpoint.id == endpoint.id &&
                   target->endpoint.address == endpoint.address &&
                   target->endpoint.registration == endpoint.registration;
        });
        if (known == targets_.end()) {
            next.push_back(std::make_shared<Target>(endpoint));
        } else {
            // Its address stays as it is: calls to it are under way.
            Endpoint& held = (*known)->endpoint;
            held.zone = endpoint.zone;
            held.weight = endpoint.weight;
            held.is_healthy = endpoint.is_healthy;
            held.offers_contract = endpoint.offers_contract;
            next.push_back(*known);
        }
    }
    for (const TargetPtr& target : targets_) {
        target->is_gone = std::ranges::find(next, target) == next.end();
    }
    targets_ = std::move(next);
}

bool Balancer::may(const Target& target, const Wanted& wanted, Steady now) {
    const auto& breaker = target.breakers[static_cast<std::size_t>(wanted.operation)];
    return target.endpoint.weight > 0 && target.endpoint.offers_contract &&
           (breaker == nullptr || breaker->may_begin(now) ||
            (wanted.whoever_answers && target.refused_last));
}

bool Balancer::is_fit(const Target& target, const Wanted& wanted, Steady now) const {
    return target.endpoint.is_healthy && !is_aside(target, now) && may(target, wanted, now);
}

void Balancer::find_fit(const Wanted& wanted, Steady now) {
    const auto choose_if = [this](const auto& is_wanted) {
        for (const TargetPtr& target : targets_) {
            if (is_wanted(*target)) {
                fit_.push_back(target.get());
            }
        }
    };
    const auto is_tried = [&wanted](const Target& target) {
        return std::ranges::find(wanted.tried, &target, &TargetPtr::get) != wanted.tried.end();
    };
    const auto is_allowed = [&](const Target& one) { return may(one, wanted, now); };
    fit_.clear();
    if (!rules_.zone.empty()) {
        choose_if([&](const Target& one) {
            return one.endpoint.zone == rules_.zone && !is_tried(one) && is_fit(one, wanted, now);
        });
    }
    if (fit_.empty()) {
        choose_if([&](const Target& one) { return !is_tried(one) && is_fit(one, wanted, now); });
    }
    if (fit_.empty()) {
        choose_if([&](const Target& one) { return !is_tried(one) && is_allowed(one); });
    }
    if (fit_.empty() && wanted.again == Again::same_rather_than_none) {
        choose_if(is_allowed);
    }
}

// An average forgets by half in each `latency_memory`: one that was slow is tried again.  Of one
// that is not known yet a second call waits for the first: it may be asleep.
double Balancer::cost_of(const Target& target, Steady now) const {
    if (target.latency_ns == 0 && target.under_way > 0) {
        return unknown_ns * target.under_way;
    }
    const double latency =
        target.latency_ns * left_after(now - target.latency_at, rules_.latency_memory);
    return (latency + 1.0) * (target.under_way + 1);
}

// A place in `fit_` by the weights, of a number of 32 bits; `without` is left out.
std::size_t Balancer::draw(std::size_t without, std::uint64_t number) const {
    const auto weight_at = [this, without](std::size_t i) {
        return i == without ? 0 : static_cast<std::uint64_t>(fit_[i]->endpoint.weight);
    };
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < fit_.size(); ++i) {
        sum += weight_at(i);
    }
    std::uint64_t left = number * sum >> 32U;
    for (std::size_t i = 0;; ++i) {
        const std::uint64_t weight = weight_at(i);
        if (left < weight) {
            return i;
        }
        left -= weight;
    }
}

Balancer::TargetPtr Balancer::choose(const Wanted& wanted, std::mt19937_64& random, Steady now) {
    // Most services have one instance, and it is mostly well: nothing is drawn or allocated.
    if (targets_.size() == 1 && wanted.tried.empty() && is_fit(*targets_.front(), wanted, now)) {
        return targets_.front();
    }
    if (TargetPtr due = find_due(wanted, now)) {
        return due;
    }
    find_fit(wanted, now);
    if (fit_.empty()) {
        return nullptr;
    }
    if (fit_.size() == 1) {
        return *std::ranges::find(targets_, fit_.front(), &TargetPtr::get);
    }
    const std::uint64_t numbers = random();
    const std::size_t first = draw(fit_.size(), numbers >> 32U);
    // The weights are in the draw: both are judged as if they had the same.
    Target* chosen = fit_[first];
    Target* second = fit_[draw(first, numbers & 0xFFFF'FFFFU)];
    chosen = cost_of(*second, now) < cost_of(*chosen, now) ? second : chosen;
    return *std::ranges::find(targets_, chosen, &TargetPtr::get);
}

// One of those that nobody would be sent to, if it is time to see whether it is there again.
Balancer::TargetPtr Balancer::find_due(const Wanted& wanted, Steady now) const {
    const auto found = std::ranges::find_if(targets_, [&](const TargetPtr& target) {
        return target->absence && now >= target->absence->next && !is_fit(*target, wanted, now) &&
               target->endpoint.weight > 0 && target->endpoint.offers_contract &&
               std::ranges::find(wanted.tried, target) == wanted.tried.end();
    });
    return found == targets_.end() ? nullptr : *found;
}

void Balancer::begin(Target& target, Steady now) const {
    ++target.under_way;
    ++target.calls;
    if (target.absence) {
        target.absence->next = now + look_time_max;
    }
}

void Balancer::note_absence(Target& target, std::chrono::nanoseconds took, Steady now) {
    const milliseconds pause =
        target.absence ? std::min(target.absence->pause * 2, longest_look_pause) : first_look;
    target.absence = {.pause = pause,
                      .next = now + std::max<Steady::duration>(pause, took * times_as_long)};
}

void Balancer::end_absence(Target& target, CallOutcome outcome, Steady now) {
    target.absence.reset();
    if (outcome != CallOutcome::success) {
        return;
    }
    target.aside_until = std::min(target.aside_until, now);
    for (const auto& breaker : target.breakers) {
        if (breaker) {
            breaker->end_rest(now);
        }
    }
}

void Balancer::end(Target& target, CallOutcome outcome, std::chrono::nanoseconds took, Steady now) {
    --target.under_way;
    if (outcome == CallOutcome::ignored) {
        if (target.absence) {
            target.absence->next = now + target.absence->pause;
        }
        return;
    }
    const bool has_failed = outcome != CallOutcome::success;
    target.failed += has_failed ? 1 : 0;
    target.refused_last = has_failed ? outcome == CallOutcome::refused : target.refused_last;
    if (outcome == CallOutcome::unreachable) {
        note_absence(target, took, now);
    } else if (target.absence) {
        end_absence(target, outcome, now);
    }
    const auto latency = static_cast<double>(std::max<std::int64_t>(took.count(), 1));
    if (latency > target.latency_ns) {
        target.latency_ns = latency;
    } else if (!has_failed) {  // who refuses at once is not fast
        const double kept = left_after(now - target.latency_at, rules_.latency_memory) * 0.9;
        target.latency_ns = target.latency_ns * kept + latency * (1 - kept);
    }
    target.latency_at = now;
    if (!has_failed) {
        target.failures = 0;
        target.times_aside = now > target.aside_until + rules_.aside ? 0 : target.times_aside;
        return;
    }
    if (++target.failures >= rules_.failures_in_row) {
        put_aside(target, now);
    }
}

void Balancer::put_aside(Target& target, Steady now) {
    const auto aside = static_cast<std::size_t>(
        std::ranges::count_if(targets_, [&](const TargetPtr& one) { return is_aside(*one, now); }));
    if (is_aside(target, now) ||
        (aside + 1) * 100 > targets_.size() * static_cast<std::size_t>(rules_.aside_percent_max)) {
        return;
    }
    target.failures = 0;
    ++target.times_aside;
    ++times_aside_;
    target.aside_until = now + std::min(rules_.aside * target.times_aside, rules_.aside_max);
}

}  // namespace loquat::runtime
