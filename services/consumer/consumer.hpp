#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "aio/backoff.hpp"
#include "aio/task.hpp"
#include "base/clock.hpp"
#include "services/consumer/announcer.hpp"
#include "services/consumer/config.hpp"
#include "services/consumer/metrics.hpp"
#include "store/log/event_log.hpp"

namespace loquat::consumer {

// Log to store to broadcast, in order, each record once.  One loop; `trouble` from any thread.
class Consumer {
  public:
    struct Parts {
        store::EventLog& log;
        store::MessageStore& messages;
        store::Broadcast& broadcast;
        const Clock& clock;
        ConsumerMetrics& metrics;
    };

    Consumer(Parts parts, const Config& config);

    // Runs until cancelled.  A failure is tried again, with growing pauses, for as long as it takes.
    Task<void> run();

    // Applies and tells what the log has now; gives the number of records.  Throws what the log or the store
    // throw; the next call finds out by itself how far this one came.
    Task<std::size_t> drain_once();

    // Removes from the log what is stored for good.
    Task<void> trim();

    // What is wrong at the moment, for health.
    std::optional<std::string> trouble() const;

  private:
    using Records = std::vector<std::optional<store::MessageRecord>>;

    Task<void> step();
    Task<void> find_position();
    Task<void> tell_again(store::Offset after, store::Offset through);
    Task<store::Outcome> recall(store::MessageRecord record);
    Records decode(const std::vector<store::LogRecordPtr>& found) const;
    void observe(const Records& records, const std::vector<store::Outcome>& outcomes);
    void set_trouble(std::string what);

    Parts parts_;
    Config config_;
    Announcer announcer_;
    aio::Backoff pauses_;
    std::optional<store::Offset> position_;  // none until it was read, and after a failure
    store::Offset told_ = 0;                 // everything up to here was broadcast by this process
    Steady next_trim_;

    mutable std::mutex trouble_mutex_;
    std::string trouble_;
};

}  // namespace loquat::consumer
