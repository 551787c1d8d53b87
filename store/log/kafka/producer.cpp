#include "store/log/kafka/producer.hpp"

#include "base/log.hpp"
#include "base/redact.hpp"

namespace loquat::store {
namespace {

constexpr LogContext context{.service = "log"};
constexpr int poll_ms = 100;
constexpr int probe_ms = 500;
constexpr std::chrono::milliseconds stop_max{3'000};
constexpr std::chrono::milliseconds connect_max{5'000};

KafkaSettings producer_settings(const ServerUrl& url, std::chrono::milliseconds answer_max) {
    KafkaSettings settings = connection_settings(url);
    settings["enable.idempotence"] = "true";
    settings["acks"] = "all";
    settings["message.timeout.ms"] = std::to_string(answer_max.count());
    settings["request.timeout.ms"] = std::to_string(answer_max.count());
    settings["linger.ms"] = "1";
    settings["message.max.bytes"] = "9000000";
    settings["queue.buffering.max.messages"] = "100000";
    return settings;
}

Failure unknown(rd_kafka_resp_err_t error) {
    return Failure{Kind::timed_out, "upstream.timeout", "The answer did not come in time.",
                   std::string{"Kafka: "} + KafkaLibrary::get().err2str(error)};
}

bool is_missing(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART ||
           error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
           error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION;
}

// What no waiting mends.  `user` is who signs in.
std::optional<Failure> refusal_of(rd_kafka_resp_err_t error, std::string_view why,
                                  const ServerUrl& url) {
    const std::string words = hide_secret(why, url.password);
    if (error == RD_KAFKA_RESP_ERR__AUTHENTICATION) {
        return Failure{Kind::unavailable, "store.denied",
                       "Kafka refuses user " + url.user + ": " + words +
                           ". Look at user, password and `mechanism` of the URL; kafka-configs "
                           "--alter --entity-type users makes users."};
    }
    if (error == RD_KAFKA_RESP_ERR__SSL && why.contains("certificate")) {
        return Failure{Kind::unavailable, "store.denied",
                       "Kafka cannot be used: " + words +
                           ". cacertfile=FILE of the URL names who has signed its certificate."};
    }
    return std::nullopt;
}

// Whether it is there or not decides whether it may be told as not done.
Failure failure_of(const rd_kafka_message_t& message) {
    const KafkaLibrary& kafka = KafkaLibrary::get();
    if (message.err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE) {
        return Failure{Kind::too_large, "log.too_large", "This is too large to be logged."};
    }
    return kafka.message_status(&message) == RD_KAFKA_MSG_STATUS_NOT_PERSISTED
               ? kafka_unavailable(message.err)
               : unknown(message.err);
}

}  // namespace

KafkaProducer::KafkaProducer(const ServerUrl& url, std::chrono::milliseconds answer_max)
    : url_(url),
      events_{[this](const rd_kafka_message_t& message) { on_delivery(message); },
              [this](rd_kafka_resp_err_t error, const char* why) { on_error(error, why); }},
      client_(make_kafka(RD_KAFKA_PRODUCER, producer_settings(url, answer_max), &events_)) {}

KafkaProducer::~KafkaProducer() { stop(); }

void KafkaProducer::connect() {
    const KafkaLibrary& kafka = KafkaLibrary::get();
    const Steady end = std::chrono::steady_clock::now() + connect_max;
    for (;;) {
        const rd_kafka_metadata_t* found = nullptr;
        const auto error = kafka.metadata(client_.get(), 0, nullptr, &found, probe_ms);
        const KafkaPtr<const rd_kafka_metadata_t> owned{found};
        kafka.poll(client_.get(), 0);
        if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
            is_away_ = false;
            return;
        }
        if (refusal_) {
            throw *std::move(refusal_);
        }
        if (std::chrono::steady_clock::now() >= end) {
            throw trouble_.empty() ? kafka_unavailable(error) : kafka_unavailable(trouble_);
        }
    }
}

void KafkaProducer::start(LogSink& sink) {
    sink_ = &sink;
    thread_ = std::jthread{[this] { run(); }};
}

void KafkaProducer::stop() {
    is_stopping_ = true;
    if (thread_.joinable()) {
        thread_.join();
    }
}

LogState KafkaProducer::state() const {
    return is_away_ || is_broken_ ? LogState::broken : LogState::ready;
}

void KafkaProducer::refuse(Publication& publication, Failure failure) {
    std::vector<Published> ended;
    ended.push_back({std::move(publication.waiter), 0, std::move(failure)});
    sink_->on_published(std::move(ended));
}

void KafkaProducer::publish(const std::string& topic, Publication publication) {
    if (is_away_ || is_broken_ || is_stopping_) {
        refuse(publication, kafka_unavailable(is_broken_ ? "the producer was given up; start again"
                                                         : "no broker answers"));
        return;
    }
    const KafkaLibrary& kafka = KafkaLibrary::get();
    rd_kafka_headers_t* const headers = kafka.headers_new(2);
    const std::string_view form = name_of(publication.form);
    const std::string_view log = publication.log.view();
    const auto ssize = [](std::string_view text) { return static_cast<ssize_t>(text.size()); };
    kafka.header_add(headers, "log", 3, log.data(), ssize(log));
    kafka.header_add(headers, "form", 4, form.data(), ssize(form));
    auto flight = std::make_unique<Flight>(publication.to.topic, publication.waiter);
    std::array<rd_kafka_vu_t, 7> parts{};
    parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
    parts[0].u.cstr = topic.c_str();
    parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
    parts[1].u.i32 = static_cast<std::int32_t>(publication.to.number);
    parts[2].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    parts[2].u.i = RD_KAFKA_MSG_F_COPY;
    parts[3].vtype = RD_KAFKA_VTYPE_KEY;
    parts[3].u.mem = {publication.key.data(), publication.key.size()};
    parts[4].vtype = RD_KAFKA_VTYPE_VALUE;
    parts[4].u.mem = {publication.payload.data(), publication.payload.size()};
    parts[5].vtype = RD_KAFKA_VTYPE_HEADERS;
    parts[5].u.headers = headers;
    parts[6].vtype = RD_KAFKA_VTYPE_OPAQUE;
    parts[6].u.ptr = flight.get();
    ++flights_;
    rd_kafka_error_t* const error = kafka.produceva(client_.get(), parts.data(), parts.size());
    if (error == nullptr) {
        [[maybe_unused]] Flight* const taken = flight.release();
        return;
    }
    --flights_;
    const std::string why = kafka.error_string(error);
    const bool is_full = kafka.error_code(error) == RD_KAFKA_RESP_ERR__QUEUE_FULL;
    kafka.headers_destroy(headers);
    kafka.error_destroy(error);
    refuse(publication, is_full ? Failure{Kind::unavailable, "store.overloaded",
                                          "The store has too much to do at the moment."}
                                      .retry_in(std::chrono::seconds{1})
                                : kafka_unavailable(why));
}

void KafkaProducer::run() {
    const KafkaLibrary& kafka = KafkaLibrary::get();
    Steady stop_at{};
    for (;;) {
        kafka.poll(client_.get(), poll_ms);
        flush();
        if (is_stopping_) {
            const Steady now = std::chrono::steady_clock::now();
            stop_at = stop_at == Steady{} ? now + stop_max : stop_at;
            if (flights_ == 0 || now >= stop_at) {
                return;
            }
        }
        probe();
    }
}

void KafkaProducer::flush() {
    if (!ended_.empty()) {
        sink_->on_published(std::exchange(ended_, {}));
    }
    for (const std::string& topic : std::exchange(replaced_, {})) {
        sink_->on_replaced(topic);
    }
}

void KafkaProducer::on_delivery(const rd_kafka_message_t& message) {
    const std::unique_ptr<Flight> flight{static_cast<Flight*>(message._private)};
    --flights_;
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
        ended_.push_back(
            {std::move(flight->waiter), static_cast<std::uint64_t>(message.offset), {}});
        return;
    }
    if (is_missing(message.err)) {
        replaced_.push_back(flight->topic);
    } else if (message.err == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT) {
        on_error(message.err, "a message was not answered in time");
    }
    ended_.push_back({std::move(flight->waiter), 0, failure_of(message)});
}

void KafkaProducer::on_error(rd_kafka_resp_err_t error, const char* why) {
    if (sink_ == nullptr) {
        if (!refusal_) {
            refusal_ = refusal_of(error, why, url_);
        }
        if (error != RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN) {
            trouble_ = hide_secret(why, url_.password);
        }
        return;
    }
    if (error == RD_KAFKA_RESP_ERR__FATAL) {
        is_broken_ = true;
        log_error(context, "Kafka's producer cannot go on; start again", {{"error", why}});
    } else if (error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN ||
               error == RD_KAFKA_RESP_ERR__MSG_TIMED_OUT) {
        if (!is_away_.exchange(true)) {
            probe_at_ = Steady{};
            log_warn(context, "no broker of Kafka answers", {{"error", why}});
        }
    }
}

// Whether one is there again.
void KafkaProducer::probe() {
    if (!is_away_ || std::chrono::steady_clock::now() < probe_at_) {
        return;
    }
    const rd_kafka_metadata_t* found = nullptr;
    const KafkaLibrary& kafka = KafkaLibrary::get();
    const auto error = kafka.metadata(client_.get(), 0, nullptr, &found, probe_ms);
    const KafkaPtr<const rd_kafka_metadata_t> owned{found};
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) {
        pauses_.reset();
        is_away_ = false;
        log_info(context, "a broker of Kafka answers again", {});
    }
    probe_at_ = std::chrono::steady_clock::now() + pauses_.next();
}

}  // namespace loquat::store
