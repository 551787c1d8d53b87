#include "services/registry/registry.hpp"

#include "base/failure.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "net/http/client.hpp"
#include "services/registry/peers/catch_up.hpp"
#include "services/registry/peers/tasks.hpp"
#include "services/registry/watch/view.hpp"

namespace loquat::registry {
namespace {

InstanceBook::Rules rules_of(const Config& config) {
    InstanceBook::Rules rules;
    rules.counts_leases_twice = config.counts_leases_twice;
    rules.removed_percent_max = config.removed_percent_max;
    rules.kept_leases_max = config.kept_leases_max;
    rules.changes_kept = config.changes_kept_seconds;
    rules.broken_grace = config.broken_grace_ms;
    rules.instances_max = config.instances_max;
    return rules;
}

bool has_text(std::string_view where, std::string_view lower) {
    return to_lower_ascii(where).find(lower) != std::string::npos;
}

// The registry as an instance of itself.
Instance describe(const std::string& address, Moment now) {
    Instance self;
    const auto origin = net::http::Origin::parse(address);
    self.app = "REGISTRY";
    self.host_name = origin ? origin->host : "localhost";
    self.ip_address = self.host_name;
    self.port = {origin ? origin->port : 0, true};
    self.id = self.host_name + ":registry:" + std::to_string(self.port.number);
    self.vip_address = "registry";
    self.home_page_url = address;
    self.lease.registered_at = self.lease.renewed_at = self.lease.up_since = now.wall;
    self.updated_at = self.dirty_at = now.wall;
    return self;
}

}  // namespace

Registry::Registry(aio::Loop& loop, const Clock& clock, const Config& config, Neighbours neighbours)
    : loop_(loop),
      clock_(clock),
      config_(config),
      peers_(std::move(neighbours.peers)),
      known_(std::move(neighbours.known)),
      book_(rules_of(config)),
      watchers_(loop, book_, clock,
                {.watchers_max = config.watchers_max, .beat = config.watch_beat_ms}),
      front_(
          book_, std::move(neighbours.own_names),
          [this](const Replicated& told) { tell_peers(told); },
          [this](Moment at) { return state(at); }),
      scope_(loop, "registry") {
    for (PeerPort* peer : peers_) {
        replicators_.push_back(std::make_unique<Replicator>(loop, *peer, book_, clock));
    }
}

void Registry::start(const std::string& address) {
    self_ = describe(address, now());
    started_at_ = clock_.steady();
    is_ready_ = peers_.empty();
    if (is_ready_) {
        remember();
    } else {
        scope_.start(run_start());
    }
    for (const auto& replicator : replicators_) {
        scope_.start(replicator->run());
    }
}

ServerState Registry::state(Moment now) const {
    ServerState state{
        .self = self_,
        .peers = {},
        .applications = book_.apps().size(),
        .instances = book_.size(),
        .up = std::chrono::duration_cast<std::chrono::seconds>(now.steady - started_at_),
        .is_ready = is_ready_};
    for (const auto& replicator : replicators_) {
        state.peers.push_back({replicator->peer(), replicator->is_reached()});
    }
    return state;
}

Task<void> Registry::run_start() {
    const Steady begun = std::chrono::steady_clock::now();
    const Steady deadline = begun + config_.catch_up_seconds_max;
    const std::size_t instances = co_await catch_up(loop_, peers_, book_, clock_, deadline);
    if (instances == 0) {
        remember();
    }
    is_ready_ = true;
    watchers_.notice();
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begun);
    log_info({.service = "registry"}, "has caught up",
             {{"instances", instances}, {"ms", took.count()}});
}

// An empty list would take everybody away from those who follow it until the last instance has been
// heard of again.  A lease of each begins now.
void Registry::remember() {
    if (known_.empty()) {
        return;
    }
    try {
        for (Instance& instance : read_all(std::exchange(known_, {}), clock_.now())) {
            book_.add(std::move(instance), Origin::peer, now());
        }
        log_info({.service = "registry"}, "remembers who was registered",
                 {{"instances", book_.size()}});
    } catch (const Failure& failure) {
        log_warn({.service = "registry"}, "who was registered last cannot be read",
                 {{"problem", failure.message}});
    }
}

std::string Registry::everything() {
    const EurekaReply reply =
        answer({.method = "GET", .path = {"apps"}, .wants_json = true, .is_trusted = true});
    return reply.whole ? reply.whole->plain() : reply.body;
}

Task<void> Registry::stop(Steady deadline) {
    watchers_.close();
    co_await scope_.close();
    for (const auto& replicator : replicators_) {
        co_await replicator->flush(
            std::min(deadline, std::chrono::steady_clock::now() + std::chrono::seconds{1}));
    }
}

EurekaReply Registry::answer(const EurekaRequest& request) {
    EurekaReply reply = front_.answer(request, now());
    watchers_.notice();
    return reply;
}

std::unique_ptr<net::http::BodySource> Registry::watch(std::optional<WatchPlace> from,
                                                       std::vector<Held> holders) {
    return watchers_.watch(std::move(from), std::move(holders));
}

void Registry::tell_peers(const Replicated& told) {
    for (const auto& replicator : replicators_) {
        replicator->tell(told);
    }
}

// Peers end leases by themselves; that a connection broke is known only here.
void Registry::sweep() {
    for (const InstanceBook::Removed& removed : book_.expire(now())) {
        log_info({.service = "registry"}, "removed",
                 {{"application", removed.instance->app},
                  {"instance", removed.instance->id},
                  {"why", to_text(removed.why)}});
        if (removed.why == Departure::connection_broke) {
            tell_peers({.kind = Replicated::Kind::canceled,
                        .app = removed.instance->app,
                        .id = removed.instance->id});
        }
    }
    watchers_.notice();
}

contracts::RegistryPage Registry::list(const Chosen& chosen) const {
    contracts::RegistryPage page{.epoch = watchers_.epoch(), .version = book_.version()};
    const std::size_t slash = std::min(chosen.after.find('/'), chosen.after.size());
    const std::string after_app = chosen.after.substr(0, slash);
    const std::string after_id = chosen.after.substr(std::min(slash + 1, chosen.after.size()));
    const std::string wanted = to_lower_ascii(chosen.text);
    page.total = book_.size();
    for (auto app = book_.apps().lower_bound(after_app); app != book_.apps().end(); ++app) {
        auto entry =
            app->first == after_app ? app->second.upper_bound(after_id) : app->second.begin();
        for (; entry != app->second.end(); ++entry) {
            const Instance& instance = *entry->second.instance;
            if (!wanted.empty() && !has_text(app->first, wanted) &&
                !has_text(instance.id, wanted) && !has_text(instance.host_name, wanted) &&
                !has_text(to_text(instance.status), wanted)) {
                continue;
            }
            if (page.items.size() == chosen.limit) {
                page.next = page.items.back().application + "/" + page.items.back().id;
                return page;
            }
            page.items.push_back(view_of(entry->second));
        }
    }
    return page;
}

std::vector<contracts::RegistryChange> Registry::list_gone(std::size_t most) const {
    std::vector<contracts::RegistryChange> gone;
    const auto changes = book_.recent_changes();
    for (auto change = changes.rbegin(); change != changes.rend() && gone.size() < most; ++change) {
        if (change->instance->action == Action::deleted) {
            gone.push_back(view_of(*change, watchers_.epoch()));
        }
    }
    return gone;
}

}  // namespace loquat::registry
