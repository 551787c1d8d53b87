#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "net/http/client.hpp"
#include "runtime/resilience/breaker.hpp"

namespace loquat::runtime {

// An instance that calls may go to.
struct Endpoint {
    std::string id;       // unique among its service's
    std::string address;  // http://127.0.0.1:7102
    std::string zone;
    std::int32_t weight = 100;       // 0: gets none
    bool is_healthy = true;          // by discovery and by active checks
    bool offers_contract = true;     // what is asked of its service
    net::http::Origin origin = {};   // of the address
    std::string authority = {};      // of the origin, for the Host field
    std::uint64_t registration = 0;  // see ServiceInstance
};

struct BalancerRules {
    std::string zone;  // our own: instances of it come first, as long as some of them are fit
    std::int32_t failures_in_row = 5;         // put an instance aside
    std::chrono::milliseconds aside{30'000};  // each further time it lasts as much longer
    std::chrono::milliseconds aside_max{300'000};
    std::int32_t aside_percent_max = 50;  // of all of them at once
    std::chrono::milliseconds latency_memory{10'000};
};

// Breakers judge them apart: a model that is slow says nothing about what reads a row.
enum class OperationClass : std::uint8_t { read, change, stream };
inline constexpr std::size_t operation_classes = 3;

// Whether a call that every instance has failed may go to one of them again.
enum class Again : std::uint8_t { same_rather_than_none, others_only };

// Chooses an instance for each call: of two that are drawn at random, the one with less to wait
// for, by its latency (an average that forgets, and jumps up at once) and by the calls that are
// under way.  Whoever fails in a row is put aside for a growing while, never more than a share of
// all.  One that was not there, and is aside or has an open circuit, is looked for by single calls,
// which lose little when nobody takes them.  Pure: time and chance are passed in.
class Balancer {
  public:
    // An instance and what is known of it; alive as long as a call to it is.
    struct Target {
        explicit Target(Endpoint at) : endpoint(std::move(at)) {}

        Endpoint endpoint;
        double latency_ns = 0;  // 0: not known yet
        Steady latency_at{};
        std::int32_t under_way = 0;
        std::int32_t failures = 0;  // in a row
        std::int32_t times_aside = 0;
        Steady aside_until = Steady::min();
        bool is_gone = false;
        bool refused_last = false;  // the last call: somebody was there and answered
        // Nobody took the last connection to it: what comes with each further one.
        struct Absence {
            std::chrono::milliseconds pause;
            Steady next;  // one call may look then whether it is back
        };
        std::optional<Absence> absence;
        std::uint64_t calls = 0;
        std::uint64_t failed = 0;
        // Of each class of operations, made at its first call.
        std::array<std::unique_ptr<Breaker>, operation_classes> breakers;
    };
    using TargetPtr = std::shared_ptr<Target>;

    explicit Balancer(BalancerRules rules) : rules_(std::move(rules)) {}

    // These are all there are now.  What is known of one that stays is kept.
    void set(std::span<const Endpoint> endpoints);

    // What a call asks of an instance.
    struct Wanted {
        std::span<const TargetPtr> tried;  // left out while there are others
        Again again = Again::same_rather_than_none;
        OperationClass operation = OperationClass::read;
        // Also who has an open circuit and refused the last call, where there is nobody else.
        bool whoever_answers = false;
    };

    // Null when there is none.  When no instance is fit any more all that may be called are: a
    // wrong judgement must not be worse than none.  Nobody is called whose breaker is open, or who
    // does not offer the contract.
    TargetPtr choose(const Wanted& wanted, std::mt19937_64& random, Steady now);
    void begin(Target& target, Steady now) const;
    void end(Target& target, CallOutcome outcome, std::chrono::nanoseconds took, Steady now);

    std::span<const TargetPtr> targets() const { return targets_; }
    bool is_aside(const Target& target, Steady now) const { return target.aside_until > now; }
    // How often an instance was put aside.
    std::uint64_t times_aside() const { return times_aside_; }

  private:
    static bool may(const Target& target, const Wanted& wanted, Steady now);
    TargetPtr find_due(const Wanted& wanted, Steady now) const;
    static void note_absence(Target& target, std::chrono::nanoseconds took, Steady now);
    static void end_absence(Target& target, CallOutcome outcome, Steady now);
    bool is_fit(const Target& target, const Wanted& wanted, Steady now) const;
    // The instances to draw from, in `fit_`.
    void find_fit(const Wanted& wanted, Steady now);
    std::size_t draw(std::size_t without, std::uint64_t number) const;
    double cost_of(const Target& target, Steady now) const;
    void put_aside(Target& target, Steady now);

    BalancerRules rules_;
    std::vector<TargetPtr> targets_;
    std::vector<Target*> fit_;  // of one choice; kept for its memory
    std::uint64_t times_aside_ = 0;
};

}  // namespace loquat::runtime
