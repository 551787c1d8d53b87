#include "store/log/kafka/client.hpp"

#include <array>

#include "base/log.hpp"

namespace loquat::store {
namespace {

constexpr LogContext context{.service = "log"};

void tell_delivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
    static_cast<KafkaEvents*>(opaque)->on_delivery(*message);
}

void tell_error(rd_kafka_t*, int error, const char* why, void* opaque) {
    if (opaque != nullptr) {
        static_cast<KafkaEvents*>(opaque)->on_error(static_cast<rd_kafka_resp_err_t>(error), why);
    }
}

// Of the library's own chatter only what an operator could act on; each try to connect is not.
void tell_log(const rd_kafka_t*, int level, const char* facility, const char* text) {
    constexpr int critical = 2;
    if (level <= critical) {
        log_error(context, "Kafka's library reports", {{"what", facility}, {"text", text}});
    }
}

std::string value_of(const rd_kafka_headers_t* headers, const char* name) {
    const void* value = nullptr;
    std::size_t size = 0;
    return KafkaLibrary::get().header_get_last(headers, name, &value, &size) ==
                   RD_KAFKA_RESP_ERR_NO_ERROR
               ? std::string{static_cast<const char*>(value), size}
               : std::string{};
}

}  // namespace

KafkaSettings connection_settings(const ServerUrl& url) {
    KafkaSettings settings{{"client.id", "loquat"},
                           {"socket.keepalive.enable", "true"},
                           {"socket.connection.setup.timeout.ms", "2000"},
                           {"socket.timeout.ms", "5000"},
                           {"reconnect.backoff.ms", "50"},
                           {"reconnect.backoff.max.ms", "1000"}};
    std::string servers;
    for (const ServerAddress& address : url.hosts) {
        const bool is_v6 = address.host.contains(':');
        servers += (servers.empty() ? "" : ",") +
                   (is_v6 ? "[" + address.host + "]" : address.host) + ":" +
                   std::to_string(address.port);
    }
    settings["bootstrap.servers"] = servers;
    const bool is_encrypted = url.scheme == "kafkas";
    if (!url.user.empty()) {
        settings["security.protocol"] = is_encrypted ? "sasl_ssl" : "sasl_plaintext";
        settings["sasl.mechanism"] = "SCRAM-SHA-256";
        settings["sasl.username"] = url.user;
        settings["sasl.password"] = url.password;
    } else if (is_encrypted) {
        settings["security.protocol"] = "ssl";
    }
    constexpr std::array names{std::pair{"cacertfile", "ssl.ca.location"},
                               std::pair{"certfile", "ssl.certificate.location"},
                               std::pair{"keyfile", "ssl.key.location"},
                               std::pair{"mechanism", "sasl.mechanism"}};
    for (const auto& [option, setting] : names) {
        if (const auto found = url.options.find(option); found != url.options.end()) {
            settings[setting] = found->second;
        }
    }
    if (const auto verify = url.options.find("verify");
        verify != url.options.end() && verify->second == "verify_none") {
        settings["enable.ssl.certificate.verification"] = "false";
    }
    return settings;
}

KafkaPtr<rd_kafka_t> make_kafka(rd_kafka_type_t type, const KafkaSettings& settings,
                                KafkaEvents* events) {
    const KafkaLibrary& kafka = KafkaLibrary::get();
    std::array<char, 512> why{};
    rd_kafka_conf_t* const conf = kafka.conf_new();
    for (const auto& [name, value] : settings) {
        if (kafka.conf_set(conf, name.c_str(), value.c_str(), why.data(), why.size()) !=
            RD_KAFKA_CONF_OK) {
            kafka.conf_destroy(conf);
            throw Failure{Kind::unavailable, "store.denied",
                          "Kafka's library does not take a setting: " + std::string{why.data()}};
        }
    }
    kafka.conf_set_opaque(conf, events);
    kafka.conf_set_log_cb(conf, &tell_log);
    kafka.conf_set_error_cb(conf, &tell_error);
    if (type == RD_KAFKA_PRODUCER) {
        kafka.conf_set_dr_msg_cb(conf, &tell_delivery);
    }
    rd_kafka_t* const made = kafka.make(type, conf, why.data(), why.size());
    if (made == nullptr) {
        kafka.conf_destroy(conf);
        throw Failure{Kind::unavailable, "store.denied",
                      "A client of Kafka cannot be made: " + std::string{why.data()}};
    }
    return KafkaPtr<rd_kafka_t>{made};
}

KafkaPtr<rd_kafka_topic_partition_list_t> kafka_partition(const std::string& topic,
                                                          std::uint32_t number,
                                                          std::int64_t offset) {
    KafkaPtr<rd_kafka_topic_partition_list_t> list{KafkaLibrary::get().topic_partition_list_new(1)};
    KafkaLibrary::get()
        .topic_partition_list_add(list.get(), topic.c_str(), static_cast<std::int32_t>(number))
        ->offset = offset;
    return list;
}

ServedEntry kafka_entry(const rd_kafka_message_t& message) {
    ServedEntry entry{.offset = static_cast<std::uint64_t>(message.offset)};
    if (message.key_len > 0) {
        entry.key.assign(static_cast<const char*>(message.key), message.key_len);
    }
    if (message.len > 0) {
        entry.payload.assign(static_cast<const char*>(message.payload), message.len);
    }
    rd_kafka_headers_t* headers = nullptr;
    if (KafkaLibrary::get().message_headers(&message, &headers) == RD_KAFKA_RESP_ERR_NO_ERROR) {
        entry.form = form_of(value_of(headers, "form"));
        if (const std::string log = value_of(headers, "log"); log.size() == 16) {
            entry.log = Uuid::from_bytes(log);
        }
    }
    return entry;
}

Failure kafka_unavailable(std::string detail) {
    return Failure{Kind::unavailable, "store.unavailable",
                   "The store cannot be used at the moment.", "Kafka: " + std::move(detail)}
        .retry_in(std::chrono::seconds{1});
}

Failure kafka_unavailable(rd_kafka_resp_err_t error) {
    return kafka_unavailable(KafkaLibrary::get().err2str(error));
}

}  // namespace loquat::store
