#pragma once
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "aio/backoff.hpp"
#include "store/log/kafka/client.hpp"
#include "store/log/served/log_server.hpp"

namespace loquat::store {

// An idempotent producer and the thread that hands out its answers.  While no broker answers,
// publications are refused at once.
class KafkaProducer {
  public:
    KafkaProducer(const ServerUrl& url, std::chrono::milliseconds answer_max);
    ~KafkaProducer();
    KafkaProducer(const KafkaProducer&) = delete;
    KafkaProducer& operator=(const KafkaProducer&) = delete;

    // Blocks until a broker answers, for 5 s at most.  Throws Failure `store.unavailable`, and
    // `store.denied` when it refuses who asks or shows a certificate that is not trusted.  Before
    // `start`.
    void connect();
    void start(LogSink& sink);
    // What is on its way is waited for, for as long as it may take.
    void stop();

    // To the topic as the server knows it.
    void publish(const std::string& topic, Publication publication);
    LogState state() const;
    rd_kafka_t* client() const { return client_.get(); }

  private:
    struct Flight {
        std::string topic;
        std::shared_ptr<Publication::Waiter> waiter;
    };

    void run();
    void on_delivery(const rd_kafka_message_t& message);
    void on_error(rd_kafka_resp_err_t error, const char* why);
    void probe();
    void flush();
    void refuse(Publication& publication, Failure failure);

    const ServerUrl url_;
    KafkaEvents events_;
    KafkaPtr<rd_kafka_t> client_;
    LogSink* sink_ = nullptr;
    std::optional<Failure> refusal_;  // both of before the start
    std::string trouble_;
    std::atomic<bool> is_away_{false};
    std::atomic<bool> is_stopping_{false};
    std::atomic<bool> is_broken_{false};
    std::atomic<std::size_t> flights_{0};
    // The polling thread's.
    std::vector<Published> ended_;
    std::vector<std::string> replaced_;
    aio::Backoff pauses_{std::chrono::milliseconds{50}, std::chrono::milliseconds{1'000}};
    Steady probe_at_{};
    std::jthread thread_;
};

}  // namespace loquat::store
