#pragma once
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "aio/loop.hpp"
#include "aio/signal.hpp"
#include "services/gateway/cache/stored_answer.hpp"

namespace loquat::gateway {

// Answers of upstreams that are kept, for all loops of a process.  Each route has a room of its own
// with a limit of bytes; what was used longest ago makes way, in a room that is full, and in all of
// them together when their sum is.  Any thread; no call waits for more than the others' look-ups.
class AnswerCache {
  public:
    explicit AnswerCache(std::size_t bytes_max) : bytes_max_(bytes_max) {}

    // Where an answer is kept: a route's room, and what the request asked for.
    struct Place {
        std::string room;
        std::string key;
    };
    struct Found {
        StoredAnswerPtr answer;         // null: none for this request
        bool are_there_others = false;  // of the same address, for other requests
    };
    Found find(const Place& place, const net::http::HeaderViews& request);
    void put(const Place& place, StoredAnswerPtr answer, std::size_t room_bytes_max);
    void erase(const Place& place);
    // Lets go of all other rooms: of routes that are gone or have changed.
    void keep_rooms(const std::set<std::string>& rooms);

    // Whether a request may fetch what is not there.
    enum class Turn : std::uint8_t {
        fetch,  // and says `end_turn` when it has
        wait,   // another one does: `signal` is set when that is over
        alone,  // others do not matter: too many wait, or the last answer was for one request only
    };
    Turn take_turn(const Place& place, aio::Loop& loop, std::shared_ptr<aio::Signal> signal);
    // `is_shareable`: the answer was one that others may have, or there was none.
    void end_turn(const Place& place, bool is_shareable, Steady now);
    // Nobody waits for such an address before then.
    bool is_known_unshareable(const Place& place, Steady now);

    struct Counts {
        std::size_t bytes = 0;
        std::size_t answers = 0;
        std::uint64_t evicted = 0;
    };
    Counts counts() const;

  private:
    struct Node;
    using Order = std::list<Node*>;
    struct Room {
        std::size_t bytes = 0;
        Order by_use;  // the latest in front
        std::map<std::string, std::unique_ptr<Node>, std::less<>> nodes;
    };
    // All answers of one address.
    struct Node {
        Room* room = nullptr;
        std::string key;
        std::vector<StoredAnswerPtr> answers;
        std::size_t bytes = 0;
        Order::iterator in_room;
        Order::iterator in_all;
    };
    struct Waiter {
        aio::Loop* loop;
        std::shared_ptr<aio::Signal> signal;
    };

    void touch(Node& node);
    void drop(Node& node);

    mutable std::mutex mutex_;
    std::size_t bytes_max_;
    std::size_t bytes_ = 0;
    std::size_t answers_ = 0;
    std::uint64_t evicted_ = 0;
    Order by_use_;
    std::map<std::string, Room, std::less<>> rooms_;
    std::unordered_map<std::string, std::vector<Waiter>> fetched_;  // by room and key
    std::unordered_map<std::size_t, Steady> unshareable_;           // by its digest, until when
};

}  // namespace loquat::gateway
