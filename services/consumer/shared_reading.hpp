#pragma once
#include <memory>
#include <span>
#include <vector>

#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "services/consumer/ports.hpp"
#include "services/consumer/reader_lease.hpp"
#include "services/consumer/topic_loop.hpp"

namespace loquat::consumer {

// This instance among others that read the same log (docs/adr/0080): says twice a second that it is
// there, and runs the loops of the partitions that are its own.  What it will never be able to read
// it leaves to others.  One loop.
class SharedReading {
  public:
    static constexpr std::chrono::milliseconds beat_pause{500};
    // Who has not beaten for so long has lost its partitions.
    static constexpr std::chrono::milliseconds age_max{2'500};

    struct Parts {
        ReaderShares& shares;
        ReaderLease& lease;
        aio::Loop& loop;
    };

    // `loops`: of all partitions, in the order of topics.  All references outlive this.
    SharedReading(Parts parts, std::span<const std::unique_ptr<TopicLoop>> loops);

    // One beat: begins to read what is this instance's, ends what is not.  Throws as the store.
    Task<void> beat();
    // Until it is cancelled.
    Task<void> keep_beating();
    // Reads nothing any more, and says so.  After `keep_beating`.
    Task<void> leave();

    std::vector<store::Partition> reading() const;

  private:
    struct Reader {
        TopicLoop* loop = nullptr;
        std::unique_ptr<aio::Scope> scope;  // while it runs
    };
    using Partitions = std::vector<store::Partition>;

    void start(const Partitions& wanted);
    void show_ended(const Partitions& unread);
    Task<void> stop_all_but(Partitions wanted);

    Parts parts_;
    std::vector<Reader> readers_;
};

}  // namespace loquat::consumer
