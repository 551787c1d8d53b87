#pragma once
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "aio/loop.hpp"
#include "testing/http_caller.hpp"
#include "testing/stomp_client.hpp"
#include "tests/fault/doors.hpp"
#include "tests/fault/history.hpp"

namespace loquat::test {

// Waits without blocking the loop.
Task<void> pause_for(std::chrono::milliseconds time);

// Writers and readers that live through kills and write down all they see.  One loop.
class Load {
  public:
    Load(aio::Loop& loop, Doors& doors, std::uint64_t seed, Manners manners = {})
        : loop_(loop), doors_(doors), random_(seed), manners_(manners) {}

    // Is told of everything that is met with, at once.
    void watch(Watcher watcher) { watcher_ = std::move(watcher); }

    // Users and rooms; the server runs.
    Task<void> prepare(std::size_t rooms);

    // Each until `finish`: sends, one message after the other; what is not answered is sent again
    // under its key.
    Task<void> write_by_http(std::string name);
    Task<void> write_by_stomp(std::string name);
    // Follows a room until cancelled, coming back from where it was.
    Task<void> follow(std::string name, std::size_t room);

    // Writers end their last message and return.
    void finish() { finishing_ = true; }
    // Reads all rooms to their end into the history, until all that was acknowledged is there.
    Task<void> read_rooms();
    // Whether every reader has come to the end of its room.
    bool all_seen() const;

    std::size_t acknowledged() const { return acknowledged_; }
    std::size_t unanswered() const { return unanswered_; }
    std::size_t running() const { return running_; }
    const History& history() const { return history_; }
    std::mt19937_64& random() { return random_; }

  private:
    struct Message {
        std::string room;
        std::string key;
        std::string text;
    };
    enum class Reply { accepted, refused, unknown };

    Message make_message(const std::string& name, int number);
    void record(Event event);
    void record_reply(const std::string& name, const Message& message, Reply reply,
                      std::int64_t seq);
    void tell(Sight::Kind kind, const std::string& who, std::int64_t begun, std::string code = {});
    // `code`: of what is no acknowledgement.
    Task<Reply> post(Where where, const Message& message, std::int64_t& seq, std::string& code);
    Task<Reply> send(StompClient& client, const Message& message, std::string& code);
    Task<Reply> try_by_stomp(const std::string& name, std::unique_ptr<StompClient>& client,
                             const Message& message);
    Task<std::unique_ptr<StompClient>> connect(Where where);
    Task<std::optional<net::stomp::Frame>> next_of(StompClient& client, Steady until);
    Task<void> follow_once(const std::string& name, const std::string& room, std::int64_t& seen);
    void take(const std::string& name, const std::string& room, const net::stomp::Frame& frame,
              std::int64_t& seen);
    Task<std::vector<FinalMessage>> read_room(HttpCaller& http, const std::string& room);

    aio::Loop& loop_;
    Doors& doors_;
    std::mt19937_64 random_;
    Manners manners_;
    Watcher watcher_;
    std::string token_;
    std::vector<std::string> rooms_;
    History history_;
    std::map<std::string, std::int64_t> sent_at_;  // by key: the first time
    std::map<std::string, std::pair<std::string, std::int64_t>>
        seen_;  // reader: room and last number
    std::size_t acknowledged_ = 0;
    std::size_t unanswered_ = 0;
    std::size_t running_ = 0;
    bool finishing_ = false;
};

}  // namespace loquat::test
