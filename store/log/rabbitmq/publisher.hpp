#pragma once
#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "aio/backoff.hpp"
#include "store/log/rabbitmq/amqp_connection.hpp"
#include "store/log/rabbitmq/wake.hpp"

namespace loquat::store {

// Publishes on a connection and a thread of its own, many at once.  A publication has succeeded
// when the server has confirmed it and the follower has seen where it stands.  While there is no
// connection, and while the server takes nothing, it is refused at once.
class Publisher {
  public:
    struct Timing {
        std::chrono::milliseconds confirm_max{2'000};
        std::chrono::milliseconds retry_min{50};
        std::chrono::milliseconds retry_max{1'000};
    };

    Publisher(AmqpTarget target, ServedTopics topics, Timing timing);
    Publisher(AmqpTarget target, ServedTopics topics)
        : Publisher(std::move(target), std::move(topics), Timing{}) {}
    ~Publisher();

    // Connects; fails as AmqpConnection::open does.
    void start(LogSink& sink);
    void stop();

    void publish(Publication publication);
    // A message of this publisher's stands there.  Any thread.
    void see(std::string_view id, std::uint64_t offset);
    LogState state() const { return state_; }

  private:
    struct Flight {
        std::string topic;
        std::shared_ptr<Publication::Waiter> waiter;
        Steady deadline;
        std::size_t confirms = 0;  // that are to come
        std::optional<std::uint64_t> offset{};
        std::optional<Failure> failure{};
    };

    void run();
    void work();
    void connect();
    void disconnect(const std::string& why);
    void send(Publication publication);
    void handle(const AmqpEvent& event);
    void confirm(const AmqpConfirm& confirm);
    void handle_return(const AmqpReturn& returned);
    void expire();
    std::deque<Publication> take_queue();
    void refuse_all(const Failure& failure);
    // Of those that have ended; with the mutex held.
    void collect(std::uint64_t number, std::vector<Published>& ended);
    void answer(std::vector<Published> ended);
    std::optional<Failure> refusal();

    AmqpConnection connection_;
    const ServedTopics topics_;
    const Timing timing_;
    const std::string id_ = Uuid::make().to_string() + "/";
    aio::Backoff pauses_;
    Steady retry_at_{};
    Wake wake_;
    LogSink* sink_ = nullptr;
    std::atomic<LogState> state_{LogState::ready};

    std::mutex mutex_;
    bool is_connected_ = false;
    bool is_stopping_ = false;
    std::string trouble_;
    std::deque<Publication> queue_;
    std::map<std::uint64_t, Flight> flights_;  // by number of the message
    std::uint64_t numbers_ = 0;
    std::map<std::uint64_t, std::uint64_t> tags_;  // of the connection: which message is meant
    std::uint64_t last_tag_ = 0;
    std::jthread thread_;
};

}  // namespace loquat::store
