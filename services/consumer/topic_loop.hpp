#pragma once
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "aio/backoff.hpp"
#include "aio/task.hpp"
#include "base/clock.hpp"
#include "runtime/telemetry/metrics.hpp"
#include "services/consumer/config.hpp"
#include "services/consumer/dead_records.hpp"
#include "services/consumer/domain/refusals.hpp"
#include "services/consumer/reader_lease.hpp"
#include "store/log/topic_troubles.hpp"
#include "store/position/position.hpp"

namespace loquat::consumer {

// Brings one partition of a topic into a store: batch after batch, in order, for as long as it
// takes.  Each has its own place, its own tries and its own trouble, so that one store that fails
// holds up no other.  A record that can never be stored goes to the log of the dead before the
// position moves over it.  One loop; `trouble` from any thread.
class TopicLoop {
  public:
    struct Source {
        store::EventLog& log;
        store::PositionStore& store;
        const Clock& clock;
        runtime::Gauge& lag;  // of all loops that share it
        runtime::Gauge& own_lag;
        runtime::Counter& failures;
        runtime::Counter& dead;
        store::TopicTroubles& troubles;
        const ReaderLease& lease;
    };

    TopicLoop(Source source, store::Partition partition, const Config& config);
    virtual ~TopicLoop() = default;
    TopicLoop(const TopicLoop&) = delete;
    TopicLoop& operator=(const TopicLoop&) = delete;

    // Throws when the store and this log do not belong together as they are:
    // `consumer.log_is_older` or `consumer.log_is_cut` (503).  Before anything is accepted.
    Task<void> check_place();

    // Runs until cancelled.  A failure is tried again, with growing pauses, and the topic has
    // trouble until it succeeds.  What time would heal only by skipping records ends it: the
    // trouble stays.
    Task<void> run();
    // Whether `run` came to such an end; it is not to be called again.
    bool has_ended() const { return !ended_.empty(); }
    // Of one that has ended: again, after `leave`.
    void show_trouble();

    // Applies what the log has now; gives the number of records, 0 also when fewer must be tried.
    // Throws what the log or the store throw; the next call finds out by itself how far this one
    // came.
    Task<std::size_t> drain_once();

    // Removes from the log what is stored for good.
    Task<void> trim();

    // Finds its place anew when the log is no longer the one it reads: a log of other servers may
    // be made anew while this process runs.
    Task<void> check_identity();

    // Whether this loop has seen to it that all that the log has is in the store and announced.
    Task<bool> is_caught_up();

    // Another instance reads it from now on; not while `run` runs.  What is wrong there is no
    // trouble of this one any more.
    void leave();

    const store::Partition& partition() const { return partition_; }

    // What is wrong at the moment, for health.
    std::optional<std::string> trouble() const;

  protected:
    enum class Taken {
        as_it_is,
        refused,  // its only record is one that the store does not take: the position moves alone
    };
    struct Found {
        std::vector<store::LogRecordPtr> records;
        Taken taken = Taken::as_it_is;
    };
    // Brings `found` (at least one record, the next ones) into the store and moves the position
    // from `from` to the last of them.
    virtual Task<void> apply(store::Position from, Found found) = 0;
    // The place was found anew; `stored` is where the store is, in this log.
    virtual Task<void> on_place(store::Position stored);
    // Up to where the log may be trimmed when `secured` is safe.
    virtual store::Offset trimmable(const store::Position& secured) const = 0;

    template <class Record>
    static std::vector<store::LogRecordPtr> unreadable_of(
        const Found& found, const std::vector<std::optional<Record>>& records) {
        std::vector<store::LogRecordPtr> unreadable;
        for (std::size_t i = 0; i < records.size(); ++i) {
            if (!records[i]) {
                unreadable.push_back(found.records[i]);
            }
        }
        return unreadable;
    }
    // Gives up those that cannot be understood: before the position moves over them.
    Task<void> give_up_unreadable(const store::Position& from,
                                  std::vector<store::LogRecordPtr> unreadable);

    store::EventLog& log() const { return source_.log; }
    const Clock& clock() const { return source_.clock; }
    // Throws `store.position_moved` (409) when others may be reading here by now.
    void check_lease() const;

  private:
    struct Place {
        store::Position stored;
        store::LogEnds ends;
        Uuid log;
        bool is_new_log = false;
    };

    Task<void> step();
    Task<Place> find_place();
    Task<store::LogEnds> wait_for_tail(store::Offset stored);
    Task<void> take_up();
    Task<bool> store_found(const store::Position& from, std::vector<store::LogRecordPtr> found);
    bool is_to_be_narrowed(const std::exception_ptr& failed,
                           const std::vector<store::LogRecordPtr>& found);
    Task<void> give_up(const store::Position& from, std::vector<GivenUp> given_up);
    store::TroubleKind kind_of(const std::exception_ptr& failed) const;
    void set_lag(std::int64_t lag);

    Source source_;
    store::Partition partition_;
    Config config_;
    std::optional<store::Position> position_;  // none until it was read, and after a failure
    std::int64_t lag_ = 0;
    aio::Backoff pauses_;
    Refusals refusals_;
    std::optional<GivenUp> hopeless_;  // the next record, which the store will never take
    std::set<store::Offset> buried_;   // among the dead already, the position not yet behind them
    Steady next_trim_;
    std::string ended_;  // why, for good; empty: it has not
};

}  // namespace loquat::consumer
