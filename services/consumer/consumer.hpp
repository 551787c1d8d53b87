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
        MessageStore& messages;
        store::Broadcast& broadcast;
        const Clock& clock;
        ConsumerMetrics& metrics;
        store::TopicTroubles& troubles;
        const ReaderLease& lease = sole_reader;
    };

    Consumer(Parts parts, const Config& config, std::uint32_t partition = 0);

  private:
    Consumer(Parts parts, const Config& config, const store::Partition& partition);

    using Records = std::vector<std::optional<contracts::MessageRecord>>;

    // Tells what it applied, too.
    Task<void> apply(store::Position from, Found found) override;
    Task<void> on_place(store::Position stored) override;
    store::Offset trimmable(const store::Position& secured) const override;
    Task<void> tell_again(store::Offset after, store::Offset through);
    Task<contracts::Outcome> recall(contracts::MessageRecord record);
    void observe(const Records& records, const std::vector<contracts::Outcome>& outcomes);

    Parts parts_;
    Announcer announcer_;
    std::int64_t told_generation_ = 0;
    store::Offset told_ = 0;  // everything of it up to here was broadcast by this process
};

}  // namespace loquat::consumer
