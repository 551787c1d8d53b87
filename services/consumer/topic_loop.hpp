#pragma once
#include <memory>
#include <optional>
#include <string>

#include "aio/backoff.hpp"
#include "aio/task.hpp"
#include "base/clock.hpp"
#include "runtime/metrics.hpp"
#include "services/consumer/config.hpp"
#include "store/log/topic_troubles.hpp"

namespace loquat::consumer {

// Brings one topic of the log into a store: batch after batch, in order, for as long as it takes.
// Each topic has its own place, its own tries and its own trouble, so that one store that fails
// holds up no other.  One loop; `trouble` from any thread.
class TopicLoop {
  public:
    struct Source {
        store::EventLog& log;
        const Clock& clock;
        runtime::Counter& failures;
        store::TopicTroubles& troubles;
    };

    TopicLoop(Source source, std::string_view topic, const Config& config);
    virtual ~TopicLoop() = default;
    TopicLoop(const TopicLoop&) = delete;
    TopicLoop& operator=(const TopicLoop&) = delete;

    // Throws when the store and this log do not belong together as they are:
    // `consumer.log_is_older` or `consumer.log_is_cut` (503).  Before anything is accepted.
    virtual Task<void> check_place() = 0;

    // Runs until cancelled.  A failure is tried again, with growing pauses, and the topic has
    // trouble until it succeeds.  What time would heal only by skipping records ends it: the
    // trouble stays.
    Task<void> run();

    // Applies what the log has now; gives the number of records.  Throws what the log or the store
    // throw; the next call finds out by itself how far this one came.
    virtual Task<std::size_t> drain_once() = 0;

    // Removes from the log what is stored for good.
    Task<void> trim();

    // What is wrong at the moment, for health.
    std::optional<std::string> trouble() const;

  protected:
    // Makes what is stored safe; everything up to the offset may be trimmed.
    virtual Task<store::Offset> secure() = 0;

    // Where the store is in this log.  A log under another identity is read from its beginning;
    // `given` may then be of the old one.  `consumer.log_is_older` (503) when the log ends before
    // what is stored, `consumer.log_is_cut` (503) when it begins after what comes next.
    Task<store::Offset> place_of(store::Offset given, Uuid given_log);
    Task<std::vector<store::LogRecordPtr>> read_next();
    void report_unreadable(store::Offset offset) const;

    store::EventLog& log() const { return source_.log; }
    const Clock& clock() const { return source_.clock; }
    const std::string& topic() const { return topic_; }

    std::optional<store::Offset> position_;  // none until it was read, and after a failure

  private:
    Task<void> step();

    Source source_;
    std::string topic_;
    Config config_;
    aio::Backoff pauses_;
    Steady next_trim_;
};

}  // namespace loquat::consumer
