#pragma once
#include <functional>
#include <future>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "aio/backoff.hpp"
#include "store/log/rabbitmq/amqp_connection.hpp"
#include "store/log/rabbitmq/wake.hpp"

namespace loquat::store {

// Reads the ends of streams on a connection and a thread of its own, and goes on where it was after
// a lost one.  How far a stream goes nobody says: a mark that is written into it shows it.
class Follower {
  public:
    // A message stands there; after the sink has been told of it.
    using See = std::function<void(std::string_view id, std::uint64_t offset)>;

    Follower(AmqpTarget target, ServedTopics topics, See see);
    ~Follower();

    void start(LogSink& sink);
    void stop();

    // Blocks.  Gives the first offset that the sink is told of; all that was there before the call
    // has been told when it returns.
    std::uint64_t follow(const Partition& partition, std::uint64_t session, Uuid log);
    void unfollow(const std::string& topic);

  private:
    struct Stream {
        Partition partition;
        std::uint64_t session = 0;
        Uuid log;
        std::string mark;  // the id of the one that is waited for
        std::optional<std::uint64_t> first{};
        std::uint64_t next = 0;
        bool is_consumed = false;
        std::shared_ptr<std::promise<std::uint64_t>> begun{};
        std::vector<ServedEntry> arrived{};
    };

    void run();
    void work();
    void take_orders();
    void consume(const std::string& consumer, Stream& stream);
    void handle(AmqpEvent event);
    void deliver(AmqpDelivery delivery);
    void flush();
    void drop(std::string topic);  // a copy: the caller's goes with the stream
    void lose(const std::string& why);
    bool is_stopping();

    AmqpConnection connection_;
    const ServedTopics topics_;
    See see_;
    aio::Backoff pauses_{std::chrono::milliseconds{50}, std::chrono::milliseconds{1'000}};
    Steady retry_at_{};
    bool is_away_ = false;  // not all that is followed is read
    Wake wake_;
    LogSink* sink_ = nullptr;
    std::map<std::string, Stream> streams_;  // by consumer; this thread's
    std::vector<std::pair<std::string, std::uint64_t>> seen_;
    std::uint64_t last_tag_ = 0;
    std::uint64_t consumers_ = 0;

    std::mutex mutex_;
    bool is_stopping_ = false;
    std::vector<Stream> orders_;
    std::vector<std::string> drops_;
    std::jthread thread_;
};

}  // namespace loquat::store
