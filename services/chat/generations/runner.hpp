#pragma once
#include "services/chat/config.hpp"
#include "services/chat/generations/context_builder.hpp"
#include "services/chat/generations/journal_writer.hpp"
#include "services/chat/generations/ports.hpp"

namespace loquat::chat {

// Lets a model write an answer.  Nobody needs to read along.
class Runner {
  public:
    struct Parts {
        ModelPort& models;
        ContextBuilder& context;
        JournalWriter& writer;
        aio::Scope& scope;
        GenerationMetrics& metrics;
    };

    Runner(Parts parts, const ChatConfig& config) : parts_(parts), config_(config) {}

    // From the reading of the history to the model's last word.  Gives how it went; ends soon after
    // the answer's ending was decided elsewhere.
    Task<Ending> run(LivePtr live);
    // Stops the model; what it still tells of its use within a moment counts.
    void stop_model(const LivePtr& live);

  private:
    Task<Ending> read(LivePtr live, contracts::FeedPtr<contracts::ModelEvent> feed);
    // None while it goes on.
    std::optional<Ending> take(const LivePtr& live, contracts::ModelEvent& event);
    void take_delta(const LivePtr& live, std::string delta);
    void take_back(const LivePtr& live);
    void take_notice(const LivePtr& live, const contracts::ModelEvent& event);
    void take_usage(Live& live, contracts::ModelEvent& event);
    Task<void> cancel(LivePtr live);

    Parts parts_;
    const ChatConfig& config_;
};

Ending failed_with(const Failure& failure);

// None when the event has no possible figures: then what was counted here counts.
std::optional<GenerationTokens> tokens_of(const contracts::ModelEvent& event);

}  // namespace loquat::chat
