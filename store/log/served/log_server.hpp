#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "aio/completion.hpp"
#include "base/failure.hpp"
#include "store/log/event_log.hpp"
#include "store/log/served/entry.hpp"

namespace loquat::store {

// A topic that programs of others read too.
struct OutsideTopic {
    std::string name;  // under which they know it
    // A record in a form that they understand.
    std::function<std::string(std::string_view payload)> form;
};
// By our topic.
using OutsideTopics = std::map<std::string, OutsideTopic>;

// What a log at a server makes of the topics that it is asked for.
struct ServedTopics {
    std::uint32_t partitions = 4;
    std::uint32_t replicas = 0;  // 0: as the server does
    std::chrono::hours retention{14 * 24};
    std::uint64_t retention_bytes = 0;  // of one partition; 0: only age counts
    OutsideTopics outside{};            // these have one partition
    std::string prefix{};               // of the names of everything at the server
};

// An entry on its way to the server, and who waits for it.
struct Publication {
    struct Waiter {
        aio::Loop* home = nullptr;
        std::shared_ptr<aio::Completion<std::uint64_t>> done;
        std::size_t records = 0;  // counted against the limits
        std::size_t bytes = 0;
    };

    Partition to;
    Uuid log;
    EntryForm form = EntryForm::record;
    std::string key;
    std::string payload;
    std::shared_ptr<Waiter> waiter;
};

// What became of one.
struct Published {
    std::shared_ptr<Publication::Waiter> waiter;
    std::uint64_t offset = 0;  // the server's
    std::optional<Failure> failure{};
};

// Who is told what happens at a server.  On threads of the server's.
class LogSink {
  public:
    virtual ~LogSink() = default;
    // What comes next in a partition that is followed, in its order; perhaps some of it again.
    virtual void on_entries(const Partition& partition, std::uint64_t session,
                            std::vector<ServedEntry> entries) = 0;
    // Each publication once.
    virtual void on_published(std::vector<Published> published) = 0;
    // The topic at the server is no longer the one that was opened.
    virtual void on_replaced(const std::string& topic) = 0;
};

// A server that keeps topics: what of a log differs from one kind of server to another.  Any
// thread.  Calls that block give up within `answer_max` of the adapter.  Fails as EventLog says.
class LogServer {
  public:
    struct Opened {
        std::uint32_t partitions = 1;
        Uuid log;  // who made the topic stamped it
    };
    // Everything from `next` on is given to the sink; `first` is the oldest that is kept.
    struct Followed {
        std::uint64_t first = 0;
        std::uint64_t next = 0;
    };
    struct Fetched {
        std::vector<ServedEntry> entries;
        bool is_end = false;  // there is nothing more before `until`
    };

    virtual ~LogServer() = default;

    // Before anything else.  The sink outlives the threads of the server, which end with `stop`.
    virtual void start(LogSink& sink) = 0;
    // What is on its way is answered; nothing reaches the sink afterwards.
    virtual void stop() = 0;

    // Whether a partition must be followed by who appends to it: the offsets of what it appends are
    // learned by reading.
    virtual bool follows_to_append() const = 0;

    // Blocks.  Makes the topic when it is missing; refuses one that would lose records
    // (`log.topic_settings`, 503).  An empty one is stamped with `stamp`.
    virtual Opened open_topic(const std::string& topic, Uuid stamp) = 0;
    // Blocks.  Whose the topic is now; an empty one is stamped.
    virtual Uuid identify(const std::string& topic, Uuid stamp) = 0;
    // Blocks.
    virtual Followed follow(const Partition& partition, std::uint64_t session, Uuid log) = 0;
    virtual void unfollow(const std::string& topic) = 0;

    // Never blocks.
    virtual void publish(Publication publication) = 0;

    // Blocks.  Entries in [from, until), from the first on, as many as `bytes_max` takes and at
    // least one if there is one.  `log.trimmed` when the oldest that is kept is after `from`.
    virtual Fetched fetch(const Partition& partition, std::uint64_t from, std::uint64_t until,
                          std::size_t bytes_max) = 0;

    virtual LogState state() const = 0;
};

}  // namespace loquat::store
