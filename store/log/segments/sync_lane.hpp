#pragma once
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "store/log/append_queue.hpp"
#include "store/log/segments/writer.hpp"

namespace loquat::store {

// A group that was written and is not durable yet.
struct WrittenGroup {
    SegmentPtr segment;
    std::uint64_t end = 0;
    SegmentWriter::Group records;
    std::vector<PendingAppend> appends;
};

// A thread that makes written groups durable, in their order: while it syncs one, the next is
// written.  After one failure it syncs nothing more: whether pages that failed will ever reach the
// disk cannot be known from a second try.
class SyncLane {
  public:
    // On the lane's thread; `error` is none when the group is durable.
    using Finish = std::function<void(WrittenGroup group, const std::exception_ptr& error)>;

    explicit SyncLane(Finish finish);
    // Finishes what was pushed.
    ~SyncLane();

    void push(WrittenGroup group);

    // Until at most one group is on its way.
    void wait_for_room();
    // Until none is.
    void drain();
    bool is_busy() const;

    // From `finish`: all further groups fail with this.
    void refuse(std::exception_ptr error) { broken_ = std::move(error); }

  private:
    void run();

    Finish finish_;
    std::exception_ptr broken_;  // lane's thread
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<WrittenGroup> groups_;
    std::size_t count_ = 0;  // those being finished included
    bool is_closed_ = false;
    std::jthread thread_;
};

}  // namespace loquat::store
