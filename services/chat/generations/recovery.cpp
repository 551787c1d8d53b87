#include "services/chat/generations/recovery.hpp"

#include <unordered_map>

#include "base/log.hpp"
#include "base/tokens.hpp"
#include "services/chat/generations/cost.hpp"
#include "services/chat/generations/failures.hpp"
#include "services/chat/generations/outbox_relay.hpp"

namespace loquat::chat {
namespace {

// What was told of one answer, from the journal.
struct Told {
    std::int64_t last_event = 0;
    std::int64_t input_tokens = 0;
    GenerationRecord record;  // its text and events

    // Rows may repeat events; none is missing before one that was told.
    void add(const JournalPart& part) {
        input_tokens = std::max(input_tokens, part.input_tokens);
        std::int64_t id = part.first_event;
        for (const GenerationEvent& event : part.events) {
            if (id == last_event + 1) {
                add_told(record, event);
                last_event = id;
            }
            ++id;
        }
    }
};
using ToldById = std::unordered_map<GenerationId, Told>;

Task<ToldById> read_journal(GenerationJournal& journal) {
    ToldById told;
    std::uint64_t after = 0;
    for (;;) {
        const std::vector<JournalRow> rows = co_await journal.read(after);
        if (rows.empty()) {
            co_return told;
        }
        for (const JournalRow& row : rows) {
            for (const JournalPart& part : row.parts) {
                told[part.id].add(part);
            }
        }
        after = rows.back().number;
    }
}

void interrupt(GenerationRecord& record, Told* told, Time now) {
    const Ending ending = interrupted();
    record.state = ending.state;
    record.error = ending.error;
    record.finished_at = now;
    if (told == nullptr) {
        return;
    }
    record.text = std::move(told->record.text);
    record.events = std::move(told->record.events);
    record.tokens = {told->input_tokens, count_tokens(record.text), UsageSource::counted};
    if (!record.text.empty()) {
        record.answer = MessageId::make();
    }
}

}  // namespace

// Without prices while the models cannot be asked: an answer's end does not wait for them.
Task<void> Recovery::price_all(std::vector<GenerationRecord>& records) {
    std::string problem;
    for (GenerationRecord& record : records) {
        if (!usage_of(record)) {
            continue;
        }
        try {
            const contracts::Model model = co_await parts_.catalog.find(record.model);
            record.cost_micros = cost_of(model, record.tokens);
        } catch (const Failure& failure) {
            problem = failure.code;
        }
        if (!problem.empty() && problem != "model.unknown") {
            break;
        }
    }
    if (!problem.empty()) {
        log_warn({.service = "chat"}, "interrupted answers have no price", {{"error", problem}});
    }
}

Task<void> Recovery::recover() {
    std::optional<ToldById> told;
    for (;;) {
        auto left = co_await parts_.store.list_unfinished();
        if (left.empty()) {
            break;
        }
        if (!told) {
            told = co_await read_journal(parts_.journal);
        }
        for (GenerationRecord& record : left) {
            const auto found = told->find(record.id);
            interrupt(record, found == told->end() ? nullptr : &found->second, parts_.clock.now());
        }
        co_await price_all(left);
        parts_.metrics.interrupted.add(left.size());
        log_warn({.service = "chat"}, "answers were interrupted", {{"generations", left.size()}});
        co_await parts_.store.finish(std::move(left));
    }
    co_await parts_.journal.trim(std::numeric_limits<std::int64_t>::max());
}

// Several may do this at once: each answer is ended by one of them.
Task<std::vector<GenerationRecord>> Recovery::end_abandoned(AnswerNodes& nodes) {
    auto left = co_await nodes.list_abandoned();
    if (left.empty()) {
        co_return left;
    }
    for (GenerationRecord& record : left) {
        Told told;
        for (const JournalPart& part : co_await nodes.read_parts(record.id, 1)) {
            told.add(part);
        }
        interrupt(record, &told, parts_.clock.now());
    }
    co_await price_all(left);
    const auto finished = co_await parts_.store.finish(left);
    std::vector<GenerationRecord> ended;
    for (std::size_t i = 0; i < left.size(); ++i) {
        if (finished[i]) {
            ended.push_back(std::move(left[i]));
        }
    }
    parts_.metrics.interrupted.add(ended.size());
    log_warn({.service = "chat"}, "answers of another instance were interrupted",
             {{"generations", ended.size()}});
    co_return ended;
}

// What a process before has put into the log and the ledger does not have yet.
Task<void> Recovery::count_unrecorded() {
    const store::Progress through = co_await parts_.ledger.through();
    store::Partition partition{.topic = std::string{contracts::records::usage.topic}};
    const std::uint32_t partitions = co_await parts_.log.partitions(partition.topic);
    const Uuid log = co_await parts_.log.identity(partition.topic);
    for (; partition.number < partitions; ++partition.number) {
        store::Offset after = through.applied(partition.number, log);
        for (;;) {
            const auto records = co_await parts_.log.read(partition, after, {});
            if (records.empty()) {
                break;
            }
            for (const store::LogRecordPtr& record : records) {
                if (const auto usage = contracts::decode<contracts::UsageRecord>(record->payload)) {
                    const store::LogPlace at{partition.number, record->offset, log};
                    parts_.pending_usage.note(*usage, at);
                }
            }
            after = records.back()->offset;
        }
    }
}

}  // namespace loquat::chat
