#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contracts/model/model.hpp"
#include "services/chat/domain/generation.hpp"
#include "services/chat/domain/records.hpp"
#include "store/history/message_history.hpp"

// What of a conversation a model is given.  Pure.
namespace loquat::chat {

// Tokens that a message costs besides its text.
inline constexpr std::int64_t tokens_each_message = 4;

// Collects messages from the newest to the oldest until the budget is used up.
class ContextWindow {
  public:
    // In tokens: what the model that is asked for may be given, and what any model that answers in
    // its place may be, not less.
    struct Room {
        std::int64_t own = 0;
        std::int64_t widest = 0;
    };

    ContextWindow(ChatKind kind, std::string system_prompt, Room room);

    // Whether even the prompt alone is too much.
    bool is_overfull() const { return tokens_ > room_.widest; }
    // Adds the message before all that were added; false, and nothing is added from then on, when
    // it does not fit.  The first one is the prompt and is always added.
    bool add_older(const contracts::StoredMessage& message);

    // System prompt, then the messages, oldest first.
    std::vector<contracts::PromptMessage> take();
    // Of it, what the model that is asked for reads.
    GenerationContext describe() const;
    // Of the messages, those that the model that is asked for does not read.  Before `take`.
    std::int64_t own_dropped() const { return describe_all().messages - describe().messages; }
    // Older messages that no model is given.
    std::int64_t left_out() const { return oldest_seq_ > 0 ? oldest_seq_ - 1 : 0; }

  private:
    GenerationContext describe_all() const;

    ChatKind kind_;
    std::string system_prompt_;
    Room room_;
    std::int64_t tokens_ = 0;
    std::int64_t oldest_seq_ = 0;  // of the oldest message that was looked at and fitted
    bool is_full_ = false;
    std::optional<GenerationContext> own_;  // once its room is full
    std::vector<contracts::PromptMessage> newest_first_;
};

// How a message looks to the model: in groups with its writer's name.
contracts::PromptMessage to_prompt(ChatKind kind, const contracts::StoredMessage& message);

// The messages that ask a model for a conversation's title.
std::vector<contracts::PromptMessage> title_prompt(std::string_view question,
                                                   std::string_view answer);
// One short line without quotes or a full stop; empty when nothing is left.
std::string clean_title(std::string_view answer, std::size_t characters_max);

}  // namespace loquat::chat
