#pragma once
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "aio/loop.hpp"
#include "testing/http_caller.hpp"
#include "testing/stomp_client.hpp"
#include "tests/fault/history.hpp"
#include "tests/fault/loquat_process.hpp"

namespace loquat::test {

// Waits without blocking the loop.
Task<void> pause_for(std::chrono::milliseconds time);

// Writers and readers that live through kills and write down all they see.  One loop.
class Load {
  public:
    Load(aio::Loop& loop, LoquatProcess& server, std::uint64_t seed)
        : loop_(loop), server_(server), random_(seed) {}

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
    Task<Reply> post(const Message& message, std::int64_t& seq);
    Task<Reply> send(StompClient& client, const Message& message);
    Task<std::unique_ptr<StompClient>> connect();
    Task<void> follow_once(const std::string& name, const std::string& room, std::int64_t& seen);
    void take(const std::string& name, const std::string& room, const net::stomp::Frame& frame,
              std::int64_t& seen);
    Task<std::vector<FinalMessage>> read_room(HttpCaller& http, const std::string& room);

    aio::Loop& loop_;
    LoquatProcess& server_;
    std::mt19937_64 random_;
    std::string token_;
    std::vector<std::string> rooms_;
    History history_;
    std::map<std::string, std::pair<std::string, std::int64_t>>
        seen_;  // reader: room and last number
    std::size_t acknowledged_ = 0;
    std::size_t unanswered_ = 0;
    std::size_t running_ = 0;
    bool finishing_ = false;
};

}  // namespace loquat::test
