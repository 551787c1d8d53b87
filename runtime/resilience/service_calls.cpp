#include "runtime/resilience/service_calls.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "base/bytes.hpp"
#include "base/failure.hpp"

namespace loquat::runtime {
namespace {

using std::chrono::milliseconds;

constexpr std::array<std::string_view, 11> decision_names{
    "retried",          "retry_refused",    "asked_beside", "circuit_refused",
    "circuit_opened",   "bulkhead_refused", "put_aside",    "no_instance",
    "contract_refused", "check_passed",     "check_failed"};

// Longer than what a well instance takes on a busy machine; who is only slow loses nothing by it.
constexpr milliseconds patience{700};

std::uint64_t make_seed() {
    std::uint64_t seed = 0;
    random_bytes(reinterpret_cast<std::uint8_t*>(&seed), sizeof seed);
    return seed;
}

std::string_view name_of(BreakerState state) {
    switch (state) {
        case BreakerState::closed:
            return "closed";
        case BreakerState::open:
            return "open";
        case BreakerState::half_open:
            break;
    }
    return "half_open";
}

constexpr std::array<std::string_view, operation_classes> class_names{"read", "change", "stream"};

wire::Value value_of(const Balancer::Target& target, Steady now) {
    wire::Object breakers;
    for (std::size_t i = 0; i < operation_classes; ++i) {
        if (const auto& breaker = target.breakers[i]) {
            breakers.emplace_back(std::string{class_names[i]},
                                  std::string{name_of(breaker->state(now))});
        }
    }
    const auto aside =
        std::chrono::duration_cast<milliseconds>(std::max(target.aside_until, now) - now);
    return wire::Object{{"id", target.endpoint.id},
                        {"url", target.endpoint.address},
                        {"zone", target.endpoint.zone},
                        {"weight", static_cast<std::int64_t>(target.endpoint.weight)},
                        {"healthy", target.endpoint.is_healthy},
                        {"offers_contract", target.endpoint.offers_contract},
                        {"latency_us", static_cast<std::int64_t>(target.latency_ns / 1'000)},
                        {"under_way", static_cast<std::int64_t>(target.under_way)},
                        {"calls", static_cast<std::int64_t>(target.calls)},
                        {"failed", static_cast<std::int64_t>(target.failed)},
                        {"aside_ms", static_cast<std::int64_t>(aside.count())},
                        {"absent", target.absence.has_value()},
                        {"circuits", std::move(breakers)}};
}

}  // namespace

BreakerRules to_rules(const BreakerConfig& config) {
    return {.failure_percent = config.failure_percent,
            .slow_percent = config.slow_percent,
            .slow_after = milliseconds{config.slow_ms},
            .window = static_cast<std::size_t>(config.window_calls),
            .calls_min = static_cast<std::size_t>(config.calls_min),
            .failures_in_row = config.failures_in_row,
            .rest = milliseconds{config.rest_ms},
            .probes = static_cast<std::size_t>(config.probes),
            .probing = config.probing,
            .probe_time_max = milliseconds{config.probe_ms_max}};
}

CallRules to_rules(const ClientsConfig& config, std::string zone) {
    return {.balancer = {.zone = std::move(zone),
                         .failures_in_row = config.aside_after_failures,
                         .aside = milliseconds{config.aside_ms},
                         .aside_max = milliseconds{config.aside_ms_max},
                         .aside_percent_max = config.aside_percent_max,
                         .latency_memory = milliseconds{config.latency_memory_ms}},
            .breaker = to_rules(config.breaker),
            .retries = {.percent = config.retry_percent,
                        .each_second_min = config.retries_per_second_min},
            .attempts_max = config.attempts_max,
            .calls_max = config.calls_max,
            .patience = patience};
}

CallOutcome outcome_of(int status) {
    return status == 502 || status == 503 || status == 504 ? CallOutcome::refused
                                                           : CallOutcome::success;
}

ServiceCalls::ServiceCalls(Of of, CallRules rules)
    : of_(std::move(of)),
      rules_(std::move(rules)),
      balancer_(rules_.balancer),
      budget_(rules_.retries),
      random_(make_seed()) {}

void ServiceCalls::refresh() {
    const std::uint64_t version = of_.instances.version();
    if (list_ && version == version_) {
        return;
    }
    version_ = version;
    Instances::ListPtr list = of_.instances.list(of_.service);
    if (list == list_) {
        return;
    }
    list_ = std::move(list);
    std::vector<Endpoint> endpoints;
    endpoints.reserve(list_->size());
    for (const ServiceInstance& one : *list_) {
        auto origin = net::http::Origin::parse(one.url);
        if (!origin) {
            continue;  // whoever registered it wrote what nobody can call
        }
        const auto same = std::ranges::find_if(balancer_.targets(), [&one](const auto& target) {
            return target->endpoint.id == one.id && target->endpoint.address == one.url &&
                   target->endpoint.registration == one.registration;
        });
        const bool is_known = same != balancer_.targets().end();
        std::string authority = origin->authority();
        endpoints.push_back({.id = one.id,
                             .address = one.url,
                             .zone = one.zone,
                             .weight = static_cast<std::int32_t>(std::min(one.weight, 1'000'000U)),
                             .is_healthy = !is_known || (*same)->endpoint.is_healthy,
                             .offers_contract = of_.contract.empty() || offers(one, of_.contract),
                             .origin = std::move(*origin),
                             .authority = std::move(authority),
                             .registration = one.registration});
    }
    if (on_gone_) {
        tell_gone(endpoints);
    }
    balancer_.set(endpoints);
}

void ServiceCalls::tell_gone(std::span<const Endpoint> now) const {
    std::set<std::string_view> there;
    for (const Endpoint& endpoint : now) {
        there.insert(endpoint.address);
    }
    for (const Balancer::TargetPtr& target : balancer_.targets()) {
        if (!there.contains(target->endpoint.address)) {
            on_gone_(target->endpoint.origin);
        }
    }
}

std::span<const Balancer::TargetPtr> ServiceCalls::targets() {
    refresh();
    return balancer_.targets();
}

// One that is well again has a fresh start.
void ServiceCalls::set_health(Balancer::Target& target, Health health) {
    const bool is_healthy = health == Health::well;
    if (target.endpoint.is_healthy == is_healthy) {
        return;
    }
    target.endpoint.is_healthy = is_healthy;
    note(is_healthy ? Decision::check_passed : Decision::check_failed);
    if (is_healthy) {
        target.aside_until = Steady::min();
        target.failures = 0;
        for (auto& breaker : target.breakers) {
            breaker.reset();
        }
    }
}

Breaker& ServiceCalls::breaker_of(Balancer::Target& target, OperationClass operation) {
    auto& breaker = target.breakers[static_cast<std::size_t>(operation)];
    if (!breaker) {
        breaker = std::make_unique<Breaker>(rules_.breaker);
    }
    return *breaker;
}

void ServiceCalls::note(Decision decision) {
    const auto i = static_cast<std::size_t>(decision);
    ++decided_[i];
    if (counters_[i] == nullptr) {
        counters_[i] = &of_.metrics.counter(
            "loquat_client_decisions_total", "What callers decided of other services' instances.",
            {{"service", of_.service}, {"decision", std::string{decision_names[i]}}});
    }
    counters_[i]->add();
}

void ServiceCalls::refuse(std::span<const Balancer::TargetPtr> tried) {
    const auto all = balancer_.targets();
    if (all.empty()) {
        note(Decision::no_instance);
        throw Failure{Kind::unavailable, "upstream.unavailable",
                      "A part of the platform is not there.",
                      of_.service + " is not in this process, and no instance of it is known"};
    }
    if (std::ranges::none_of(all, [](const auto& one) { return one->endpoint.offers_contract; })) {
        note(Decision::contract_refused);
        throw Failure{Kind::unavailable, "upstream.other_contract",
                      "A part of the platform speaks another language.",
                      "none of the " + std::to_string(all.size()) + " instances of " + of_.service +
                          " offers " + of_.contract + ", such as " + all.front()->endpoint.address};
    }
    if (!tried.empty()) {
        note(Decision::no_instance);
        throw Failure{Kind::unavailable, "upstream.unavailable",
                      "A part of the platform does not answer.",
                      "no other instance of " + of_.service + " is left to ask"};
    }
    note(Decision::circuit_refused);
    throw Failure{Kind::unavailable, "upstream.circuit_open",
                  "A part of the platform fails too often and is left alone for a while.",
                  "the circuits of all instances of " + of_.service + " are open"};
}

wire::Value ServiceCalls::to_value() {
    refresh();
    const Steady now = of_.clock.steady();
    wire::Array instances;
    for (const Balancer::TargetPtr& target : balancer_.targets()) {
        instances.push_back(value_of(*target, now));
    }
    wire::Object decisions;
    for (std::size_t i = 0; i < decided_.size(); ++i) {
        decisions.emplace_back(std::string{decision_names[i]},
                               static_cast<std::int64_t>(decided_[i]));
    }
    return wire::Object{{"service", of_.service},
                        {"contract", of_.contract},
                        {"under_way", static_cast<std::int64_t>(under_way_)},
                        {"calls_max", static_cast<std::int64_t>(rules_.calls_max)},
                        {"retries_left", static_cast<std::int64_t>(budget_.left(now))},
                        {"decisions", std::move(decisions)},
                        {"instances", std::move(instances)}};
}

ServiceCall::ServiceCall(ServiceCalls& calls, OperationClass operation)
    : calls_(calls), operation_(operation), attempts_max_(calls.rules_.attempts_max) {
    if (calls_.under_way_ >= calls_.rules_.calls_max) {
        calls_.note(ServiceCalls::Decision::bulkhead_refused);
        throw Failure{Kind::unavailable, "upstream.busy",
                      "A part of the platform has too much to do.",
                      std::to_string(calls_.under_way_) + " calls to " + calls_.of_.service +
                          " are under way"};
    }
    ++calls_.under_way_;
}

ServiceCall::~ServiceCall() {
    end(CallOutcome::ignored);
    --calls_.under_way_;
}

void ServiceCall::repeat_up_to(std::int32_t attempts) {
    attempts_max_ = attempts;
    may_ask_same_ = true;
}

Balancer::TargetPtr ServiceCall::begin() {
    calls_.refresh();
    began_ = calls_.of_.clock.steady();
    Balancer::Wanted wanted{.tried = tried_, .again = again_, .operation = operation_};
    at_ = calls_.balancer_.choose(wanted, calls_.random_, began_);
    if (!at_ && calls_.rules_.when_all_open == WhenAllOpen::ask_who_answers) {
        wanted.whoever_answers = true;
        at_ = calls_.balancer_.choose(wanted, calls_.random_, began_);
    }
    if (!at_) {
        calls_.refuse(tried_);
    }
    permit_ = calls_.breaker_of(*at_, operation_).try_begin(began_);
    calls_.balancer_.begin(*at_, began_);
    if (++attempts_ == 1) {
        calls_.budget_.note_call(began_);
    }
    return at_;
}

Steady ServiceCall::end(CallOutcome outcome) {
    if (!at_) {
        return ended_;
    }
    ended_ = calls_.of_.clock.steady();
    const auto took = ended_ - began_;
    Breaker& breaker = calls_.breaker_of(*at_, operation_);
    const auto asides = calls_.balancer_.times_aside();
    const bool was_open = breaker.state(ended_) == BreakerState::open;
    if (permit_) {
        breaker.end(*permit_, outcome, took, ended_);
    } else if (outcome == CallOutcome::success) {
        // It was asked in spite of its circuit.  What it lacked the others may have again as well:
        // probes decide.
        for (const Balancer::TargetPtr& one : calls_.balancer_.targets()) {
            if (one->refused_last) {
                calls_.breaker_of(*one, operation_).end_rest(ended_);
            }
        }
    }
    calls_.balancer_.end(*at_, outcome, took, ended_);
    if (outcome != CallOutcome::success && outcome != CallOutcome::ignored) {
        if (!was_open && breaker.state(ended_) == BreakerState::open) {
            calls_.note(ServiceCalls::Decision::circuit_opened);
        }
        if (calls_.balancer_.times_aside() != asides) {
            calls_.note(ServiceCalls::Decision::put_aside);
        }
        tried_.push_back(at_);
    }
    at_.reset();
    return ended_;
}

bool ServiceCall::could_try_again(Reached reached) const {
    const auto is_another = [this](const Balancer::TargetPtr& one) {
        return one != at_ && std::ranges::find(tried_, one) == tried_.end() &&
               one->endpoint.offers_contract && one->endpoint.is_healthy;
    };
    return attempts_ < attempts_max_ &&
           (may_ask_same_ || std::ranges::any_of(calls_.balancer_.targets(), is_another)) &&
           (reached == Reached::nobody || calls_.budget_.has_left(calls_.of_.clock.steady()));
}

bool ServiceCall::try_again(Reached reached) {
    if (attempts_ >= attempts_max_) {
        return false;
    }
    const bool is_taken =
        reached == Reached::nobody || calls_.budget_.try_take(calls_.of_.clock.steady());
    calls_.note(is_taken ? ServiceCalls::Decision::retried : ServiceCalls::Decision::retry_refused);
    return is_taken;
}

milliseconds ServiceCall::patience() const {
    const bool may = calls_.rules_.patience.count() > 0 && !may_ask_same_ && could_try_again();
    return may ? calls_.rules_.patience : milliseconds{0};
}

std::unique_ptr<ServiceCall> ServiceCall::beside() {
    const bool has_room = calls_.under_way_ < calls_.rules_.calls_max;
    if (!has_room || !could_try_again() || !calls_.budget_.try_take(calls_.of_.clock.steady())) {
        return nullptr;
    }
    auto other = std::make_unique<ServiceCall>(calls_, operation_);
    other->tried_ = tried_;
    other->tried_.push_back(at_);
    other->again_ = Again::others_only;
    other->attempts_ = attempts_;
    try {
        other->begin();
    } catch (const Failure&) {
        return nullptr;
    }
    ++attempts_;
    calls_.note(ServiceCalls::Decision::asked_beside);
    return other;
}

void ServiceCall::overtaken_by(ServiceCall& other) {
    const auto took = calls_.of_.clock.steady() - other.began_;
    end(took < calls_.rules_.patience ? CallOutcome::failure : CallOutcome::ignored);
    at_ = std::move(other.at_);
    permit_ = std::exchange(other.permit_, std::nullopt);
    began_ = other.began_;
}

void ServiceCall::note_beside(ServiceCall& other, CallOutcome outcome) {
    if (other.at_) {
        tried_.push_back(other.at_);
        other.end(outcome);
    }
}

}  // namespace loquat::runtime
