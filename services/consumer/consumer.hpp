#pragma once
#include <optional>
#include <vector>

#include "services/consumer/announcer.hpp"
#include "services/consumer/metrics.hpp"
#include "services/consumer/topic_loop.hpp"

namespace loquat::consumer {

// Messages: log to store to broadcast, in order, each record once.
class Consumer final : public TopicLoop {
  public:
    struct Parts {
        store::EventLog& log;
        store::MessageStore& messages;
        store::Broadcast& broadcast;
        const Clock& clock;
        ConsumerMetrics& metrics;
        store::TopicTroubles& troubles;
    };

    Consumer(Parts parts, const Config& config);

    Task<void> check_place() override;

    // Tells what it applied, too.
    Task<std::size_t> drain_once() override;

  private:
    using Records = std::vector<std::optional<contracts::MessageRecord>>;

    Task<store::Offset> secure() override;
    Task<void> find_position();
    Task<void> tell_again(store::Offset after, store::Offset through);
    Task<contracts::Outcome> recall(contracts::MessageRecord record);
    Records decode(const std::vector<store::LogRecordPtr>& found) const;
    void observe(const Records& records, const std::vector<contracts::Outcome>& outcomes);

    Parts parts_;
    Announcer announcer_;
    store::Offset told_ = 0;  // everything up to here was broadcast by this process
};

}  // namespace loquat::consumer
