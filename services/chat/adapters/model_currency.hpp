#pragma once
#include "contracts/core/client.hpp"
#include "contracts/model/model.hpp"
#include "services/chat/ports.hpp"

namespace loquat::chat {

// The currency of the model service's prices.
class ModelCurrency final : public Currency {
  public:
    explicit ModelCurrency(contracts::Client<contracts::ModelApi> models)
        : models_(std::move(models)) {}

    Task<std::optional<std::string>> find(contracts::Caller caller) override {
        const Steady latest = std::chrono::steady_clock::now() + std::chrono::seconds{2};
        caller.deadline = std::min(caller.deadline, latest);
        const contracts::Empty request;
        const auto models =
            co_await models_.call<&contracts::ModelApi::list_models>(std::move(caller), request);
        for (const contracts::Model& model : models.items) {
            if (model.currency) {
                co_return model.currency;
            }
        }
        co_return std::nullopt;
    }

  private:
    contracts::Client<contracts::ModelApi> models_;
};

}  // namespace loquat::chat
