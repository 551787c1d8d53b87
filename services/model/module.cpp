#include "services/model/module.hpp"

#include <algorithm>

#include "runtime/context.hpp"
#include "services/model/adapters/openai_provider.hpp"
#include "services/model/adapters/simulated.hpp"
#include "services/model/config_check.hpp"
#include "services/model/model.hpp"

namespace loquat::model {
namespace {

using Backends = std::vector<std::unique_ptr<Backend>>;

Breaker::Rules breaker_rules(const Config& config) {
    return {.failures = config.breaker_failures,
            .rest = config.breaker_ms,
            .rest_max = config.breaker_ms_max};
}

std::vector<ProviderConfig> providers_of(const Config& config) {
    std::vector<ProviderConfig> providers;
    if (!config.openai.url.empty()) {
        providers.push_back(config.openai);
    }
    for (const ProviderConfig& provider : config.providers) {
        const bool is_taken =
            provider.name == simulated_name ||
            std::ranges::find(providers, provider.name, &ProviderConfig::name) != providers.end();
        if (is_taken || provider.url.empty()) {
            throw Failure{Kind::invalid, "config.invalid",
                          "model.providers: each one needs a name of its own and a url; see " +
                              provider.name};
        }
        providers.push_back(provider);
    }
    return providers;
}

// Real ones in the order of the configuration, then the simulated one.
Backends make_backends(const Config& config, runtime::Context& context) {
    Backends backends;
    for (const ProviderConfig& provider : providers_of(config)) {
        auto adapter = std::make_unique<OpenAiProvider>(context.loop(), context.clock(), provider);
        backends.push_back(std::make_unique<Backend>(std::move(adapter), provider,
                                                     breaker_rules(config), context.metrics()));
    }
    ProviderConfig simulated;
    simulated.name = simulated_name;
    simulated.concurrent_max = config.simulated.concurrent_max;
    simulated.tries_max = 1;
    Breaker::Rules never = breaker_rules(config);
    never.failures = std::int64_t{1} << 40;
    auto adapter = std::make_unique<Simulated>(context.loop(), config.simulated,
                                               config.openai.next_token_ms_max);
    backends.push_back(
        std::make_unique<Backend>(std::move(adapter), simulated, never, context.metrics()));
    return backends;
}

// Those whose models are to be asked for: none are configured for them.
std::vector<Backend*> backends_to_list(const Config& config, const Backends& backends) {
    std::vector<Backend*> found;
    for (const ProviderConfig& provider : providers_of(config)) {
        const bool has_models = std::ranges::find(config.models, provider.name,
                                                  &ModelConfig::provider) != config.models.end();
        if (provider.list_models && !has_models) {
            for (const auto& backend : backends) {
                if (backend->name == provider.name) {
                    found.push_back(backend.get());
                }
            }
        }
    }
    return found;
}

class ModelService final : public runtime::Service {
  public:
    explicit ModelService(runtime::Context& context)
        : context_(context), config_(context.config<Config>()) {
        Backends backends = make_backends(config_, context);
        to_list_ = backends_to_list(config_, backends);
        watch(context, backends);
        inference_ = std::make_unique<Inference>(context.loop(), context.clock(), config_,
                                                 std::move(backends));
        context.expose<contracts::ModelApi>(*inference_, contracts::model_operations());
    }

    // Nobody is waited for.
    Task<void> start() override {
        for (Backend* backend : to_list_) {
            inference_->keep_listing(*backend);
        }
        co_return;
    }
    Task<void> stop(Steady deadline) override { co_await inference_->stop(deadline); }
    Task<void> reload() override {
        inference_->reload(context_.config<Config>());
        co_return;
    }

  private:
    static void watch(runtime::Context& context, const Backends& backends) {
        std::vector<const Backend*> real;
        for (const auto& backend : backends) {
            if (backend->name != simulated_name) {
                real.push_back(backend.get());
            }
        }
        context.health().add("model", "providers", [real]() -> std::optional<std::string> {
            const auto now = std::chrono::steady_clock::now().time_since_epoch().count();
            const bool all_rest = std::ranges::all_of(
                real, [now](const Backend* backend) { return backend->rests_until > now; });
            if (real.empty() || !all_rest) {
                return std::nullopt;
            }
            return "all providers are left alone after failures";
        });
    }

    runtime::Context& context_;
    Config config_;
    std::unique_ptr<Inference> inference_;
    std::vector<Backend*> to_list_;
};

runtime::ConfigSection section() { return runtime::config_section<Config>("model", check_config); }

std::unique_ptr<runtime::Service> make(runtime::Context& context) {
    return std::make_unique<ModelService>(context);
}

}  // namespace

const runtime::Module module{.name = "model", .loop = "model", .config = &section, .make = &make};

}  // namespace loquat::model
