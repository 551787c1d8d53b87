#include "services/presence/module.hpp"

#include "runtime/context.hpp"
#include "runtime/stores.hpp"
#include "services/presence/adapters/broadcast_watchers.hpp"
#include "services/presence/adapters/chat_memberships.hpp"
#include "services/presence/config.hpp"
#include "services/presence/presence.hpp"
#include "services/presence/rosters.hpp"

namespace loquat::presence {
namespace {

Roster::Rules rules_of(const Config& config) {
    return {.lease = config.lease_ms,
            .offline_after = config.offline_after_ms,
            .remembered_max = config.remembered_max};
}

class PresenceService final : public runtime::Service {
  public:
    explicit PresenceService(runtime::Context& context)
        : config_(context.config<Config>()),
          loop_(context.loop()),
          memberships_(context.client<contracts::ChatApi>()),
          watchers_(context.stores().broadcast()),
          roster_(
              context.stores().get<Rosters>("presence").open(rules_of(config_), context.clock())),
          presence_({*roster_, memberships_, watchers_}, context.clock()),
          people_(context.metrics().gauge("loquat_presence_people", "People remembered.")),
          scope_(context.loop(), "presence") {
        context.expose<contracts::PresenceApi>(presence_, contracts::presence_operations());
    }

    Task<void> start() override {
        scope_.start(run());
        co_return;
    }
    Task<void> stop(Steady) override { co_await scope_.close(); }

  private:
    Task<void> run() {
        while (true) {
            co_await loop_.sleep_for(config_.batch_ms);
            co_await presence_.publish_changes();
            people_.set(static_cast<std::int64_t>(roster_->size()));
        }
    }

    Config config_;
    aio::Loop& loop_;
    ChatMemberships memberships_;
    BroadcastWatchers watchers_;
    std::unique_ptr<RosterStore> roster_;
    Presence presence_;
    runtime::Gauge& people_;
    aio::Scope scope_;
};

runtime::ConfigSection section() { return runtime::config_section<Config>("presence"); }

std::unique_ptr<runtime::Service> make(runtime::Context& context) {
    return std::make_unique<PresenceService>(context);
}

}  // namespace

const runtime::Module module{.name = "presence",
                             .stores = runtime::StorePlace::shared,
                             .calls = {{"chat"}},
                             .adapters = &roster_stores,
                             .config = &section,
                             .make = &make};

}  // namespace loquat::presence
