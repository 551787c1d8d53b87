#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "aio/signal.hpp"
#include "contracts/feed.hpp"

namespace loquat::chat {

// The events of one answer as text of an event stream, each encoded once.  One loop appends;
// readers on any loop hold a cursor only, so that a slow or vanished one costs nothing else.
class StreamLog {
  public:
    static constexpr std::size_t slice_bytes_max = 64 * 1024;

    // One whole event; the first one has the number 1.
    void append(std::string_view event_text);
    // Nothing follows.
    void close();

    std::int64_t last_event() const;
    std::size_t bytes() const;

    struct Slice {
        std::string text;       // whole events; one may be larger than slice_bytes_max
        std::int64_t last = 0;  // the number of the last one in it
        bool is_end = false;    // nothing was left, and nothing follows
    };
    Slice read(std::int64_t after) const;

  private:
    friend class StreamFeed;
    // A reader that waits; on its own loop.
    struct Waiter {
        aio::Loop* home = nullptr;
        aio::Signal arrived;
    };
    using WaiterPtr = std::shared_ptr<Waiter>;

    // False when there is something after `after` already.
    bool join(std::int64_t after, const WaiterPtr& waiter);
    void leave(const WaiterPtr& waiter);
    void wake_all();

    mutable std::mutex mutex_;
    std::string text_;
    std::vector<std::uint32_t> ends_;  // of event i + 1
    std::vector<WaiterPtr> waiting_;
    bool is_closed_ = false;
};
using StreamLogPtr = std::shared_ptr<StreamLog>;

// What follows event `after` (0: everything), to the end.
contracts::FeedPtr<contracts::EventText> make_stream_feed(StreamLogPtr log, std::int64_t after);

}  // namespace loquat::chat
