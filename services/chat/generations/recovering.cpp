#include <unordered_map>

#include "base/log.hpp"
#include "services/chat/domain/assistant.hpp"
#include "services/chat/generations/cost.hpp"
#include "services/chat/generations/failures.hpp"
#include "services/chat/generations/generations.hpp"

// What a process before left, and what stored messages ask for.
namespace loquat::chat {
namespace {

constexpr std::chrono::milliseconds settle_pause{2'000};
constexpr std::size_t mentions_max = 1'000;

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
Task<void> Generations::price_all(std::vector<GenerationRecord>& records) {
    std::string problem;
    for (GenerationRecord& record : records) {
        if (!usage_of(record)) {
            continue;
        }
        try {
            const contracts::Model model = co_await ports_.open.catalog.find(record.model);
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

Task<void> Generations::recover() {
    std::optional<ToldById> told;
    for (;;) {
        auto left = co_await ports_.store.list_unfinished();
        if (left.empty()) {
            break;
        }
        if (!told) {
            told = co_await read_journal(ports_.journal);
        }
        for (GenerationRecord& record : left) {
            const auto found = told->find(record.id);
            interrupt(record, found == told->end() ? nullptr : &found->second, ports_.clock.now());
        }
        co_await price_all(left);
        ports_.metrics.interrupted.add(left.size());
        log_warn({.service = "chat"}, "answers were interrupted", {{"generations", left.size()}});
        co_await ports_.store.finish(std::move(left));
    }
    co_await ports_.journal.trim(std::numeric_limits<std::int64_t>::max());
}

// What a process before has put into the log and the ledger does not have yet.
Task<void> Generations::count_unrecorded() {
    store::Offset after = co_await ports_.ledger.through();
    for (;;) {
        const auto records =
            co_await ports_.log.read(std::string{contracts::records::usage.topic}, after, {});
        if (records.empty()) {
            co_return;
        }
        for (const store::LogRecordPtr& record : records) {
            if (const auto usage = contracts::decode<contracts::UsageRecord>(record->payload)) {
                spent_.note(*usage, record->offset);
            }
        }
        after = records.back()->offset;
    }
}

Task<void> Generations::forget_recorded() {
    if (!spent_.empty()) {
        spent_.forget(co_await ports_.ledger.through());
    }
}

Task<void> Generations::keep_settling() {
    for (;;) {
        std::exception_ptr error;
        if (std::exchange(has_unsettled_, false)) {
            try {
                co_await settler_.settle_left();
            } catch (const Failure&) {
                error = std::current_exception();
            }
        }
        try {
            co_await forget_recorded();
        } catch (const Failure& failure) {
            log_warn({.service = "chat"}, "the ledger does not answer", {{"error", failure.code}});
        }
        if (error) {
            has_unsettled_ = true;
            const std::string what = aio::describe(error);
            log_warn({.service = "chat"}, "answers are not in the log yet", {{"error", what}});
        }
        co_await ports_.loop.sleep_for(settle_pause);
    }
}

void Generations::on_stored(const contracts::StoredEvent& event) {
    const contracts::StoredMessage& message = event.message;
    if (event.kind == contracts::OutcomeKind::deleted && !message.generation_id.empty()) {
        if (const auto id = GenerationId::parse(message.generation_id)) {
            withdraw_log(*id);
            scope_.start(erase_text(*id));
        }
        return;
    }
    if (event.kind != contracts::OutcomeKind::stored ||
        message.sender.kind != contracts::ParticipantKind::person ||
        !mentions_assistant(message.text)) {
        return;
    }
    if (mentions_running_ >= mentions_max) {
        ports_.metrics.mentions_dropped.add();
        return;
    }
    ++mentions_running_;
    scope_.start(answer_mention(message));
}

Task<void> Generations::erase_text(GenerationId id) {
    std::exception_ptr error;
    try {
        co_await ports_.store.erase_text(id);
    } catch (const Failure&) {
        error = std::current_exception();
    }
    withdraw_log(id);
    if (error) {
        const std::string what = aio::describe(error);
        log_warn({.service = "chat"}, "the text of a deleted answer could not be erased",
                 {{"error", what}});
    }
}

// The same message may be told again; one that was sent to ask for an answer has got one.
Task<bool> Generations::was_asked(const contracts::StoredMessage& message) {
    const UserId user = message.sender.id;
    if (co_await ports_.store.find_by_client_id(user, message.chat, message.client_id)) {
        co_return true;
    }
    const auto again = co_await ports_.store.find_by_client_id(user, message.chat,
                                                               "mention:" + message.id.to_string());
    co_return again.has_value();
}

Task<void> Generations::answer_mention(contracts::StoredMessage message) {
    struct Running {
        std::size_t& count;
        ~Running() { --count; }
    };
    const Running running{mentions_running_};
    const UserId user = message.sender.id;
    std::exception_ptr error;
    try {
        const auto lock = co_await starts_.lock(user);
        const RoomPtr room = co_await ports_.chat.rooms.get(message.chat, user, Action::send);
        const bool is_known = co_await was_asked(message);
        if (is_known || room->chat.kind == ChatKind::assistant) {
            co_return;
        }
        contracts::Caller caller;
        caller.user = user;
        caller.username = message.sender.username;
        contracts::StartGenerationRequest request;
        request.id = message.chat;
        request.client_id = "mention:" + message.id.to_string();
        const LivePtr live = co_await prepare(std::move(caller), room, std::move(request), message);
        co_await launch(live);
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error) {
        ports_.metrics.mentions_dropped.add();
        const std::string what = aio::describe(error);
        log_info({.service = "chat"}, "a mention of the assistant is not answered",
                 {{"error", what}, {"message_id", message.id.to_string()}});
    }
}

}  // namespace loquat::chat
