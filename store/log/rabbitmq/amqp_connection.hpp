#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/failure.hpp"
#include "store/log/rabbitmq/amqp_library.hpp"
#include "store/log/served/log_server.hpp"
#include "store/log/served/server_url.hpp"

namespace loquat::store {

struct AmqpTarget {
    ServerUrl url;
    std::string what;  // of this connection, shown by the server
    std::chrono::milliseconds connect_max{2'000};
    std::chrono::milliseconds answer_max{5'000};  // of one request
};

// The code of what no waiting mends: a wrong password, a certificate that nobody trusts.
constexpr const char* amqp_refusal = "store.denied";

// What the server refused of a channel, which is closed by that; its words are the message's.
struct AmqpRefused : Failure {
    AmqpRefused(int code, std::string words)
        : Failure{Kind::unavailable, "store.unavailable", "The store cannot be used at the moment.",
                  std::move(words)},
          reply(code) {}
    int reply;  // 404: there is no such thing; 0: it cannot be reached now
};

struct AmqpMessage {
    std::string id;  // who published it, and its number
    Uuid log;
    EntryForm form = EntryForm::record;
    std::string key;
    std::string payload;
};

struct AmqpConfirm {
    std::uint64_t tag = 0;
    bool is_multiple = false;
    bool is_taken = false;
};
struct AmqpReturn {
    std::string id;
    std::string why;
};
struct AmqpDelivery {
    std::string consumer;
    std::uint64_t tag = 0;
    std::string id;
    ServedEntry entry;
};
// The server has ended a consumer: its queue is gone, or moves.
struct AmqpCancelled {
    std::string consumer;
};
// While it lasts nothing is read of what is published: a disk or memory alarm.
struct AmqpBlocked {
    bool is_blocked = false;
    std::string why;
};
using AmqpEvent = std::variant<AmqpConfirm, AmqpReturn, AmqpDelivery, AmqpCancelled, AmqpBlocked>;

enum class StreamFrom : std::uint8_t { first, last };

// One connection with one channel; one thread at a time.  Blocks, each call for the target's times
// at most.  A failure other than AmqpRefused closes it; after AmqpRefused the channel is made anew.
class AmqpConnection {
  public:
    explicit AmqpConnection(AmqpTarget target);
    ~AmqpConnection();
    AmqpConnection(const AmqpConnection&) = delete;
    AmqpConnection& operator=(const AmqpConnection&) = delete;

    // To the first host that answers.  `store.denied` (unavailable) for a wrong password or a
    // virtual host that is not there, `store.unavailable` else.
    void open();
    bool is_open() const { return connection_ != nullptr; }
    void close();
    int socket() const;

    bool has_queue(const std::string& name);
    void declare_stream(const std::string& name, const ServedTopics& topics);
    // Bounded: the oldest make room.
    void declare_queue(const std::string& name, std::int64_t messages_max, std::int64_t bytes_max);
    void declare_fan_out(const std::string& name);
    void bind(const std::string& queue, const std::string& exchange);
    void delete_queue(const std::string& name);
    void delete_exchange(const std::string& name);
    void confirm_publishing();
    void consume(const std::string& queue, const std::string& consumer,
                 std::variant<StreamFrom, std::uint64_t> from, std::uint16_t prefetch);
    void consume_queue(const std::string& queue, const std::string& consumer,
                       std::uint16_t prefetch);
    // Ends all consumers.
    void renew_channel();

    // Mandatory, persistent.  Tags count from 1 after confirm_publishing.
    void publish(std::string_view exchange, std::string_view key, const AmqpMessage& message);
    void acknowledge_through(std::uint64_t tag);

    // None when nothing came in time.
    std::optional<AmqpEvent> next(Steady deadline);

  private:
    void open_at(const ServerAddress& address);
    amqp_socket_t* make_socket();
    void log_in();
    void start_consumer(const std::string& queue, const std::string& consumer,
                        std::uint16_t prefetch, amqp_table_t arguments);
    void open_channel();
    // Of the last request.
    void check_reply();
    void check(const amqp_rpc_reply_t& reply);
    [[noreturn]] void refuse(const amqp_rpc_reply_t& reply);
    [[noreturn]] void lose(const std::string& why);
    // What of TLS no waiting mends; returns for all else.
    void refuse_handshake(int status, const ServerAddress& address);
    // As `lose`, for what no waiting mends.
    [[noreturn]] void give_up(const std::string& why);
    void check_status(int status);
    std::optional<AmqpEvent> event_of(const amqp_frame_t& frame);
    AmqpDelivery read_delivery(amqp_channel_t channel, const amqp_basic_deliver_t& deliver);

    const AmqpLibrary& amqp_;
    AmqpTarget target_;
    amqp_connection_state_t connection_ = nullptr;
    amqp_channel_t channel_ = 0;
};

// `store.unavailable` (503).
Failure amqp_unavailable(std::string detail);

}  // namespace loquat::store
