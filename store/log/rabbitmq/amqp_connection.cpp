#include "store/log/rabbitmq/amqp_connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include "store/log/rabbitmq/amqp_values.hpp"

namespace loquat::store {
namespace {

using std::chrono::milliseconds;

constexpr int frame_bytes_max = 131'072;
constexpr int heartbeat_seconds = 5;
constexpr int denied = 403;
constexpr int not_allowed = 530;

timeval time_of(milliseconds time) {
    return {.tv_sec = time.count() / 1000, .tv_usec = time.count() % 1000 * 1000};
}

}  // namespace

Failure amqp_unavailable(std::string detail) {
    return Failure{Kind::unavailable, "store.unavailable",
                   "The store cannot be used at the moment.", "RabbitMQ: " + std::move(detail)}
        .retry_in(std::chrono::seconds{1});
}

AmqpConnection::AmqpConnection(AmqpTarget target)
    : amqp_(AmqpLibrary::get()), target_(std::move(target)) {}

AmqpConnection::~AmqpConnection() { close(); }

void AmqpConnection::close() {
    if (connection_ != nullptr) {
        // Without a farewell, which a server that sleeps would not answer.
        amqp_.destroy_connection(std::exchange(connection_, nullptr));
    }
}

int AmqpConnection::socket() const { return amqp_.get_sockfd(connection_); }

void AmqpConnection::lose(const std::string& why) {
    close();
    throw amqp_unavailable(why);
}

void AmqpConnection::check_status(int status) {
    if (status != AMQP_STATUS_OK) {
        lose(amqp_.error_string2(status));
    }
}

void AmqpConnection::open() {
    std::optional<Failure> failed;
    for (const ServerAddress& address : target_.url.hosts) {
        try {
            open_at(address);
            return;
        } catch (const Failure& failure) {
            close();
            // What one says is worth more than that another one is away.
            if (!failed || failed->code != amqp_refusal) {
                failed = failure;
            }
        }
    }
    throw *std::move(failed);
}

void AmqpConnection::open_at(const ServerAddress& address) {
    close();
    connection_ = amqp_.new_connection();
    amqp_socket_t* const made = make_socket();
    if (made == nullptr) {
        lose("no memory");
    }
    timeval connect = time_of(target_.connect_max);
    timeval answer = time_of(target_.answer_max);
    amqp_.set_handshake_timeout(connection_, &connect);
    amqp_.set_rpc_timeout(connection_, &answer);
    const int status =
        amqp_.socket_open_noblock(made, address.host.c_str(), address.port, &connect);
    refuse_handshake(status, address);
    check_status(status);
    // So long a server that is away may leave bytes lying.
    const auto unread = static_cast<unsigned>(target_.answer_max.count());
    ::setsockopt(socket(), IPPROTO_TCP, TCP_USER_TIMEOUT, &unread, sizeof unread);
    log_in();
    open_channel();
}

void AmqpConnection::log_in() {
    AmqpTable capabilities;
    capabilities.add_yes("connection.blocked")
        .add_yes("consumer_cancel_notify")
        .add_yes("publisher_confirms")
        .add_yes("authentication_failure_close");
    const std::string name = "loquat " + target_.what;
    AmqpTable shown;
    shown.add("product", "loquat").add("connection_name", name).add("capabilities", capabilities);
    const amqp_table_t table = shown.table();
    const ServerUrl& url = target_.url;
    const std::string host = url.has_path ? url.path : "/";
    const amqp_rpc_reply_t reply = amqp_.login_with_properties(
        connection_, host.c_str(), 0, frame_bytes_max, heartbeat_seconds, &table,
        AMQP_SASL_METHOD_PLAIN, url.user.c_str(), url.password.c_str());
    if (reply.reply_type == AMQP_RESPONSE_SERVER_EXCEPTION &&
        reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD) {
        const auto& closed = *static_cast<amqp_connection_close_t*>(reply.reply.decoded);
        if (closed.reply_code == denied || closed.reply_code == not_allowed) {
            std::string words = amqp_text(closed.reply_text);
            close();
            words.erase(words.find_last_not_of('.') + 1);
            throw Failure{Kind::unavailable, amqp_refusal,
                          "RabbitMQ refuses user " + url.user + " at virtual host " + host + ": " +
                              words +
                              ". Look at user, password and path of the URL; rabbitmqctl add_user, "
                              "add_vhost and set_permissions make what is missing."};
        }
    }
    check(reply);
}

void AmqpConnection::open_channel() {
    amqp_.channel_open(connection_, ++channel_);
    check_reply();
}

void AmqpConnection::renew_channel() {
    check(amqp_.channel_close(connection_, channel_, AMQP_REPLY_SUCCESS));
    amqp_.maybe_release_buffers(connection_);
    open_channel();
}

void AmqpConnection::check_reply() { check(amqp_.get_rpc_reply(connection_)); }

void AmqpConnection::check(const amqp_rpc_reply_t& reply) {
    const auto& [type, method, error] = reply;
    switch (type) {
        case AMQP_RESPONSE_NORMAL:
            return;
        case AMQP_RESPONSE_LIBRARY_EXCEPTION:
            lose(amqp_.error_string2(error));
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            refuse(reply);
        case AMQP_RESPONSE_NONE:
            break;
    }
    lose("the connection was closed");
}

void AmqpConnection::refuse(const amqp_rpc_reply_t& reply) {
    if (reply.reply.id != AMQP_CHANNEL_CLOSE_METHOD) {
        lose(reply.reply.id == AMQP_CONNECTION_CLOSE_METHOD
                 ? amqp_text(static_cast<amqp_connection_close_t*>(reply.reply.decoded)->reply_text)
                 : "an answer that was not asked for");
    }
    const auto& closed = *static_cast<amqp_channel_close_t*>(reply.reply.decoded);
    // A queue whose node is only just starting is not there, by the same number as one that never
    // was.
    const std::string words = amqp_text(closed.reply_text);
    const bool is_down = words.contains("home node");
    AmqpRefused refused{is_down ? 0 : closed.reply_code, words};
    amqp_channel_close_ok_t seen{};
    check_status(amqp_.send_method(connection_, channel_, AMQP_CHANNEL_CLOSE_OK_METHOD, &seen));
    open_channel();
    throw refused;
}

bool AmqpConnection::has_queue(const std::string& name) {
    try {
        amqp_.queue_declare(connection_, channel_, amqp_bytes(name), 1, 1, 0, 0, {});
        check_reply();
        return true;
    } catch (const AmqpRefused& refused) {
        if (refused.reply != AMQP_NOT_FOUND) {
            throw;
        }
        return false;
    }
}

void AmqpConnection::declare_stream(const std::string& name, const ServedTopics& topics) {
    const std::string age = std::to_string(topics.retention.count()) + "h";
    AmqpTable arguments;
    arguments.add("x-queue-type", "stream").add("x-max-age", age);
    if (topics.retention_bytes > 0) {
        arguments.add("x-max-length-bytes", static_cast<std::int64_t>(topics.retention_bytes));
    }
    if (topics.replicas > 0) {
        arguments.add("x-initial-cluster-size", static_cast<std::int64_t>(topics.replicas));
    }
    amqp_.queue_declare(connection_, channel_, amqp_bytes(name), 0, 1, 0, 0, arguments.table());
    check_reply();
}

void AmqpConnection::declare_queue(const std::string& name, std::int64_t messages_max,
                                   std::int64_t bytes_max) {
    AmqpTable arguments;
    arguments.add("x-queue-type", "quorum").add("x-overflow", "drop-head");
    arguments.add("x-max-length", messages_max).add("x-max-length-bytes", bytes_max);
    amqp_.queue_declare(connection_, channel_, amqp_bytes(name), 0, 1, 0, 0, arguments.table());
    check_reply();
}

void AmqpConnection::declare_fan_out(const std::string& name) {
    amqp_.exchange_declare(connection_, channel_, amqp_bytes(name), amqp_bytes("fanout"), 0, 1, 0,
                           0, {});
    check_reply();
}

void AmqpConnection::bind(const std::string& queue, const std::string& exchange) {
    amqp_.queue_bind(connection_, channel_, amqp_bytes(queue), amqp_bytes(exchange), {}, {});
    check_reply();
}

void AmqpConnection::delete_queue(const std::string& name) {
    amqp_.queue_delete(connection_, channel_, amqp_bytes(name), 0, 0);
    check_reply();
}

void AmqpConnection::delete_exchange(const std::string& name) {
    amqp_.exchange_delete(connection_, channel_, amqp_bytes(name), 0);
    check_reply();
}

void AmqpConnection::confirm_publishing() {
    amqp_.confirm_select(connection_, channel_);
    check_reply();
}

void AmqpConnection::consume(const std::string& queue, const std::string& consumer,
                             std::variant<StreamFrom, std::uint64_t> from, std::uint16_t prefetch) {
    AmqpTable arguments;
    if (const auto* const place = std::get_if<StreamFrom>(&from)) {
        arguments.add("x-stream-offset", *place == StreamFrom::first ? "first" : "last");
    } else {
        arguments.add("x-stream-offset", static_cast<std::int64_t>(std::get<std::uint64_t>(from)));
    }
    start_consumer(queue, consumer, prefetch, arguments.table());
}

void AmqpConnection::consume_queue(const std::string& queue, const std::string& consumer,
                                   std::uint16_t prefetch) {
    start_consumer(queue, consumer, prefetch, {});
}

void AmqpConnection::start_consumer(const std::string& queue, const std::string& consumer,
                                    std::uint16_t prefetch, amqp_table_t arguments) {
    amqp_.basic_qos(connection_, channel_, 0, prefetch, 0);
    check_reply();
    amqp_.basic_consume(connection_, channel_, amqp_bytes(queue), amqp_bytes(consumer), 0, 0, 0,
                        arguments);
    check_reply();
}

void AmqpConnection::publish(std::string_view exchange, std::string_view key,
                             const AmqpMessage& message) {
    const std::string log = message.log.to_string();
    AmqpTable headers;
    headers.add("log", log).add("key", message.key);
    amqp_basic_properties_t properties{};
    properties._flags = AMQP_BASIC_HEADERS_FLAG | AMQP_BASIC_DELIVERY_MODE_FLAG |
                        AMQP_BASIC_MESSAGE_ID_FLAG | AMQP_BASIC_TYPE_FLAG | AMQP_BASIC_APP_ID_FLAG;
    properties.headers = headers.table();
    properties.delivery_mode = 2;
    properties.message_id = amqp_bytes(message.id);
    properties.type = amqp_bytes(name_of(message.form));
    properties.app_id = amqp_bytes("loquat");
    check_status(amqp_.basic_publish(connection_, channel_, amqp_bytes(exchange), amqp_bytes(key),
                                     1, 0, &properties, amqp_bytes(message.payload)));
}

void AmqpConnection::acknowledge_through(std::uint64_t tag) {
    check_status(amqp_.basic_ack(connection_, channel_, tag, 1));
}

std::optional<AmqpEvent> AmqpConnection::next(Steady deadline) {
    for (;;) {
        amqp_.maybe_release_buffers(connection_);
        const auto left = std::chrono::ceil<milliseconds>(
            std::max(deadline - std::chrono::steady_clock::now(), Steady::duration{0}));
        timeval time = time_of(left);
        amqp_frame_t frame{};
        const int status = amqp_.simple_wait_frame_noblock(connection_, &frame, &time);
        if (status == AMQP_STATUS_TIMEOUT) {
            return std::nullopt;
        }
        check_status(status);
        if (auto event = event_of(frame)) {
            return event;
        }
    }
}

std::optional<AmqpEvent> AmqpConnection::event_of(const amqp_frame_t& frame) {
    if (frame.frame_type != AMQP_FRAME_METHOD) {
        return std::nullopt;
    }
    const amqp_method_t& method = frame.payload.method;
    switch (method.id) {
        case AMQP_BASIC_ACK_METHOD: {
            const auto& ack = *static_cast<amqp_basic_ack_t*>(method.decoded);
            return AmqpConfirm{ack.delivery_tag, ack.multiple != 0, true};
        }
        case AMQP_BASIC_NACK_METHOD: {
            const auto& nack = *static_cast<amqp_basic_nack_t*>(method.decoded);
            return AmqpConfirm{nack.delivery_tag, nack.multiple != 0, false};
        }
        case AMQP_BASIC_RETURN_METHOD: {
            const std::string why =
                amqp_text(static_cast<amqp_basic_return_t*>(method.decoded)->reply_text);
            amqp_message_t message{};
            check(amqp_.read_message(connection_, frame.channel, &message, 0));
            AmqpReturn returned{amqp_text(message.properties.message_id), why};
            amqp_.destroy_message(&message);
            return returned;
        }
        case AMQP_BASIC_DELIVER_METHOD: {
            AmqpDelivery delivery =
                read_delivery(frame.channel, *static_cast<amqp_basic_deliver_t*>(method.decoded));
            if (frame.channel != channel_) {
                return std::nullopt;  // of a channel that was closed meanwhile
            }
            return delivery;
        }
        case AMQP_BASIC_CANCEL_METHOD:
            return AmqpCancelled{
                amqp_text(static_cast<amqp_basic_cancel_t*>(method.decoded)->consumer_tag)};
        case AMQP_CONNECTION_BLOCKED_METHOD:
            return AmqpBlocked{
                true, amqp_text(static_cast<amqp_connection_blocked_t*>(method.decoded)->reason)};
        case AMQP_CONNECTION_UNBLOCKED_METHOD:
            return AmqpBlocked{false, {}};
        case AMQP_CHANNEL_CLOSE_METHOD:
            lose(amqp_text(static_cast<amqp_channel_close_t*>(method.decoded)->reply_text));
        case AMQP_CONNECTION_CLOSE_METHOD:
            lose(amqp_text(static_cast<amqp_connection_close_t*>(method.decoded)->reply_text));
        default:
            return std::nullopt;
    }
}

// The method's memory does not outlive the reading of the message.
AmqpDelivery AmqpConnection::read_delivery(amqp_channel_t channel,
                                           const amqp_basic_deliver_t& deliver) {
    AmqpDelivery delivery{.consumer = amqp_text(deliver.consumer_tag), .tag = deliver.delivery_tag};
    amqp_message_t message{};
    check(amqp_.read_message(connection_, channel, &message, 0));
    if ((message.properties._flags & AMQP_BASIC_MESSAGE_ID_FLAG) != 0) {
        delivery.id = amqp_text(message.properties.message_id);
    }
    delivery.entry = amqp_entry(message);
    amqp_.destroy_message(&message);
    return delivery;
}

}  // namespace loquat::store
