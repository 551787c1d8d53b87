#pragma once
#include <memory>

#include "aio/loop.hpp"
#include "aio/signal.hpp"
#include "services/registry/peers/tasks.hpp"
#include "services/registry/ports.hpp"

namespace loquat::registry {

// Tells one peer what clients said here, in Eureka's batches, and takes what the peer knows better.
// What comes from a peer is never told on: every registry hears from every other.
class Replicator {
  public:
    static constexpr std::size_t batch_max = 250;

    Replicator(aio::Loop& loop, PeerPort& peer, InstanceBook& book, const Clock& clock)
        : loop_(loop), peer_(peer), book_(book), clock_(clock) {}

    void tell(const Replicated& told);
    // Until it is cancelled.
    Task<void> run();
    // What waits is sent once more, if it can be by then.
    Task<void> flush(Steady deadline);

    struct Counts {
        std::uint64_t batches = 0;
        std::uint64_t failures = 0;
        std::uint64_t conflicts = 0;  // the peer had a newer copy, which is here now
    };
    const Counts& counts() const { return counts_; }
    const PeerTasks& tasks() const { return tasks_; }
    const std::string& peer() const { return peer_.name(); }
    // The last batch was answered.
    bool is_reached() const { return is_reached_; }

  private:
    Task<bool> send_some(Steady deadline);
    void apply(const PeerTask& task, TaskAnswer answer);

    aio::Loop& loop_;
    PeerPort& peer_;
    InstanceBook& book_;
    const Clock& clock_;
    PeerTasks tasks_;
    aio::Signal pushed_;
    Counts counts_;
    bool is_reached_ = true;
};

}  // namespace loquat::registry
