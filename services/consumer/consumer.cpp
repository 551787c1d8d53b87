#include "services/consumer/consumer.hpp"

#include <utility>

#include "services/consumer/domain/rules.hpp"

namespace loquat::consumer {
namespace {

using std::chrono::milliseconds;

std::vector<std::optional<contracts::MessageRecord>> decode(
    const std::vector<store::LogRecordPtr>& found) {
    std::vector<std::optional<contracts::MessageRecord>> records;
    records.reserve(found.size());
    for (const store::LogRecordPtr& record : found) {
        records.push_back(contracts::decode<contracts::MessageRecord>(record->payload));
    }
    return records;
}

}  // namespace

Consumer::Consumer(Parts parts, const Config& config, std::uint32_t partition)
    : Consumer(parts, config, {std::string{contracts::records::messages.topic}, partition}) {}

Consumer::Consumer(Parts parts, const Config& config, const store::Partition& partition)
    : TopicLoop({parts.log, parts.messages, parts.clock, parts.metrics.lag,
                 partition_lag(parts.metrics.registry, partition), parts.metrics.failures,
                 dead_records(parts.metrics.registry, partition), parts.troubles, parts.lease},
                partition, config),
      parts_(parts),
      announcer_(parts.broadcast) {}

Task<void> Consumer::apply(store::Position from, Found found) {
    const store::Offset through = found.records.back()->offset;
    Records records = decode(found.records);
    co_await give_up_unreadable(from, unreadable_of(found, records));
    MessageBatch batch{.from = std::move(from), .through = through, .records = records};
    if (found.taken == Taken::refused) {
        batch.records = {std::nullopt};
    }
    const Steady begin = std::chrono::steady_clock::now();
    std::vector<contracts::Outcome> outcomes =
        co_await parts_.messages.apply_batch(std::move(batch));
    parts_.metrics.batch_seconds.observe(std::chrono::steady_clock::now() - begin);
    if (found.taken == Taken::refused) {
        outcomes.front() = refused("record.refused");
    }
    observe(records, outcomes);
    // Others tell it again, and may have told what came of it since.
    check_lease();
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (records[i]) {
            announcer_.announce(*records[i], std::move(outcomes[i]));
        }
    }
    told_ = through;
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

Task<void> Consumer::on_place(store::Position stored) {
    if (std::exchange(told_generation_, stored.generation) != stored.generation) {
        told_ = 0;
    }
    const store::LogEnds ends = co_await log().ends(partition());
    co_await tell_again(std::max({stored.previous, told_, ends.first - 1}), stored.applied);
    told_ = stored.applied;
}

Task<void> Consumer::tell_again(store::Offset after, store::Offset through) {
    while (after < through) {
        const store::ReadLimit limit{.records_max = std::min<std::size_t>(through - after, 1000)};
        auto found = co_await log().read(partition(), after, limit);
        std::erase_if(found, [through](const auto& record) { return record->offset > through; });
        if (found.empty()) {
            co_return;
        }
        for (std::optional<contracts::MessageRecord>& record : decode(found)) {
            if (record) {
                contracts::Outcome outcome = co_await recall(*record);
                announcer_.announce(*record, std::move(outcome), Telling::again);
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

// The last batch was perhaps not announced: it must stay to be told again.
store::Offset Consumer::trimmable(const store::Position& secured) const { return secured.previous; }

}  // namespace loquat::consumer
