#pragma once
#include <functional>
#include <map>
#include <vector>

#include "aio/scope.hpp"
#include "services/chat/generations/generation_publisher.hpp"
#include "services/chat/generations/live.hpp"
#include "services/chat/generations/metrics.hpp"
#include "services/chat/generations/ports.hpp"

namespace loquat::chat {

// Writes events down before anybody sees them.  What comes in one tick of the loop, and while a row
// is being written, becomes one row: under load rows grow instead of queueing up, and the deltas of
// an answer in a row become one event.  An answer that is written for long is written down again
// from its beginning now and then, so that what the journal keeps follows what is being written,
// not how long.
class JournalWriter {
  public:
    struct Parts {
        GenerationJournal& journal;
        GenerationPublisher& publisher;
        aio::Scope& scope;
        GenerationMetrics& metrics;
        // An answer whose events were lost; those that were told stay.
        std::function<void(const LivePtr&)> on_failed;
        // How much is kept for the sake of old answers, or four times their text if that is more.
        std::uint64_t kept_bytes_max = 64ULL * 1024 * 1024;
    };

    explicit JournalWriter(Parts parts) : parts_(std::move(parts)) {}

    // A state or a delta.
    void note(const LivePtr& live, GenerationEvent event);
    // Returns when all that was noted was told, or given up.
    Task<void> flush(LivePtr live);
    // The record says everything now: its rows may go.
    void forget(const Live& live);

  private:
    static bool drop_unwritten(Live& live);
    Task<void> write_all();
    Task<void> write_batch(std::vector<LivePtr> lives);
    Task<std::uint64_t> append(JournalPartsPtr parts);
    void tell(std::vector<LivePtr>& lives, const JournalParts& parts, std::uint64_t row);
    void begin_at(const LivePtr& live, std::uint64_t row);
    std::vector<LivePtr> list_old() const;
    Task<void> carry_old();
    std::uint64_t first_needed() const;
    void give_up(std::vector<LivePtr>& lives, std::exception_ptr error);
    Task<void> trim();

    Parts parts_;
    std::vector<LivePtr> noted_;
    bool is_writing_ = false;
    bool is_trimming_ = false;
    std::uint64_t last_row_ = 0;
    std::uint64_t trimmed_ = 0;  // rows below are gone
    std::uint64_t carried_ = 0;  // the last row when old answers were looked for
    // By the first row that is needed of them.
    std::map<std::pair<std::uint64_t, GenerationId>, LivePtr> by_first_row_;
};

}  // namespace loquat::chat
