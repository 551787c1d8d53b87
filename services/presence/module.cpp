#include "services/presence/module.hpp"

#include "runtime/context.hpp"
#include "runtime/stores.hpp"
#include "services/presence/adapters/broadcast_watchers.hpp"
#include "services/presence/adapters/chat_memberships.hpp"
#include "services/presence/presence.hpp"

namespace loquat::presence {
namespace {

class PresenceService final : public runtime::Service {
  public:
    explicit PresenceService(runtime::Context& context)
        : config_(context.config<Config>()),
          loop_(context.loop()),
          memberships_(context.client<contracts::ChatApi>()),
          watchers_(context.stores().broadcast()),
          presence_(memberships_, watchers_, context.clock(), config_),
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
            people_.set(static_cast<std::int64_t>(presence_.people()));
        }
    }

    Config config_;
    aio::Loop& loop_;
    ChatMemberships memberships_;
    BroadcastWatchers watchers_;
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
                             .config = &section,
                             .make = &make};

}  // namespace loquat::presence
