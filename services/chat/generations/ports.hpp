#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "contracts/core/feed.hpp"
#include "contracts/model/model.hpp"
#include "services/chat/domain/generation.hpp"
#include "services/chat/generations/event_list.hpp"
#include "store/history/usage_history.hpp"

// What answers need besides what the conversations need.
namespace loquat::chat {

struct GenerationPage {
    std::vector<GenerationRecord> items;  // newest first
    bool has_more = false;
};

// Answers and how they ended.  Each method is one transaction; a change that returned survives a
// loss of power.  Changes of the state are guarded: they are refused (false) when the state is not
// what they start from.  Fails as store/sql/database.hpp says.
class GenerationStore {
  public:
    static constexpr std::size_t list_max = 200;
    // A page ends before its texts together are longer, but holds at least one.
    static constexpr std::size_t page_bytes_max = 4 * 1024 * 1024;

    virtual ~GenerationStore() = default;

    // As queued or streaming; gives which.  Where several instances write answers, what was to
    // stream waits while another one of the person's streams or waits before it.  ConstraintFailure
    // when the client id is taken.
    virtual Task<GenerationState> insert(GenerationRecord record) = 0;
    // queued -> streaming; where several write answers, once it is its turn.
    virtual Task<bool> begin(GenerationId id, Time at) = 0;
    // Any state that is not terminal -> the record's terminal one, with everything that is known by
    // then; one answer for each record.
    virtual Task<std::vector<bool>> finish(std::vector<GenerationRecord> records) = 0;
    // Everything of it is in the log.
    virtual Task<void> settle(std::vector<GenerationId> ids) = 0;

    // Of an ended one: the text goes, what says how it was cut stays.
    virtual Task<void> erase_text(GenerationId id) = 0;

    virtual Task<std::optional<GenerationRecord>> find(GenerationId id) = 0;
    virtual Task<std::optional<GenerationRecord>> find_by_client_id(UserId user, ChatId chat,
                                                                    std::string client_id) = 0;
    // The last one of a conversation that answers a message, in the order of `list`.
    virtual Task<std::optional<GenerationRecord>> find_last_prompted(ChatId chat) = 0;
    // In the order of the conversation, the last first: by the message that is answered, then as
    // they were inserted.  Those before `before`; none where that is not one of the conversation.
    virtual Task<GenerationPage> list(ChatId chat, std::optional<GenerationId> before,
                                      std::size_t limit) = 0;
    // Not ended, oldest first, at most list_max.
    virtual Task<std::vector<GenerationRecord>> list_unfinished() = 0;
    // Ended, not settled, oldest first, at most list_max.
    virtual Task<std::vector<GenerationRecord>> list_unsettled() = 0;
};

// What one answer adds to a row of the journal.
struct JournalPart {
    GenerationId id;
    std::int64_t first_event = 1;
    std::int64_t input_tokens = 0;        // that the model was given; 0: not known yet
    std::vector<GenerationEvent> events;  // states and deltas

    friend bool operator==(const JournalPart&, const JournalPart&) = default;
};
using JournalParts = std::vector<JournalPart>;
using JournalPartsPtr = std::shared_ptr<const JournalParts>;

struct JournalRow {
    std::uint64_t number = 0;
    JournalParts parts;
};

// What readers were shown of answers that have not ended, row by row; a row that was appended
// survives the end of the process.  Fails as store/sql/database.hpp says.
class GenerationJournal {
  public:
    static constexpr std::size_t read_rows_max = 256;

    virtual ~GenerationJournal() = default;

    // Gives the row's number, larger than all before.  It grows by about the bytes that the row
    // takes, so that the distance of two says what the journal keeps between them.
    virtual Task<std::uint64_t> append(JournalPartsPtr parts) = 0;
    // Forgets rows with a smaller number.  What is forgotten may take room for a while, as long as
    // a later row is kept.
    virtual Task<void> trim(std::uint64_t before) = 0;
    // The next ones after `after`, at most read_rows_max; empty at the end.  Rows that cannot be
    // read are left out and noted in the program's log.
    virtual Task<std::vector<JournalRow>> read(std::uint64_t after) = 0;
};

// A person's answers that have not ended.
struct AnswerLine {
    bool is_streaming = false;
    std::vector<GenerationId> waiting;  // in the order of their turns
};

// How old a beat may be.
struct LeaseAges {
    std::chrono::milliseconds silent;
    std::chrono::milliseconds gone;  // of one whose connection to the store has ended
};

// Instances that write answers at one database, each under a lease by the clock of the database.
// What an instance wrote under a lease that was ended is somebody else's to end; what it still
// tries is refused.  Fails as store/sql/database.hpp says.
class AnswerNodes {
  public:
    virtual ~AnswerNodes() = default;

    // Takes a lease, under a new name.
    virtual Task<void> join() = 0;
    // Renews it, and gives those of this instance that somebody wants to end; none when the lease
    // was ended.
    virtual Task<std::optional<std::vector<GenerationId>>> beat() = 0;
    // Gives it up; what has not ended is left to the others.
    virtual Task<void> leave() = 0;
    // Seen by the instance that writes it, with its next beat.
    virtual Task<void> ask_to_cancel(GenerationId id) = 0;
    // Ends the leases of others that were not renewed for that long.
    virtual Task<void> end_leases(LeaseAges ages) = 0;
    // Not ended and under no lease, oldest first, at most GenerationStore::list_max.
    virtual Task<std::vector<GenerationRecord>> list_abandoned() = 0;
    // Over all instances.
    virtual Task<AnswerLine> line_of(UserId user) = 0;
    // Of a conversation, over all instances, oldest first, at most GenerationStore::list_max.
    virtual Task<std::vector<GenerationRecord>> list_streaming(ChatId chat) = 0;
    // What readers were shown of one that has not ended, from event `first` on, in order; what
    // comes from before it may be among it.
    virtual Task<JournalParts> read_parts(GenerationId id, std::int64_t first) = 0;
};

// Models, wherever they run.  Fails as contracts/model/model.hpp says.
class ModelPort {
  public:
    virtual ~ModelPort() = default;

    virtual Task<std::vector<contracts::Model>> list_models() = 0;
    virtual Task<contracts::FeedPtr<contracts::ModelEvent>> generate(
        contracts::Caller caller, contracts::GenerateRequest request) = 0;
    // Ends a running answer; one that is not running is no mistake.
    virtual Task<void> cancel(std::string generation_id) = 0;
};

// What was used already.
class UsageLedger {
  public:
    virtual ~UsageLedger() = default;
    // Tokens of answers and titles on a day that begins at midnight UTC, as far as they are
    // recorded.
    virtual Task<store::UsedTokens> used_of(UserId user, std::chrono::sys_days day) = 0;
    // Up to where of the log all is.
    virtual Task<store::Progress> through() = 0;
};

}  // namespace loquat::chat
