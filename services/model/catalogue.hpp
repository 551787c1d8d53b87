#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/model/backend.hpp"
#include "services/model/config.hpp"

namespace loquat::model {

// A model that can be chosen, and who runs it.
struct Choice {
    contracts::Model info;
    std::string name;  // the provider's
    Backend* backend = nullptr;
    std::vector<std::string> fallbacks;  // ids
};
using ChoicePtr = std::shared_ptr<const Choice>;

// What the model of a route that reads most of all reads, in tokens.
std::int64_t widest_of(const std::vector<ChoicePtr>& route);

// All models: the configured ones, then those that providers without configured ones have listed,
// then the simulated one.  Ids are unique; a listed model whose id is taken is `provider/id`.
class Catalogue {
  public:
    // `backends` outlives the catalogue; the last one is the simulated one.  Throws
    // `config.invalid` for a model without its provider.
    Catalogue(const Config& config, const std::vector<std::unique_ptr<Backend>>& backends);

    // What a provider said that it offers; models that are not for conversations are left out.
    void set_listed(Backend& backend, const std::vector<ListedModel>& models);

    contracts::Models list() const;
    // The model itself, then its fallbacks.  Empty when there is no such model.
    std::vector<ChoicePtr> route(const std::optional<std::string>& id) const;

  private:
    struct Listed {
        Backend* backend;
        std::vector<ListedModel> models;
    };
    void rebuild();
    void add(Choice choice);
    Choice choice_of(const ModelConfig& model) const;
    ChoicePtr find(const std::string& id) const;
    std::vector<ChoicePtr> route_of(const ChoicePtr& first) const;

    Config config_;
    std::vector<Backend*> backends_;
    std::vector<Listed> listed_;
    std::vector<ChoicePtr> choices_;
    ChoicePtr default_;
};

// The name of the provider, and of the model, that is always there.
inline constexpr std::string_view simulated_name = "simulated";

}  // namespace loquat::model
