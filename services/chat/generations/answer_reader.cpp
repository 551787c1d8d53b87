#include "services/chat/generations/answer_reader.hpp"

#include <algorithm>

#include "services/chat/generations/failures.hpp"

namespace loquat::chat {
namespace {

constexpr int erasures_awaited_max = 3;

StreamLogPtr rebuild_log(const GenerationRecord& record) {
    auto log = std::make_shared<StreamLog>();
    std::int64_t id = 0;
    for (const GenerationEvent& event : rebuild_events(record)) {
        log->append(to_stream_text(++id, event));
    }
    log->close();
    return log;
}

std::optional<std::string> text_or_null(const std::string& text) {
    return text.empty() ? std::nullopt : std::optional{text};
}

GenerationId decode_cursor_of_generations(const std::string& cursor) {
    const auto id = GenerationId::parse(cursor);
    if (!id) {
        throw invalid_field("cursor", "bad_cursor", "is not a cursor of this list");
    }
    return *id;
}

}  // namespace

// What one may not see is not there.
Task<AnswerReader::Readable> AnswerReader::get_readable(UserId user, std::string id,
                                                        runtime::StandingRights::OnEnd on_end) {
    const auto wanted = GenerationId::parse(id);
    if (!wanted) {
        throw generation_not_found();
    }
    auto record = co_await find_shown(*wanted);
    if (!record) {
        throw generation_not_found();
    }
    auto right =
        parts_.rights.open(runtime::StandingRights::Member{record->chat, user}, std::move(on_end));
    bool is_visible = true;
    try {
        co_await parts_.cache.get(record->chat, user, Action::read);
    } catch (const Failure& failure) {
        is_visible = failure.kind != Kind::not_found && failure.kind != Kind::forbidden;
        if (is_visible) {
            throw;
        }
    }
    if (!is_visible || !right->holds()) {
        throw generation_not_found();
    }
    co_return Readable{std::move(*record), std::move(right)};
}

Task<std::optional<GenerationRecord>> AnswerReader::find_shown(GenerationId id) {
    for (int tries = 0; tries < erasures_awaited_max; ++tries) {
        const Version asked = parts_.archive.erasures();
        std::optional<GenerationRecord> record;
        if (const LivePtr live = parts_.open.lives.find(id)) {
            record = live->record;
        } else {
            record = co_await parts_.store.find(id);
            if (record && parts_.elsewhere.has(*record)) {
                record = co_await parts_.elsewhere.with_text(std::move(*record));
            }
        }
        if (record) {
            co_await hide_deleted(*record);
        }
        if (asked == parts_.archive.erasures()) {
            co_return record;
        }
    }
    throw Failure{Kind::unavailable, "upstream.unavailable",
                  "The conversation is changing; try again."};
}

Task<void> AnswerReader::hide_deleted(GenerationRecord& record) {
    if (!is_terminal(record.state) || !record.answer || record.text.empty()) {
        co_return;
    }
    const auto message = co_await parts_.messages.find_by_id(*record.answer);
    if (message && message->deleted_at) {
        record.text.clear();
        // Where nothing is kept nothing changes, or each question would overtake itself.
        const LivePtr live = parts_.open.lives.find(record.id);
        const bool is_kept = parts_.archive.find(record.id) != nullptr;
        if (is_kept || (live && !live->record.text.empty())) {
            parts_.archive.withdraw(record.id);
        }
    }
}

Task<contracts::Generation> AnswerReader::view(GenerationRecord record) const {
    contracts::Generation out;
    out.generationId = record.id.to_string();
    out.chat_id = record.chat;
    out.user_id = record.user;
    out.state = record.state;
    out.model = record.model;
    out.provider = text_or_null(record.provider);
    out.system_prompt = record.system_prompt;
    out.temperature = record.temperature;
    out.max_tokens = record.max_tokens;
    out.inputTokens = record.tokens.input;
    out.outputTokens = record.tokens.output;
    out.created_at = record.created_at;
    out.started_at = record.started_at;
    out.finished_at = record.finished_at;
    out.error = record.error;
    out.request_id = record.request_id;
    out.text = record.text;
    out.prompt_message_id = record.prompt;
    out.message_id = record.answer;
    out.context = record.context;
    if (const LivePtr live = parts_.open.lives.find(record.id)) {
        out.last_event_id = live->told;
    } else {
        out.last_event_id = static_cast<std::int64_t>(count_events(record));
    }
    // Last: all else is of one moment.
    out.queue_position = co_await parts_.turns.position(record.user, record.id, record.state);
    co_return out;
}

Task<contracts::Generation> AnswerReader::get_generation(contracts::Caller caller,
                                                         contracts::GenerationRef request) {
    const Readable readable = co_await get_readable(caller.user_id(), request.generationId);
    const GenerationRecord& record = readable.record;
    // Meanwhile it may have gone on.
    const LivePtr live = parts_.open.lives.find(record.id);
    GenerationRecord now = live && !is_terminal(record.state) ? live->record : record;
    co_return co_await view(std::move(now));
}

Task<contracts::Page<contracts::Generation>> AnswerReader::list_generations(
    contracts::Caller caller, contracts::ListGenerationsRequest request) {
    co_await parts_.cache.get(request.id, caller.user_id(), Action::read);
    std::optional<GenerationId> before;
    if (request.cursor) {
        before = decode_cursor_of_generations(*request.cursor);
    }
    const auto limit = static_cast<std::size_t>(request.limit);
    const GenerationPage stored = co_await parts_.store.list(request.id, before, limit);
    contracts::Page<contracts::Generation> page;
    for (const GenerationRecord& listed : stored.items) {
        // Read again one by one: what was deleted meanwhile is not shown.
        auto record = co_await find_shown(listed.id);
        if (record) {
            contracts::Generation seen = co_await view(*std::move(record));
            page.items.push_back(std::move(seen));
        }
    }
    if (stored.has_more) {
        page.next_cursor = stored.items.back().id.to_string();
    }
    co_return page;
}

Task<StreamLogPtr> AnswerReader::get_log(GenerationRecord record) {
    if (const LivePtr live = parts_.open.lives.find(record.id)) {
        co_return live->log;
    }
    if (StreamLogPtr kept = parts_.archive.find(record.id)) {
        co_return kept;
    }
    const Version asked = parts_.archive.erasures();
    if (!is_terminal(record.state)) {
        // It ended after the record was read.
        auto stored = co_await find_shown(record.id);
        record = stored ? std::move(*stored) : std::move(record);
        if (parts_.elsewhere.has(record)) {
            co_return parts_.elsewhere.follow(record.id);
        }
    }
    StreamLogPtr log = rebuild_log(record);
    if (asked == parts_.archive.erasures()) {
        parts_.archive.keep(record.id, log);
    }
    co_return log;
}

Task<contracts::FeedPtr<contracts::EventText>> AnswerReader::stream_generation(
    contracts::Caller caller, contracts::StreamGenerationRequest request) {
    const std::int64_t after = request.last_event_id.value_or(0);
    if (after < 0) {
        throw invalid_field("last_event_id", "out_of_range", "must not be negative");
    }
    auto waiter = std::make_shared<StreamWaiter>();
    auto on_end = [waiter] { wake(waiter); };
    Readable readable =
        co_await get_readable(caller.user_id(), request.generationId, std::move(on_end));
    const auto shown = static_cast<std::int64_t>(count_events(readable.record));
    StreamLogPtr log = co_await get_log(std::move(readable.record));
    // One that another instance writes may not have been read so far yet.
    if (const std::int64_t last = std::max(shown, log->last_event()); after > last) {
        throw no_such_event(last);
    }
    if (log->ends_with(after)) {
        co_return nullptr;  // 204: an EventSource comes back for ever otherwise
    }
    co_return make_stream_feed(std::move(log), after,
                               {std::move(waiter), std::move(readable.right)});
}

}  // namespace loquat::chat
