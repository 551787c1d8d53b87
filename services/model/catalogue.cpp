#include "services/model/catalogue.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace loquat::model {
namespace {

constexpr std::int64_t usual_context_tokens = 32'768;

// Lists hold models for other things too, and do not say for what.
bool is_for_conversations(std::string_view name) {
    constexpr std::array others{"embed",   "whisper", "tts",      "dall-e",     "moderation",
                                "image",   "audio",   "realtime", "transcribe", "rerank",
                                "babbage", "davinci", "sora",     "guard"};
    const std::string lower = to_lower_ascii(name);
    return std::ranges::none_of(
        others, [&](const char* word) { return lower.find(word) != std::string::npos; });
}

std::optional<std::int64_t> price(std::int64_t micros) {
    return micros < 0 ? std::nullopt : std::optional{micros};
}

}  // namespace

Catalogue::Catalogue(const Config& config, const std::vector<std::unique_ptr<Backend>>& backends)
    : config_(config) {
    for (const auto& backend : backends) {
        backends_.push_back(backend.get());
    }
    rebuild();
    for (const ModelConfig& model : config_.models) {
        for (const std::string& fallback : model.fallbacks) {
            const bool is_known = std::ranges::any_of(
                config_.models, [&](const ModelConfig& one) { return one.id == fallback; });
            if (!is_known && fallback != simulated_name) {
                throw Failure{Kind::invalid, "config.invalid",
                              "model.models: " + model.id + " falls back to " + fallback +
                                  ", which is not configured."};
            }
        }
    }
}

void Catalogue::set_listed(Backend& backend, const std::vector<ListedModel>& models) {
    std::erase_if(listed_, [&](const Listed& one) { return one.backend == &backend; });
    listed_.push_back({&backend, models});
    rebuild();
}

void Catalogue::rebuild() {
    choices_.clear();
    for (const ModelConfig& model : config_.models) {
        add(choice_of(model));
    }
    for (Backend* backend : backends_) {
        for (const Listed& listed : listed_) {
            for (const ListedModel& model : listed.models) {
                if (listed.backend != backend || !is_for_conversations(model.name)) {
                    continue;
                }
                const std::string id =
                    find(model.name) != nullptr ? backend->name + "/" + model.name : model.name;
                const std::int64_t context =
                    model.context_tokens > 0 ? model.context_tokens : usual_context_tokens;
                add({.info = {.id = id,
                              .provider = backend->name,
                              .label = model.name,
                              .context_tokens = context},
                     .name = model.name,
                     .backend = backend});
            }
        }
    }
    add({.info = {.id = std::string{simulated_name},
                  .provider = std::string{simulated_name},
                  .label = "Simulated",
                  .context_tokens = config_.simulated.context_tokens},
         .name = std::string{simulated_name},
         .backend = backends_.back()});
    default_ = find(config_.default_model);
    if (!default_) {
        default_ = choices_.front();
    }
}

Choice Catalogue::choice_of(const ModelConfig& model) const {
    const auto backend = std::ranges::find(backends_, model.provider, &Backend::name);
    if (backend == backends_.end()) {
        throw Failure{Kind::invalid, "config.invalid",
                      "model.models: " + model.id + " names the provider " + model.provider +
                          ", which is not configured."};
    }
    Choice choice{.info = {.id = model.id,
                           .provider = model.provider,
                           .label = model.label.empty() ? model.id : model.label,
                           .context_tokens = model.context_tokens,
                           .input_price_micros = price(model.input_price_micros),
                           .output_price_micros = price(model.output_price_micros)},
                  .name = model.name.empty() ? model.id : model.name,
                  .backend = *backend,
                  .fallbacks = model.fallbacks};
    if (choice.info.input_price_micros || choice.info.output_price_micros) {
        choice.info.currency = config_.currency;
    }
    return choice;
}

// The first of an id stays.
void Catalogue::add(Choice choice) {
    if (!find(choice.info.id)) {
        choices_.push_back(std::make_shared<const Choice>(std::move(choice)));
    }
}

ChoicePtr Catalogue::find(const std::string& id) const {
    const auto found =
        std::ranges::find_if(choices_, [&](const ChoicePtr& one) { return one->info.id == id; });
    return found == choices_.end() ? nullptr : *found;
}

std::int64_t widest_of(const std::vector<ChoicePtr>& route) {
    std::int64_t widest = 0;
    for (const ChoicePtr& choice : route) {
        widest = std::max(widest, choice->info.context_tokens);
    }
    return widest;
}

contracts::Models Catalogue::list() const {
    contracts::Models models;
    for (const ChoicePtr& choice : choices_) {
        models.items.push_back(choice->info);
        const std::int64_t widest = widest_of(route_of(choice));
        if (widest > choice->info.context_tokens) {
            models.items.back().route_context_tokens = widest;
        }
        models.items.back().default_ = choice == default_;
    }
    return models;
}

std::vector<ChoicePtr> Catalogue::route(const std::optional<std::string>& id) const {
    const ChoicePtr first = id ? find(*id) : default_;
    return first ? route_of(first) : std::vector<ChoicePtr>{};
}

std::vector<ChoicePtr> Catalogue::route_of(const ChoicePtr& first) const {
    std::vector<ChoicePtr> route{first};
    for (const std::string& fallback : first->fallbacks) {
        const ChoicePtr next = find(fallback);
        if (next && std::ranges::find(route, next) == route.end()) {
            route.push_back(next);
        }
    }
    return route;
}

}  // namespace loquat::model
