#pragma once
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "aio/latch.hpp"
#include "aio/signal.hpp"
#include "base/tokens.hpp"
#include "services/chat/domain/records.hpp"
#include "services/chat/generations/event_list.hpp"
#include "services/chat/generations/stream_log.hpp"

namespace loquat::chat {

// An answer that has not ended, on the service's loop.  `record.text`, `record.events` and `told`
// are what readers have been shown; `pending` is on its way into the journal.
struct Live {
    GenerationRecord record;
    std::string trace_parent;  // of who asked; empty after a restart
    StreamLogPtr log = std::make_shared<StreamLog>();
    std::int64_t told = 0;  // the number of the last event that was told

    // The journal's side.
    std::vector<GenerationEvent> pending;
    bool is_being_written = false;
    bool is_noted = false;        // waits for the next row
    std::uint64_t first_row = 0;  // of the journal; 0: none yet
    std::exception_ptr journal_error;
    aio::Signal written;

    // The model's side.
    contracts::Model model;
    contracts::Feed<contracts::ModelEvent>* feed = nullptr;  // while it is read
    bool is_asked = false;                                   // the model has begun to answer
    std::int64_t left_out = 0;                               // messages that no model is given
    std::int64_t own_dropped = 0;  // of those that are sent, by the model that is asked for
    std::int64_t own_left_out = 0;
    std::size_t produced_bytes = 0;
    TokenCounter counter;
    std::int64_t taken_back_tokens = 0;  // of text that turned out to be thoughts
    std::optional<GenerationTokens> reported;

    ChatKind kind = ChatKind::group;
    std::optional<contracts::Message> posted;  // the prompt that came with the request
    bool has_waited = false;
    bool has_slot = false;            // it is its user's running one
    std::int64_t queue_position = 0;  // as last told
    std::optional<Ending> ending;     // once decided it stays
    Steady began{};                   // when it got its turn
    aio::Latch durable;               // the terminal state is
    aio::Latch over;                  // `done` was told

    // The first decision counts.
    bool decide(Ending how) {
        if (ending) {
            return false;
        }
        ending = std::move(how);
        return true;
    }
};
using LivePtr = std::shared_ptr<Live>;

// All of them, by id and by conversation.
class LiveSet {
  public:
    void add(const LivePtr& live);
    void remove(const Live& live);
    LivePtr find(const GenerationId& id) const;
    // Oldest first.
    std::vector<LivePtr> of_chat(const ChatId& chat) const;
    std::vector<LivePtr> all() const;
    // Tokens that a person's answers use, as far as they are known.
    std::int64_t tokens_of(const UserId& user) const;
    std::size_t size() const { return by_id_.size(); }

  private:
    std::unordered_map<GenerationId, LivePtr> by_id_;
    std::unordered_map<ChatId, std::vector<LivePtr>> by_chat_;
    std::unordered_map<UserId, std::vector<LivePtr>> by_user_;
};

}  // namespace loquat::chat
