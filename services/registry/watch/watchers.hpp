#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <unordered_set>

#include "aio/loop.hpp"
#include "aio/signal.hpp"
#include "net/http/message.hpp"
#include "services/registry/domain/instance_book.hpp"

namespace loquat::registry {

// Where a watcher goes on: what it was told last.
struct WatchPlace {
    std::string epoch;  // empty: it does not know
    std::uint64_t version = 0;
};
// `EPOCH-VERSION` (an event's id), or a version alone; none when it is neither.
std::optional<WatchPlace> read_place(std::string_view text);

// Whose life a watch is.
struct Held {
    std::string app;
    std::string id;
};

// Everybody who follows the registry.  A change wakes all of them in the turn in which it happens;
// each reads on from its own place, so that a slow one costs nothing but its socket's buffer.
// One loop.
class Watchers {
  public:
    struct Rules {
        std::size_t watchers_max = 10'000;
        std::chrono::milliseconds beat{1'000};  // a line of comment in silence
    };

    Watchers(aio::Loop& loop, InstanceBook& book, const Clock& clock, Rules rules);
    ~Watchers();

    // An event stream from that place on.  It lives for those instances
    // where one is named: with the connection its lease ends soon.  Throws
    // `registry.too_many_watchers`, and `registry.unknown_instance` for a holder that is not there.
    std::unique_ptr<net::http::BodySource> watch(std::optional<WatchPlace> from,
                                                 std::vector<Held> holders);

    // The book may have changed.
    void notice();
    // Ends all streams.
    void close();

    std::size_t size() const { return streams_.size(); }
    // Of this run; other runs have other ones.
    const std::string& epoch() const { return epoch_; }

  private:
    class Stream;
    struct Told {
        std::uint64_t version = 0;
        std::shared_ptr<const std::string> text;
    };
    // The event of a change, encoded once for all.
    std::shared_ptr<const std::string> text_of(const InstanceBook::Change& change);

    aio::Loop& loop_;
    InstanceBook& book_;
    const Clock& clock_;
    Rules rules_;
    std::string epoch_;
    std::unordered_set<Stream*> streams_;
    std::deque<Told> told_;  // by version
    std::uint64_t noticed_ = 0;
    bool is_closed_ = false;
    bool is_waking_ = false;
    std::shared_ptr<bool> lives_ = std::make_shared<bool>(true);
};

}  // namespace loquat::registry
