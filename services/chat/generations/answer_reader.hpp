#pragma once
#include <optional>
#include <string>

#include "contracts/generation/generation.hpp"
#include "runtime/rights/standing_rights.hpp"
#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/generations/elsewhere.hpp"
#include "services/chat/generations/open_answers.hpp"
#include "services/chat/generations/stream_archive.hpp"
#include "services/chat/generations/turns.hpp"
#include "store/history/message_history.hpp"

namespace loquat::chat {

// Reading along, and reading what has ended.
class AnswerReader {
  public:
    struct Parts {
        ConversationCache& cache;
        store::MessageHistory& messages;
        GenerationStore& store;
        OpenAnswers& open;
        StreamArchive& archive;
        Elsewhere& elsewhere;
        const Turns& turns;
        runtime::StandingRights& rights;
    };
    struct Readable {
        GenerationRecord record;
        runtime::StandingRightPtr right;
    };

    explicit AnswerReader(Parts parts) : parts_(parts) {}

    Task<contracts::Page<contracts::Generation>> list_generations(
        contracts::Caller caller, contracts::ListGenerationsRequest request);
    Task<contracts::Generation> get_generation(contracts::Caller caller,
                                               contracts::GenerationRef request);
    Task<contracts::FeedPtr<contracts::EventText>> stream_generation(
        contracts::Caller caller, contracts::StreamGenerationRequest request);
    // `on_end` as StandingRights says.
    Task<Readable> get_readable(UserId user, std::string id,
                                runtime::StandingRights::OnEnd on_end = {});

  private:
    Task<StreamLogPtr> get_log(GenerationRecord record);
    // As it may be shown: the text of a deleted message is gone here too.
    Task<std::optional<GenerationRecord>> find_shown(GenerationId id);
    Task<void> hide_deleted(GenerationRecord& record);
    Task<contracts::Generation> view(GenerationRecord record) const;

    Parts parts_;
};

}  // namespace loquat::chat
