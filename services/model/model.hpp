#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "aio/scope.hpp"
#include "aio/signal.hpp"
#include "services/model/answer.hpp"
#include "services/model/catalogue.hpp"

namespace loquat::model {

// The inference plane: one object on one loop, in memory.
class Inference final : public contracts::ModelApi {
  public:
    // The last of `backends` is the simulated one.  Throws `config.invalid`.
    Inference(aio::Loop& loop, const Clock& clock, const Config& config,
              std::vector<std::unique_ptr<Backend>> backends);

    Task<contracts::Models> list_models(contracts::Caller caller,
                                        contracts::Empty request) override;
    // Throws `request.invalid`, `model.unknown`, `model.id_in_use`, `model.overloaded`.
    Task<contracts::FeedPtr<contracts::ModelEvent>> generate(
        contracts::Caller caller, contracts::GenerateRequest request) override;
    Task<contracts::CanceledGenerate> cancel_generate(
        contracts::Caller caller, contracts::CancelGenerateRequest request) override;

    // Asks that provider for its models, now and then again; in the background.
    void keep_listing(Backend& backend);
    // Keys are read again.
    void reload(const Config& fresh);
    // Answers are canceled: each reader still gets its end, if it takes it before `deadline`.
    Task<void> stop(Steady deadline);

    std::size_t running() const { return answers_.size(); }

  private:
    Task<void> host(std::string id, std::shared_ptr<Answer> answer);
    Task<void> list_for_ever(Backend* backend);
    Task<bool> list_once(Backend* backend);
    Task<std::vector<ChoicePtr>> find_route(std::optional<std::string> id);

    aio::Loop& loop_;
    const Clock& clock_;
    Config config_;
    std::vector<std::unique_ptr<Backend>> backends_;
    Catalogue catalogue_;
    Budgets budgets_;
    std::unordered_map<std::string, std::shared_ptr<Answer>> answers_;
    std::size_t first_lists_ = 0;  // that are still under way
    bool stopping_ = false;
    aio::Signal emptied_;
    aio::Scope scope_;
    aio::Scope lists_;
};

}  // namespace loquat::model
