#include "runtime/resilience/balancer.hpp"

#include <algorithm>
#include <cmath>

namespace loquat::runtime {

void Balancer::set(std::span<const Endpoint> endpoints) {
    std::vector<TargetPtr> next;
    for (const Endpoint& endpoint : endpoints) {
        const auto known = std::ranges::find_if(targets_, [&endpoint](const TargetPtr& target) {
            return target->endpoint.id == endpoint.id &&
                   target->endpoint.address == endpoint.address;
        });
        if (known == targets_.end()) {
            next.push_back(std::make_shared<Target>(Target{.endpoint = endpoint}));
        } else {
            (*known)->endpoint = endpoint;
            next.push_back(*known);
        }
    }
    for (const TargetPtr& target : targets_) {
        target->is_gone = std::ranges::find(next, target) == next.end();
    }
    targets_ = std::move(next);
}

std::vector<Balancer::Target*> Balancer::fit_ones(std::span<const TargetPtr> tried,
                                                  Steady now) const {
    const auto choose_if = [this](const auto& is_wanted) {
        std::vector<Target*> chosen;
        for (const TargetPtr& target : targets_) {
            if (target->endpoint.weight > 0 && is_wanted(*target)) {
                chosen.push_back(target.get());
            }
        }
        return chosen;
    };
    const auto is_tried = [&tried](const Target& target) {
        return std::ranges::any_of(tried,
                                   [&](const TargetPtr& one) { return one.get() == &target; });
    };
    const auto is_fit = [&](const Target& target) {
        return target.endpoint.is_healthy && !is_aside(target, now) && !is_tried(target);
    };
    std::vector<Target*> chosen;
    if (!rules_.zone.empty()) {
        chosen = choose_if(
            [&](const Target& one) { return is_fit(one) && one.endpoint.zone == rules_.zone; });
    }
    if (chosen.empty()) {
        chosen = choose_if(is_fit);
    }
    if (chosen.empty()) {
        chosen = choose_if([&](const Target& one) { return !is_tried(one); });
    }
    if (chosen.empty()) {
        chosen = choose_if([](const Target&) { return true; });
    }
    return chosen;
}

// An average forgets by half in each `latency_memory`: one that was slow is tried again.
double Balancer::cost_of(const Target& target, Steady now) const {
    const double age = std::chrono::duration<double>(now - target.latency_at) /
                       std::chrono::duration<double>(rules_.latency_memory);
    const double latency = target.latency_ns * std::exp2(-std::max(0.0, age));
    return (latency + 1.0) * (target.under_way + 1) / target.endpoint.weight;
}

Balancer::TargetPtr Balancer::choose(std::span<const TargetPtr> tried, std::mt19937_64& random,
                                     Steady now) {
    const std::vector<Target*> fit = fit_ones(tried, now);
    if (fit.empty()) {
        return nullptr;
    }
    std::vector<double> weights;
    weights.reserve(fit.size());
    for (const Target* target : fit) {
        weights.push_back(target->endpoint.weight);
    }
    std::discrete_distribution<std::size_t> draw{weights.begin(), weights.end()};
    const std::size_t first = draw(random);
    std::size_t second = first;
    if (fit.size() > 1) {
        weights[first] = 0;
        second = std::discrete_distribution<std::size_t>{weights.begin(), weights.end()}(random);
    }
    // The weight was in the draw already: both are judged as if they had the same.
    const auto cost = [&](std::size_t index) {
        return cost_of(*fit[index], now) * fit[index]->endpoint.weight;
    };
    Target* chosen = fit[cost(second) < cost(first) ? second : first];
    return *std::ranges::find(targets_, chosen, &TargetPtr::get);
}

void Balancer::end(Target& target, bool has_failed, std::chrono::nanoseconds took, Steady now) {
    --target.under_way;
    const auto latency = static_cast<double>(took.count());
    if (latency > target.latency_ns || target.latency_ns == 0) {
        target.latency_ns = latency;
    } else {
        const double age = std::chrono::duration<double>(now - target.latency_at) /
                           std::chrono::duration<double>(rules_.latency_memory);
        const double kept = std::exp(-std::max(0.0, age)) * 0.9;
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
    target.aside_until = now + std::min(rules_.aside * target.times_aside, rules_.aside_max);
}

}  // namespace loquat::runtime
