#include "services/model/config_check.hpp"

#include <algorithm>
#include <functional>

#include "base/failure.hpp"
#include "base/text.hpp"
#include "services/model/adapters/openai_provider.hpp"
#include "services/model/adapters/openai_request.hpp"
#include "services/model/catalogue.hpp"
#include "services/model/config.hpp"

namespace loquat::model {
namespace {

using runtime::ConfigFindings;

std::string numbered(const char* path, std::size_t index) {
    return path + ("[" + std::to_string(index) + "]");
}

// What `attempt` throws is said of that setting.
void try_to(const std::string& path, ConfigFindings& findings,
            const std::function<void()>& attempt) {
    try {
        attempt();
    } catch (const Failure& failure) {
        findings.add(path, "is refused: " + failure.message);
    }
}

void check_provider(const std::string& here, const ProviderConfig& provider,
                    ConfigFindings& findings) {
    if (!provider.url.empty()) {
        try_to(here + ".url", findings, [&] { ProviderUrl::parse(provider.url); });
    }
    try_to(here + (provider.key_file.empty() ? ".key_variable" : ".key_file"), findings,
           [&] { read_key(provider); });
    if (!provider.ca_file.empty()) {
        try_to(here + ".ca_file", findings, [&] { make_provider_tls(provider); });
    }
}

std::vector<std::string> check_providers(const Config& config, ConfigFindings& findings) {
    std::vector<std::string> names{std::string{simulated_name}};
    if (!config.openai.url.empty()) {
        names.push_back(config.openai.name);
    }
    check_provider("model.openai", config.openai, findings);
    for (std::size_t i = 0; i < config.providers.size(); ++i) {
        const ProviderConfig& provider = config.providers[i];
        const std::string here = numbered("model.providers", i);
        if (std::ranges::find(names, provider.name) != names.end()) {
            findings.add(here + ".name", "is taken: " + provider.name);
        }
        names.push_back(provider.name);
        if (provider.url.empty()) {
            findings.add(here, "needs url: an address such as https://api.openai.com/v1");
        }
        check_provider(here, provider, findings);
    }
    return names;
}

void check_name(const std::string& path, const std::string& name,
                const std::vector<std::string>& known, ConfigFindings& findings) {
    if (std::ranges::find(known, name) != known.end()) {
        return;
    }
    const auto near = suggest(name, known);
    findings.add(path, "names " + name + ", which is not configured" +
                           (near ? "; did you mean " + *near + "?" : ""));
}

void check_models(const Config& config, const std::vector<std::string>& providers,
                  ConfigFindings& findings) {
    std::vector<std::string> ids{std::string{simulated_name}};
    for (const ModelConfig& model : config.models) {
        ids.push_back(model.id);
    }
    for (std::size_t i = 0; i < config.models.size(); ++i) {
        const ModelConfig& model = config.models[i];
        const std::string here = numbered("model.models", i);
        check_name(here + ".provider", model.provider, providers, findings);
        for (std::size_t k = 0; k < model.fallbacks.size(); ++k) {
            check_name(numbered((here + ".fallbacks").c_str(), k), model.fallbacks[k], ids,
                       findings);
        }
    }
}

}  // namespace

void check_config(const runtime::Config& all, ConfigFindings& findings) {
    const auto config = all.get<Config>("model");
    check_models(config, check_providers(config, findings), findings);
}

}  // namespace loquat::model
