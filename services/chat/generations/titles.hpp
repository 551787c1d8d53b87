#pragma once
#include <unordered_set>

#include "aio/scope.hpp"
#include "base/clock.hpp"
#include "services/chat/chat.hpp"
#include "services/chat/domain/generation.hpp"
#include "services/chat/generations/ports.hpp"

namespace loquat::chat {

// Gives conversations with an assistant a title after their first answer.  In the background: it
// delays nothing, and when it fails the next answer is the next chance.
class Titles {
  public:
    struct Parts {
        Chat& chat;
        ModelPort& models;
        store::MessageStore& messages;
        store::EventLog& log;
        const Clock& clock;
        aio::Scope& scope;
    };

    explicit Titles(Parts parts) : parts_(parts) {}

    // After each answer; does nothing where there is a title.
    void consider(const GenerationRecord& record, const contracts::Model& model);

  private:
    Task<void> run(GenerationRecord record, contracts::Model model);
    Task<void> make_title(GenerationRecord record, contracts::Model model);
    Task<std::string> ask(const GenerationRecord& record, std::string question,
                          GenerationTokens& tokens);

    Parts parts_;
    std::unordered_set<ChatId> running_;
};

}  // namespace loquat::chat
