#pragma once
#include "services/chat/domain/generation_queue.hpp"
#include "services/chat/generations/catalog.hpp"
#include "services/chat/generations/live.hpp"
#include "services/chat/ports.hpp"

namespace loquat::chat {

// Answers that have not ended, whose turn it is, and the models there are.  What the conversations
// ask about answers is answered here, whoever writes them.  One loop.
struct OpenAnswers final : LiveAnswers, ModelChoice {
    // `nodes`: where other instances write answers too.
    OpenAnswers(ModelPort& models, const Clock& clock, std::int64_t waiting_max,
                AnswerNodes* nodes = nullptr)
        : queue(static_cast<std::size_t>(waiting_max)), catalog(models, clock), nodes_(nodes) {}

    std::vector<contracts::LiveGeneration> list_live(const ChatId& chat) const override;
    Task<std::vector<contracts::LiveGeneration>> list_elsewhere(ChatId chat) override;
    Task<void> check_model(std::string model) override;

    LiveSet lives;
    GenerationQueue queue;
    Catalog catalog;
    bool is_stopping = false;  // no model is asked any more

  private:
    AnswerNodes* nodes_;
};

}  // namespace loquat::chat
