#pragma once
#include <unordered_map>

#include "aio/scope.hpp"
#include "services/chat/config.hpp"
#include "services/chat/generations/ports.hpp"
#include "services/chat/generations/stream_log.hpp"
#include "store/history/message_history.hpp"

namespace loquat::chat {

// Adds what readers were shown to what `record` has of it; gives what is new.
std::vector<GenerationEvent> add_parts(GenerationRecord& record, const JournalParts& parts);

// Answers that another instance writes, as this one sees them: by what is in the database.
class Elsewhere {
  public:
    struct Parts {
        AnswerNodes* nodes = nullptr;  // null: nobody else writes answers
        GenerationStore& store;
        store::MessageHistory& messages;
        aio::Loop& loop;
        aio::Scope& scope;
        const ChatConfig& config;
    };

    explicit Elsewhere(Parts parts) : parts_(parts) {}

    // Of a record that has not ended and is not written here.
    bool has(const GenerationRecord& record) const {
        return parts_.nodes != nullptr && !is_terminal(record.state);
    }
    // With what readers were shown so far.
    Task<GenerationRecord> with_text(GenerationRecord record);
    // Its events, as they come; the same for all who read here at once.
    StreamLogPtr follow(const GenerationId& id);
    // Ends it there.  Gives it as it is then, or at the deadline.
    Task<std::optional<GenerationRecord>> cancel(GenerationId id, Steady deadline);
    Task<std::optional<GenerationRecord>> wait_for_end(GenerationId id, Steady deadline);

  private:
    struct Copy {
        GenerationRecord told;
        std::optional<Steady> end_at_latest;  // it has ended, and its message is waited for
    };

    Task<void> copy(GenerationId id, StreamLogPtr log);
    // False once nothing follows.
    Task<bool> copy_next(Copy& copy, const StreamLogPtr& log);
    Task<bool> may_tell_end(Copy& copy, std::optional<MessageId> answer);

    Parts parts_;
    std::unordered_map<GenerationId, std::weak_ptr<StreamLog>> followed_;
};

}  // namespace loquat::chat
