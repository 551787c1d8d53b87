#include "services/gateway/module.hpp"

#include "base/log.hpp"
#include "contracts/registry.hpp"
#include "runtime/actuator/actuator.hpp"
#include "runtime/context.hpp"
#include "runtime/discovery/neighbours.hpp"
#include "runtime/front/problem.hpp"
#include "runtime/front/web_assets.hpp"
#include "runtime/stores.hpp"
#include "services/gateway/config_check.hpp"
#include "services/gateway/gateway.hpp"
#include "services/gateway/limit_stores.hpp"

namespace loquat::gateway {
namespace {

class CheckedTokens final : public TokenCheck {
  public:
    explicit CheckedTokens(runtime::Context& context) : tokens_(context) {}

    runtime::Tokens::Result verify_now(std::string_view token) override {
        return tokens_.verify_now(token);
    }
    Task<runtime::Tokens::Result> verify(std::string token) override {
        return tokens_.verify(std::move(token));
    }
    Counts counts() const override { return {tokens_.counts().hits, tokens_.counts().misses}; }
    runtime::Tokens& tokens() { return tokens_; }

  private:
    runtime::Tokens tokens_;
};

class GatewayService final : public runtime::Service {
  public:
    explicit GatewayService(runtime::Context& context)
        : context_(context),
          config_(context.config<GatewayConfig>()),
          tokens_(context),
          audit_({runtime::make_audit_sink(context), context.clock(), context.metrics(),
                  context.loop(), "gateway"}),
          gateway_(config_, parts_of(context, tokens_, audit_, config_)) {}

    Task<void> start() override {
        audit_.start();
        co_await tokens_.tokens().start();
        listens_at_ = gateway_.start();
        if (context_.edge() == 0) {
            log_info(context_.log_context(), "listens", {{"address", listens_at_.to_string()}});
        }
    }

    Task<void> stop(Steady deadline) override {
        co_await gateway_.stop(deadline);
        co_await audit_.stop(deadline);
        co_await tokens_.tokens().stop();
    }

    // The table is common to all loops: one of them builds it.
    Task<void> reload() override {
        if (context_.edge() != 0) {
            co_return;
        }
        gateway_.reload_certificate();
        std::exception_ptr error;
        try {
            auto fresh = context_.config<GatewayConfig>();
            co_await gateway_.replace_routes(std::move(fresh.routes), std::move(fresh.spring));
        } catch (...) {
            error = std::current_exception();
        }
        if (error) {
            log_error(context_.log_context(), "routes stay as they are",
                      {{"problem", runtime::to_failure(error).message}});
        }
    }

    std::string address() const override {
        return std::string{gateway_.is_tls() ? "https://" : "http://"} + listens_at_.to_string();
    }

  private:
    static Gateway::Parts parts_of(runtime::Context& context, TokenCheck& tokens,
                                   runtime::AuditTrail& audit, const GatewayConfig& config) {
        return {.loop = context.loop(),
                .clock = context.clock(),
                .metrics = context.metrics(),
                .sources = {.dispatcher = context.dispatcher(),
                            .known = contracts::all_operations(),
                            .may_be_elsewhere =
                                [&context](std::string_view name) {
                                    return !context.service_url(name).empty() ||
                                           context.neighbours().is_told_by_registry;
                                }},
                .neighbours = context.neighbours(),
                .call_rules = runtime::to_rules(context.platform_config().clients,
                                                context.platform_config().zone),
                .edge = context.edge(),
                .instance = context.instance(),
                .internal_key = context.internal_key(),
                .token_issuer = context.platform_config().token_issuer,
                .tokens = tokens,
                .rights = context.rights(),
                .shared = Shared::of(&context.dispatcher(), config,
                                     context.stores().get<LimitStores>("limits"),
                                     context.internal_key()),
                .operations =
                    [&context](runtime::ActuatorRequest request) {
                        return context.actuator().answer(std::move(request));
                    },
                .web = runtime::web_assets(),
                .audit = audit,
                .origins = context.platform_config().origins,
                .tls = &context.tls(),
                .data_folder = context.stores().folder().path()};
    }

    runtime::Context& context_;
    GatewayConfig config_;
    CheckedTokens tokens_;
    runtime::AuditTrail audit_;
    Gateway gateway_;
    net::Endpoint listens_at_;
};

runtime::ConfigSection section() {
    auto section = runtime::config_section<GatewayConfig>("gateway", check_config);
    section.foreign = {.prefix = "spring.cloud.gateway", .list = "spring", .file = "routes_file"};
    return section;
}

std::unique_ptr<runtime::Service> make(runtime::Context& context) {
    return std::make_unique<GatewayService>(context);
}

}  // namespace

const runtime::Module module{.name = "gateway",
                             .placement = runtime::Placement::every_edge,
                             .start = runtime::Start::last,
                             .calls = {{"auth"}, {"consumer", runtime::Need::optional}},
                             .adapters = &limit_stores,
                             .config = &section,
                             .make = &make};

}  // namespace loquat::gateway
