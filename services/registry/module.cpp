#include "services/registry/module.hpp"

#include <atomic>

#include "runtime/context.hpp"
#include "runtime/stores.hpp"
#include "services/registry/adapters/http_peer.hpp"
#include "services/registry/adapters/known_file.hpp"
#include "services/registry/config_check.hpp"
#include "services/registry/registry.hpp"
#include "services/registry/web.hpp"

namespace loquat::registry {
namespace {

constexpr std::chrono::milliseconds sweep_pause{200};

std::vector<std::unique_ptr<PeerPort>> peers_of(runtime::Context& context, const Config& config) {
    std::vector<std::unique_ptr<PeerPort>> peers;
    for (const std::string& url : config.peers) {
        peers.push_back(std::make_unique<HttpPeer>(context.loop(), url,
                                                   context.call_key("registry"), context.tls()));
    }
    return peers;
}

std::vector<PeerPort*> pointers_to(const std::vector<std::unique_ptr<PeerPort>>& peers) {
    std::vector<PeerPort*> pointers;
    for (const auto& peer : peers) {
        pointers.push_back(peer.get());
    }
    return pointers;
}

// Eureka's clients hold their connections for long, and there may be thousands.
net::http::ServerConfig limits() { return {.idle_time_max = std::chrono::milliseconds{120'000}}; }

class RegistryService final : public runtime::Service {
  public:
    explicit RegistryService(runtime::Context& context)
        : context_(context),
          config_(context.config<Config>()),
          peers_(peers_of(context, config_)),
          known_(context.stores().folder().path() / "registry.known.json"),
          registry_(context.loop(), context.clock(), config_,
                    {pointers_to(peers_), context.known_services(), known_.read()}),
          web_(context, registry_, config_),
          server_(context, web_, limits()),
          watchers_(context.metrics().gauge("loquat_registry_watchers", "Who follows changes.")),
          scope_(context.loop(), "registry") {
        for (std::size_t i = 0; i < status_count; ++i) {
            instances_[i] = &context.metrics().gauge(
                "loquat_registry_instances", "Registered instances by status.",
                {{"status", std::string{to_text(static_cast<Status>(i))}}});
        }
        for (const auto& replicator : registry_.replicators()) {
            backlogs_.push_back(&context.metrics().gauge("loquat_registry_peer_backlog",
                                                         "What a peer must still be told.",
                                                         {{"peer", replicator->peer()}}));
        }
        context.health().add("registry", "catch_up", [ready = is_ready_] {
            return *ready ? std::nullopt
                          : std::optional<std::string>{"it is catching up with its peers"};
        });
    }

    Task<void> start() override {
        if (!server_.listen(config_.address, static_cast<std::uint16_t>(config_.port))) {
            *is_ready_ = true;
            co_return;
        }
        registry_.start(server_.address());
        scope_.start(run());
    }

    Task<void> stop(Steady deadline) override {
        // First: who loses its connection because of this stop is still there at the next start.
        co_await scope_.close();
        co_await registry_.stop(deadline);
        co_await server_.drain(deadline);
        if (registry_.is_ready() && known_.is_due(registry_.book().version(), Steady::max())) {
            keep();
        }
    }

    std::string address() const override { return server_.address(); }

  private:
    Task<void> run() {
        while (true) {
            registry_.sweep();
            show();
            if (registry_.is_ready() &&
                known_.is_due(registry_.book().version(), std::chrono::steady_clock::now())) {
                keep();
            }
            co_await context_.loop().sleep_for(sweep_pause);
        }
    }

    void keep() {
        const std::uint64_t version = registry_.book().version();
        known_.write(registry_.everything(), version);
    }

    void show() {
        *is_ready_ = registry_.is_ready();
        watchers_.set(static_cast<std::int64_t>(registry_.watchers().size()));
        for (std::size_t i = 0; i < status_count; ++i) {
            instances_[i]->set(
                static_cast<std::int64_t>(registry_.book().count_of(static_cast<Status>(i))));
        }
        for (std::size_t i = 0; i < backlogs_.size(); ++i) {
            backlogs_[i]->set(
                static_cast<std::int64_t>(registry_.replicators()[i]->tasks().size()));
        }
    }

    runtime::Context& context_;
    Config config_;
    std::vector<std::unique_ptr<PeerPort>> peers_;
    KnownFile known_;
    Registry registry_;
    Web web_;
    runtime::FrontServer server_;
    runtime::Gauge& watchers_;
    std::array<runtime::Gauge*, status_count> instances_{};
    std::vector<runtime::Gauge*> backlogs_;
    std::shared_ptr<std::atomic<bool>> is_ready_ = std::make_shared<std::atomic<bool>>(false);
    aio::Scope scope_;
};

runtime::ConfigSection section() {
    return runtime::config_section<Config>("registry", check_config);
}

std::unique_ptr<runtime::Service> make(runtime::Context& context) {
    return std::make_unique<RegistryService>(context);
}

}  // namespace

const runtime::Module module{
    .name = "registry", .loop = "registry", .config = &section, .make = &make};

}  // namespace loquat::registry
