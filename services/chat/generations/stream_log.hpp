#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aio/signal.hpp"
#include "contracts/core/feed.hpp"
#include "runtime/rights/standing_rights.hpp"

namespace loquat::chat {

// Where a reader waits; on its own loop.
struct StreamWaiter {
    std::atomic<aio::Loop*> home = nullptr;  // once it has read
    aio::Signal arrived;
};
using StreamWaiterPtr = std::shared_ptr<StreamWaiter>;

// Lets the reader look again.  From any thread, while the reader cannot leave its loop.
void wake(const StreamWaiterPtr& waiter);

// The events of one answer as text of an event stream, each encoded once.  One loop appends;
// readers on any loop hold a cursor only, so that a slow or vanished one costs nothing else.
class StreamLog {
  public:
    static constexpr std::size_t slice_bytes_max = 64 * 1024;

    // One whole event; the first one has the number 1.
    void append(std::string_view event_text);
    // The same events with other words: the numbers stay.
    void rewrite(const std::vector<std::string>& event_texts);
    // Nothing follows.
    void close();
    // What it held must not be shown any more: it is forgotten, and readers find the end.  Nothing
    // can be appended.
    void withdraw();
    bool is_withdrawn() const;

    std::int64_t last_event() const;
    // Nothing follows this event, ever.
    bool ends_with(std::int64_t event) const;
    std::size_t bytes() const;

    struct Slice {
        std::string text;       // whole events; one may be larger than slice_bytes_max
        std::int64_t last = 0;  // the number of the last one in it
        bool is_end = false;    // nothing was left, and nothing follows
    };
    Slice read(std::int64_t after) const;

  private:
    friend class StreamFeed;
    // False when there is something after `after` already.
    bool join(std::int64_t after, const StreamWaiterPtr& waiter);
    void leave(const StreamWaiterPtr& waiter);
    void wake_all();

    mutable std::mutex mutex_;
    std::string text_;
    std::vector<std::uint32_t> ends_;  // of event i + 1
    std::vector<StreamWaiterPtr> waiting_;
    bool is_closed_ = false;
    bool is_withdrawn_ = false;
};
using StreamLogPtr = std::shared_ptr<StreamLog>;

// A reader with the right to read, whose end wakes `waiter`.
struct StreamReader {
    StreamWaiterPtr waiter;
    runtime::StandingRightPtr right;
};

// What follows event `after` (0: everything), to the end or until the right is lost.
contracts::FeedPtr<contracts::EventText> make_stream_feed(StreamLogPtr log, std::int64_t after,
                                                          StreamReader reader);

}  // namespace loquat::chat
