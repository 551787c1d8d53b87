#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "aio/completion.hpp"
#include "store/log/event_log.hpp"

namespace loquat::store {

// What is appended together, all or none, and who waits for it.
struct PendingAppend {
    std::string topic;
    std::vector<std::shared_ptr<LogRecord>> records;  // at least one
    std::shared_ptr<aio::Completion<Offset>> done;
    aio::Loop* home = nullptr;
    std::exception_ptr error = nullptr;
};

struct PendingTrim {
    std::string topic;
    Offset before = 0;
    std::shared_ptr<aio::Completion<void>> done;
};

struct PendingWork {
    std::vector<PendingAppend> appends;
    std::vector<PendingTrim> trims;
    bool is_last = false;
};

struct QueueLimits {
    std::size_t records_max = 0;
    std::size_t bytes_max = 0;
    std::size_t group_bytes_max = 0;  // given out at once
};

// What waits for the log's writer.  Any loop puts in, one thread takes out.
class AppendQueue {
  public:
    explicit AppendQueue(QueueLimits limits) : limits_(limits) {}

    // `store.overloaded` beyond the limits; never waits.
    void push(PendingAppend append);
    void push(PendingTrim trim);
    void close();

    // What waits, in its order, as much as one group takes; nothing when nothing came in time.
    PendingWork take(std::chrono::milliseconds wait_max);

  private:
    QueueLimits limits_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<PendingAppend> appends_;
    std::size_t records_ = 0;
    std::size_t bytes_ = 0;
    std::vector<PendingTrim> trims_;
    bool is_waiting_ = false;
    bool is_closed_ = false;
};

// Gives each its result, with one post to each loop.
void complete_appends(std::vector<PendingAppend> appends);
// Each gets an error of its own.
void fail_appends(std::vector<PendingAppend> appends, const std::exception_ptr& error);

}  // namespace loquat::store
