#include "services/consumer/consumer.hpp"

#include "store/messages/rules.hpp"

namespace loquat::consumer {
namespace {

using std::chrono::milliseconds;

const std::string consumer_name{store::log_reader};

}  // namespace

Consumer::Consumer(Parts parts, const Config& config)
    : TopicLoop({parts.log, parts.clock, parts.metrics.failures, parts.troubles},
                contracts::records::messages.topic, config),
      parts_(parts),
      announcer_(parts.broadcast) {}

Task<std::size_t> Consumer::drain_once() {
    if (!position_) {
        co_await find_position();
    }
    const store::Offset after = *position_;
    const auto found = co_await read_next();
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
    std::vector<contracts::Outcome> outcomes =
        co_await parts_.messages.apply_batch(std::move(batch));
    parts_.metrics.batch_seconds.observe(std::chrono::steady_clock::now() - begin);
    observe(records, outcomes);
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (records[i]) {
            announcer_.announce(*records[i], std::move(outcomes[i]));
        }
    }
    position_ = told_ = after + records.size();
    const store::LogEnds ends = co_await parts_.log.ends(topic());
    parts_.metrics.lag.set(static_cast<std::int64_t>(ends.last - *position_));
    co_return records.size();
}

Consumer::Records Consumer::decode(const std::vector<store::LogRecordPtr>& found) const {
    Records records;
    records.reserve(found.size());
    for (const store::LogRecordPtr& record : found) {
        records.push_back(contracts::decode<contracts::MessageRecord>(record->payload));
        if (!records.back()) {
            report_unreadable(record->offset);
        }
    }
    return records;
}

void Consumer::observe(const Records& records, const std::vector<contracts::Outcome>& outcomes) {
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

Task<void> Consumer::check_place() {
    const store::Position stored = co_await parts_.messages.position(consumer_name);
    co_await place_of(stored.applied, stored.log);
}

Task<void> Consumer::find_position() {
    const store::Position stored = co_await parts_.messages.position(consumer_name);
    const store::Offset place = co_await place_of(stored.applied, stored.log);
    if (stored.log == parts_.log.identity()) {
        const store::LogEnds ends = co_await parts_.log.ends(topic());
        co_await tell_again(std::max({stored.previous, told_, ends.first - 1}), place);
    }
    told_ = place;
    position_ = place;
}

Task<void> Consumer::tell_again(store::Offset after, store::Offset through) {
    while (after < through) {
        const store::ReadLimit limit{.records_max = std::min<std::size_t>(through - after, 1000)};
        const auto found = co_await parts_.log.read(topic(), after, limit);
        for (std::optional<contracts::MessageRecord>& record : decode(found)) {
            if (record) {
                contracts::Outcome outcome = co_await recall(*record);
                announcer_.announce(*record, std::move(outcome));
                parts_.metrics.retold.add();
            }
        }
        after = found.back()->offset;
        told_ = after;
    }
}

// What became of a record that is stored, as the store has it now.
Task<contracts::Outcome> Consumer::recall(contracts::MessageRecord record) {
    using contracts::OutcomeKind;
    auto message = co_await parts_.messages.find_by_id(record.message_id);
    if (message && message->chat == record.chat) {
        OutcomeKind kind = OutcomeKind::stored;
        if (message->deleted_at) {
            kind = OutcomeKind::deleted;
        } else if (record.kind == contracts::RecordKind::edit) {
            kind = OutcomeKind::edited;
        }
        co_return contracts::Outcome{.kind = kind, .message = std::move(*message)};
    }
    if (record.kind == contracts::RecordKind::message) {
        auto repeat = co_await parts_.messages.find_repeat(
            record.chat, record.sender.id, record.client_id, store::text_sum(record.text));
        if (repeat) {
            co_return *std::move(repeat);
        }
    }
    co_return contracts::Outcome{.kind = OutcomeKind::refused, .code = "message.not_found"};
}

Task<store::Offset> Consumer::secure() { return parts_.messages.secure(consumer_name); }

}  // namespace loquat::consumer
