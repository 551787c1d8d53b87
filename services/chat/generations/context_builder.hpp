#pragma once
#include <vector>

#include "services/chat/cache/people.hpp"
#include "services/chat/config.hpp"
#include "services/chat/domain/context_window.hpp"
#include "services/chat/generations/live.hpp"
#include "store/history/message_history.hpp"

namespace loquat::chat {

// Reads what a model is given: system prompt and history up to the prompt, as far as it fits the
// widest model that may answer; each is given what fits it.
class ContextBuilder {
  public:
    struct Built {
        std::vector<contracts::PromptMessage> messages;
        GenerationContext context;     // of the model that is asked for
        std::int64_t own_dropped = 0;  // of `messages`, that it does not read
        std::int64_t left_out = 0;     // older messages that no model of the route reads
    };

    ContextBuilder(store::MessageHistory& messages, People& people, const ChatConfig& config)
        : messages_(messages), people_(people), config_(config) {}

    // Waits a moment for a prompt that is durable but not stored yet.  Fails with
    // generation.nothing_to_answer when the prompt is gone, generation.prompt_too_long when it
    // alone is more than any of them reads, upstream.timeout, and as the message store.
    Task<Built> build(LivePtr live);

  private:
    Task<contracts::StoredMessage> find_prompt(MessageId id);
    // Answers that came while this one waited, though after its prompt.
    Task<void> add_later_answers(ContextWindow& window, contracts::StoredMessage prompt);
    Task<void> add_history(ContextWindow& window, ChatId chat, std::int64_t before_seq);
    ContextWindow::Room room_of(const Live& live) const;

    store::MessageHistory& messages_;
    People& people_;
    const ChatConfig& config_;
};

}  // namespace loquat::chat
