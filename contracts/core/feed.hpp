#pragma once
#include <memory>
#include <string>
#include <vector>

#include "aio/pipe.hpp"
#include "base/clock.hpp"

namespace loquat::contracts {

// One reader's side of events that somebody else makes while they are read.  Belongs to the loop of
// its reader; what makes the events may run on another loop or in another process.  Destroying it
// tells the maker that this reader is gone.
template <class Event>
class Feed {
  public:
    virtual ~Feed() = default;

    // What has come since the last call, in order and at least one; empty at the end.  Throws the
    // Failure that ended the feed, or `upstream.timeout` when nothing came before `deadline`: it
    // may be called again then.
    virtual Task<std::vector<Event>> next(Steady deadline) = 0;
    // From the reader's loop, also while `next` waits: it ends soon, and the maker is told.
    virtual void cancel() = 0;
};

template <class Event>
using FeedPtr = std::unique_ptr<Feed<Event>>;

template <class T>
struct FeedEvent {
    using Type = void;
};
template <class Event>
struct FeedEvent<FeedPtr<Event>> {
    using Type = Event;
};
// A method that returns Task<FeedPtr<Event>> answers with text/event-stream.
template <class T>
inline constexpr bool is_feed = !std::is_void_v<typename FeedEvent<T>::Type>;

// The reader's end of a pipe as a feed.
template <class Event>
FeedPtr<Event> make_feed(aio::PipeReader<Event> reader) {
    class PipeFeed final : public Feed<Event> {
      public:
        explicit PipeFeed(aio::PipeReader<Event> from) : reader_(std::move(from)) {}
        Task<std::vector<Event>> next(Steady deadline) override { return reader_.next(deadline); }
        void cancel() override { reader_.cancel(); }

      private:
        aio::PipeReader<Event> reader_;
    };
    return std::make_unique<PipeFeed>(std::move(reader));
}

// Text of a whole event stream, cut anywhere between events: what a feed that is already encoded
// gives.
struct EventText {
    std::string text;
};

}  // namespace loquat::contracts
