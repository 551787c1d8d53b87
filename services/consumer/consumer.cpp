#include "services/consumer/consumer.hpp"

#include "aio/loop.hpp"
#include "aio/scope.hpp"
#include "base/failure.hpp"
#include "base/log.hpp"

namespace loquat::consumer {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr LogContext context{.service = "consumer"};
const std::string consumer_name = "consumer";
const std::string topic{store::messages_topic};

store::ReadLimit limit_of(const Config& config) {
    return {.records_max = static_cast<std::size_t>(config.batch_records_max),
            .bytes_max = static_cast<std::size_t>(config.batch_bytes_max)};
}

}  // namespace

Consumer::Consumer(Parts parts, const Config& config)
    : parts_(parts),
      config_(config),
      announcer_(parts.broadcast),
      pauses_(milliseconds{config.retry_ms_min}, milliseconds{config.retry_ms_max}),
      next_trim_(parts.clock.steady() + seconds{config.trim_seconds}) {}

Task<void> Consumer::run() {
    for (;;) {
        std::exception_ptr failed;
        try {
            co_await step();
        } catch (...) {
            failed = std::current_exception();
        }
        if (!failed) {
            pauses_.reset();
            set_trouble({});
            continue;
        }
        if (aio::is_cancellation(failed)) {
            std::rethrow_exception(failed);
        }
        const std::string what = aio::describe(failed);
        parts_.metrics.failures.add();
        set_trouble(what);
        const milliseconds pause = pauses_.next();
        log_warn(context, "messages cannot be stored; trying again",
                 {{"error", what}, {"pause_ms", pause.count()}});
        co_await aio::Loop::current().sleep_for(pause);
    }
}

Task<void> Consumer::step() {
    const std::size_t count = co_await drain_once();
    if (parts_.clock.steady() >= next_trim_) {
        next_trim_ = parts_.clock.steady() + seconds{config_.trim_seconds};
        co_await trim();
    }
    if (count == 0) {
        co_await parts_.log.wait(topic, *position_, next_trim_);
    }
}

Task<std::size_t> Consumer::drain_once() {
    if (!position_) {
        co_await find_position();
    }
    const store::Offset after = *position_;
    const auto found = co_await parts_.log.read(topic, after, limit_of(config_));
    if (found.empty()) {
        parts_.metrics.lag.set(0);
        co_return 0;
    }
    // Until the store has answered it is not known whether it moved.
    position_.reset();
    store::Batch batch{.consumer = consumer_name,
                       .after = after,
                       .through = found.back()->offset,
                       .records = decode(found),
                       .log = parts_.log.identity()};
    Records records = batch.records;
    const Steady begin = std::chrono::steady_clock::now();
    std::vector<store::Outcome> outcomes = co_await parts_.messages.apply_batch(std::move(batch));
    parts_.metrics.batch_seconds.observe(std::chrono::steady_clock::now() - begin);
    observe(records, outcomes);
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (records[i]) {
            announcer_.announce(*records[i], std::move(outcomes[i]));
        }
    }
    position_ = told_ = after + records.size();
    const store::LogEnds ends = co_await parts_.log.ends(topic);
    parts_.metrics.lag.set(static_cast<std::int64_t>(ends.last - *position_));
    co_return records.size();
}

Consumer::Records Consumer::decode(const std::vector<store::LogRecordPtr>& found) const {
    Records records;
    records.reserve(found.size());
    for (const store::LogRecordPtr& record : found) {
        records.push_back(store::decode_message_record(record->payload));
        if (!records.back()) {
            log_error(context, "a record cannot be understood and is passed over",
                      {{"topic", topic}, {"offset", record->offset}});
        }
    }
    return records;
}

void Consumer::observe(const Records& records, const std::vector<store::Outcome>& outcomes) {
    const Time now = parts_.clock.now();
    for (std::size_t i = 0; i < records.size(); ++i) {
        parts_.metrics.count(outcomes[i].kind);
        if (records[i]) {
            parts_.metrics.delay_seconds.observe(std::max(now - records[i]->at, milliseconds{0}));
        }
    }
    parts_.metrics.batches.add();
    parts_.metrics.batch_records.set(static_cast<std::int64_t>(records.size()));
}

Task<void> Consumer::find_position() {
    const store::Position stored = co_await parts_.messages.position(consumer_name);
    const store::LogEnds ends = co_await parts_.log.ends(topic);
    if (stored.log != parts_.log.identity()) {
        if (!stored.log.is_nil()) {
            log_warn(context, "the log is a new one and is read from its beginning",
                     {{"first", ends.first}, {"last", ends.last}});
        }
        told_ = ends.first - 1;
        position_ = ends.first - 1;
        co_return;
    }
    if (stored.applied > ends.last) {
        throw Failure{Kind::unavailable, "consumer.log_is_older",
                      "The message log ends before what is already stored, as after restoring an old copy. "
                      "Move the log file aside: a new one is begun and nothing that is stored is touched.",
                      "stored up to " + std::to_string(stored.applied) + ", logged up to " +
                          std::to_string(ends.last)};
    }
    co_await tell_again(std::max({stored.previous, told_, ends.first - 1}), stored.applied);
    told_ = stored.applied;
    position_ = stored.applied;
}

Task<void> Consumer::tell_again(store::Offset after, store::Offset through) {
    while (after < through) {
        const store::ReadLimit limit{.records_max = std::min<std::size_t>(through - after, 1000)};
        const auto found = co_await parts_.log.read(topic, after, limit);
        for (std::optional<store::MessageRecord>& record : decode(found)) {
            if (record) {
                store::Outcome outcome = co_await recall(*record);
                announcer_.announce(*record, std::move(outcome));
                parts_.metrics.retold.add();
            }
        }
        after = found.back()->offset;
        told_ = after;
    }
}

// What became of a record that is stored, as the store has it now.
Task<store::Outcome> Consumer::recall(store::MessageRecord record) {
    using store::OutcomeKind;
    auto message = co_await parts_.messages.find_by_id(record.message_id);
    if (message && message->chat == record.chat) {
        OutcomeKind kind = OutcomeKind::stored;
        if (message->deleted_at) {
            kind = OutcomeKind::deleted;
        } else if (record.kind == store::RecordKind::edit) {
            kind = OutcomeKind::edited;
        }
        co_return store::Outcome{.kind = kind, .message = std::move(*message)};
    }
    if (record.kind == store::RecordKind::message) {
        message = co_await parts_.messages.find_by_client_id(record.chat, record.sender.id, record.client_id);
        if (message) {
            const bool same = message->text == record.text || message->edited_at || message->deleted_at;
            const OutcomeKind kind = same ? OutcomeKind::duplicate : OutcomeKind::conflict;
            co_return store::Outcome{.kind = kind, .message = std::move(*message)};
        }
    }
    co_return store::Outcome{.kind = OutcomeKind::refused, .code = "message.not_found"};
}

Task<void> Consumer::trim() {
    const store::Offset secured = co_await parts_.messages.secure(consumer_name);
    const store::LogEnds ends = co_await parts_.log.ends(topic);
    // After the log was replaced the store may still speak of the old one.
    if (position_ && secured <= *position_ && secured >= ends.first) {
        co_await parts_.log.trim(topic, secured + 1);
    }
}

void Consumer::set_trouble(std::string what) {
    const std::lock_guard lock{trouble_mutex_};
    trouble_ = std::move(what);
}

std::optional<std::string> Consumer::trouble() const {
    const std::lock_guard lock{trouble_mutex_};
    return trouble_.empty() ? std::nullopt : std::optional{trouble_};
}

}  // namespace loquat::consumer
