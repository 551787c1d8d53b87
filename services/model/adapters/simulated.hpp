#pragma once
#include <string>

#include "aio/loop.hpp"
#include "services/model/adapters/script.hpp"
#include "services/model/adapters/simulated_text.hpp"
#include "services/model/config.hpp"
#include "services/model/ports.hpp"

namespace loquat::model {

// A model that needs nobody: text made of the conversation's words, at the pace of a real one.  The
// same conversation with temperature 0 always gets the same answer; otherwise the generation's id
// takes part, so that another try gives another answer.
class Simulated final : public Provider {
  public:
    // `stall_max`: how long a script's stall lasts before it fails as a deadline does.
    Simulated(aio::Loop& loop, const SimulatedConfig& config, std::chrono::milliseconds stall_max);

    Task<Ending> answer(Prompt prompt, AnswerSink& sink) override;
    // None: its model is always there.
    Task<std::vector<ListedModel>> list_models() override;
    void reload(const Config& fresh) override { config_ = fresh.simulated; }

  private:
    struct Speech;

    std::uint64_t seed_of(const contracts::GenerateRequest& request) const;
    Task<void> speak(Speech& speech, AnswerSink& sink);
    std::string next_tokens(Speech& speech, std::int64_t most) const;

    aio::Loop& loop_;
    SimulatedConfig config_;
    std::chrono::milliseconds stall_max_;
};

}  // namespace loquat::model
