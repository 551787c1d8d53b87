#include "services/realtime/module.hpp"

#include "aio/timer.hpp"
#include "runtime/context.hpp"
#include "runtime/rights/tokens.hpp"
#include "runtime/stores.hpp"
#include "services/realtime/adapters/chat_client.hpp"
#include "services/realtime/adapters/presence_reporter.hpp"
#include "services/realtime/adapters/token_verifier.hpp"
#include "services/realtime/endpoint.hpp"
#include "services/realtime/metrics.hpp"

namespace loquat::realtime {
namespace {

constexpr std::chrono::seconds metrics_interval{1};

Hearing hearing_of(runtime::Context& context) {
    const bool is_local = context.stores().configured("broadcast").kind == "local";
    return is_local ? Hearing::certain : Hearing::uncertain;
}

class RealtimeService final : public runtime::Service {
  public:
    explicit RealtimeService(runtime::Context& context)
        : loop_(context.loop()),
          tokens_(context, runtime::Tokens::Shown::once),
          verifier_(tokens_),
          chat_(context.client<contracts::ChatApi>()),
          presence_(context.loop(), context.client<contracts::PresenceApi>(),
                    context.instance() + "-" + Uuid::make().to_string()),
          node_(context.loop(), context.config<Config>(),
                {verifier_, chat_, presence_, context.stores().broadcast(), context.rights(),
                 context.clock(), hearing_of(context)}),
          endpoint_(node_, context.platform_config().origins),
          metrics_(context.metrics(), context.instance()),
          timer_([this] { measure(); }) {
        context.expose_upgrade("/ws", endpoint_);
    }

    Task<void> start() override {
        co_await tokens_.start();
        presence_.start();
        measure();
    }

    Task<void> stop(Steady deadline) override {
        co_await node_.drain(deadline);
        timer_.stop();
        co_await presence_.stop();
        co_await tokens_.stop();
    }

  private:
    void measure() {
        metrics_.update(node_.counts());
        timer_.start(loop_, metrics_interval);
    }

    aio::Loop& loop_;
    runtime::Tokens tokens_;
    TokenVerifier verifier_;
    ChatClient chat_;
    PresenceReporter presence_;
    Node node_;
    Endpoint endpoint_;
    RealtimeMetrics metrics_;
    aio::Timer timer_;
};

runtime::ConfigSection section() { return runtime::config_section<Config>("realtime"); }

std::unique_ptr<runtime::Service> make(runtime::Context& context) {
    return std::make_unique<RealtimeService>(context);
}

}  // namespace

const runtime::Module module{.name = "realtime",
                             .placement = runtime::Placement::every_edge,
                             .stores = runtime::StorePlace::shared,
                             .calls = {{"auth"}, {"chat"}, {"presence"}},
                             .config = &section,
                             .make = &make};

}  // namespace loquat::realtime
