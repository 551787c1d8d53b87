#pragma once
#include <functional>
#include <memory>
#include <random>
#include <string>

#include "aio/loop.hpp"
#include "runtime/calls/clients_config.hpp"
#include "runtime/discovery/instances.hpp"
#include "runtime/resilience/balancer.hpp"
#include "runtime/resilience/retry_budget.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "wire/json.hpp"

namespace loquat::runtime {

// When the circuits of all instances are open.  Those who answer that they cannot mostly lack the
// same thing, and have it back at the same moment, long before a circuit has rested.
enum class WhenAllOpen : std::uint8_t { refuse, ask_who_answers };

struct CallRules {
    BalancerRules balancer;
    BreakerRules breaker;
    RetryBudget::Rules retries;
    std::int32_t attempts_max = 3;
    std::int32_t calls_max = 1'024;
    std::chrono::milliseconds patience{0};  // then another one is asked beside; 0: never
    WhenAllOpen when_all_open = WhenAllOpen::refuse;
};

BreakerRules to_rules(const BreakerConfig& config);
// `zone` is our own.
CallRules to_rules(const ClientsConfig& config, std::string zone);

// How a server's own answer counts: 502, 503 and 504 say that the trouble is at it or behind it,
// and are `refused`.
CallOutcome outcome_of(int status);

// All calls of one loop to one service, and what they have taught: who is asked, how often again,
// and who is left alone.  Each decision is counted in `loquat_client_decisions_total`.  The loop's
// thread only.
class ServiceCalls {
  public:
    struct Of {
        std::string service;
        std::string contract;  // empty: whoever has the name is called
        const Instances& instances;
        Metrics& metrics;
        const Clock& clock;
    };

    ServiceCalls(Of of, CallRules rules);

    // Called with each address at which no instance is any more, when that is noticed.
    using OnGone = std::function<void(const net::http::Origin&)>;
    void on_gone(OnGone tell) { on_gone_ = std::move(tell); }

    const std::string& service() const { return of_.service; }
    // Instances as they are now.
    std::span<const Balancer::TargetPtr> targets();
    // What an active check has found.
    enum class Health : std::uint8_t { well, ill };
    void set_health(Balancer::Target& target, Health health);
    // What is known and decided, for whoever looks: see docs/platform.md.
    wire::Value to_value();

  private:
    friend class ServiceCall;
    enum class Decision : std::uint8_t {
        retried,
        retry_refused,
        asked_beside,
        circuit_refused,
        circuit_opened,
        bulkhead_refused,
        put_aside,
        no_instance,
        contract_refused,
        check_passed,
        check_failed,
    };

    void refresh();
    Breaker& breaker_of(Balancer::Target& target, OperationClass operation);
    void note(Decision decision);
    [[noreturn]] void refuse(std::span<const Balancer::TargetPtr> tried);

    void tell_gone(std::span<const Endpoint> now) const;

    Of of_;
    OnGone on_gone_;
    CallRules rules_;
    Balancer balancer_;
    RetryBudget budget_;
    std::mt19937_64 random_;
    Instances::ListPtr list_;
    std::uint64_t version_ = 0;
    std::int32_t under_way_ = 0;
    std::array<std::uint64_t, 11> decided_{};
    std::array<Counter*, 11> counters_{};
};

// One call with all its attempts; an attempt that nobody ended says nothing of its instance.
//
//   ServiceCall call{calls, OperationClass::read};
//   const Balancer::TargetPtr at = call.begin();   // throws when nobody may be called
//   ... call.end(CallOutcome::failure);
//   if (call.try_again()) { call.begin() ...
class ServiceCall {
  public:
    // Throws `upstream.busy` when too many calls to the service are under way.
    ServiceCall(ServiceCalls& calls, OperationClass operation);
    ~ServiceCall();
    ServiceCall(const ServiceCall&) = delete;
    ServiceCall& operator=(const ServiceCall&) = delete;

    // So many attempts instead of the rules', and also at one and the same instance.
    void repeat_up_to(std::int32_t attempts);
    // The next instance.  Throws Failure `upstream.unavailable` (there is none),
    // `upstream.circuit_open`, `upstream.other_contract`.  Who holds it may use its address also
    // after it has left.
    Balancer::TargetPtr begin();
    // Returns when the attempt ended, or the last one if none is under way.
    Steady end(CallOutcome outcome);
    // Whether the attempt may have given its instance work to do.
    enum class Reached : std::uint8_t { maybe, nobody };
    // Whether another instance could be asked after this attempt.
    bool could_try_again(Reached reached = Reached::maybe) const;
    // Takes a repeat out of the budget; false when there is none, or there were enough attempts.
    // What reached nobody makes no more work for anybody: its repeat is free.
    bool try_again(Reached reached = Reached::maybe);

    // How long an attempt may be silent before another instance is asked beside it; 0: none can be.
    std::chrono::milliseconds patience() const;
    // A call to another instance beside this one, begun, out of the budget of repeats; null when
    // there is none.
    std::unique_ptr<ServiceCall> beside();
    // Where an attempt goes that is under way.
    const Balancer::TargetPtr& at() const { return at_; }
    // `other` has answered first: its attempt is this call's from now on.  Who was overtaken has
    // failed, unless the other one took as long: then all are slow, and nobody is to blame.
    void overtaken_by(ServiceCall& other);
    // `other` has ended so, and this one goes on.
    void note_beside(ServiceCall& other, CallOutcome outcome);

  private:
    ServiceCalls& calls_;
    OperationClass operation_;
    std::int32_t attempts_ = 0;
    std::int32_t attempts_max_;
    bool may_ask_same_ = false;
    Again again_ = Again::same_rather_than_none;
    std::vector<Balancer::TargetPtr> tried_;
    Balancer::TargetPtr at_;
    std::optional<Breaker::Permit> permit_;  // none for one that looks whether an instance is back
    Steady began_{};
    Steady ended_{};
};

}  // namespace loquat::runtime
