#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aio/scope.hpp"
#include "contracts/registry/registry.hpp"
#include "services/registry/config.hpp"
#include "services/registry/eureka/front.hpp"
#include "services/registry/peers/replicator.hpp"
#include "services/registry/ports.hpp"
#include "services/registry/watch/watchers.hpp"

namespace loquat::registry {

// The registry: one object on one loop, in memory.  What outlives it are its peers, what it knew
// last, and the instances themselves, which register again.
class Registry {
  public:
    struct Neighbours {
        std::vector<PeerPort*> peers;        // outlive it
        std::vector<std::string> own_names;  // of the platform's services
        std::string known = {};  // by `everything` of an earlier life; taken where no peer tells
    };

    Registry(aio::Loop& loop, const Clock& clock, const Config& config, Neighbours neighbours);

    // Starts to catch up, and to tell the peers.  `address`: where it is reached itself.
    void start(const std::string& address = {});
    // Ends all streams and tells the peers what waits.
    Task<void> stop(Steady deadline);

    // False until it has caught up: only peers are answered.
    bool is_ready() const { return is_ready_; }
    EurekaReply answer(const EurekaRequest& request);
    // As Watchers::watch.
    std::unique_ptr<net::http::BodySource> watch(std::optional<WatchPlace> from,
                                                 std::vector<Held> holders);

    struct Chosen {
        std::string after;  // `APPLICATION/ID`, the last one of the page before; empty: the first
        std::size_t limit = 100;
        std::string text;  // only whose application, id, host or status has it, in any case
    };
    contracts::RegistryPage list(const Chosen& chosen) const;
    // Who left lately, the latest first.
    std::vector<contracts::RegistryChange> list_gone(std::size_t most) const;

    // All instances in Eureka's JSON.
    std::string everything();

    // What time has done; called a few times a second.
    void sweep();

    const InstanceBook& book() const { return book_; }
    const Watchers& watchers() const { return watchers_; }
    const std::vector<std::unique_ptr<Replicator>>& replicators() const { return replicators_; }

  private:
    Task<void> run_start();
    void remember();
    Moment now() const { return {clock_.now(), clock_.steady()}; }
    void tell_peers(const Replicated& told);
    ServerState state(Moment now) const;

    aio::Loop& loop_;
    const Clock& clock_;
    Config config_;
    std::vector<PeerPort*> peers_;
    std::string known_;
    InstanceBook book_;
    Watchers watchers_;
    std::vector<std::unique_ptr<Replicator>> replicators_;
    EurekaFront front_;
    Instance self_;
    Steady started_at_{};
    bool is_ready_ = false;
    aio::Scope scope_;
};

}  // namespace loquat::registry
