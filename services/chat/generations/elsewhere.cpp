#include "services/chat/generations/elsewhere.hpp"

#include "base/log.hpp"

namespace loquat::chat {
namespace {

// How often it is looked whether something has come.
constexpr std::chrono::milliseconds look_pause{200};

std::vector<std::string> texts_of(const std::vector<GenerationEvent>& events) {
    std::vector<std::string> texts;
    for (const GenerationEvent& event : events) {
        const auto id = static_cast<std::int64_t>(texts.size()) + 1;
        texts.push_back(to_stream_text(id, event));
    }
    return texts;
}

void append(StreamLog& log, GenerationEvent event) {
    log.append(to_stream_text(log.last_event() + 1, event));
}

}  // namespace

std::vector<GenerationEvent> add_parts(GenerationRecord& record, const JournalParts& parts) {
    auto last = static_cast<std::int64_t>(count_events(record));
    std::vector<GenerationEvent> fresh;
    for (const JournalPart& part : parts) {
        std::int64_t id = part.first_event;
        for (const GenerationEvent& event : part.events) {
            if (id == last + 1) {
                add_told(record, event);
                fresh.push_back(event);
                last = id;
            }
            ++id;
        }
    }
    return fresh;
}

Task<GenerationRecord> Elsewhere::with_text(GenerationRecord record) {
    const JournalParts parts = co_await parts_.nodes->read_parts(record.id, 1);
    add_parts(record, parts);
    co_return record;
}

StreamLogPtr Elsewhere::follow(const GenerationId& id) {
    if (StreamLogPtr known = followed_[id].lock()) {
        return known;
    }
    auto log = std::make_shared<StreamLog>();
    followed_[id] = log;
    parts_.scope.start(copy(id, log));
    return log;
}

// As long as somebody reads.
Task<void> Elsewhere::copy(GenerationId id, StreamLogPtr log) {
    Copy copy;
    copy.told.id = id;
    copy.told.state = GenerationState::streaming;
    std::exception_ptr error;
    for (bool goes_on = true; goes_on && log.use_count() > 1;) {
        error = nullptr;
        try {
            goes_on = co_await copy_next(copy, log);
        } catch (const Failure&) {
            error = std::current_exception();
        }
        if (error) {
            log_warn({.service = "chat"}, "an answer of another instance cannot be read",
                     {{"error", aio::describe(error)}});
        }
        if (goes_on) {
            co_await parts_.loop.sleep_for(look_pause);
        }
    }
    log->close();
    followed_.erase(id);
}

// Who hears the end finds the message, as where it is written.
Task<bool> Elsewhere::may_tell_end(Copy& copy, std::optional<MessageId> answer) {
    const Steady now = std::chrono::steady_clock::now();
    if (!copy.end_at_latest) {
        copy.end_at_latest = now + parts_.config.store_wait_ms;
    }
    if (!answer || now >= *copy.end_at_latest) {
        co_return true;
    }
    const auto message = co_await parts_.messages.find_by_id(*answer);
    co_return message.has_value();
}

Task<bool> Elsewhere::copy_next(Copy& copy, const StreamLogPtr& log) {
    GenerationRecord& told = copy.told;
    // Before the parts, which go when it ends.
    const auto record = co_await parts_.store.find(told.id);
    if (!record) {
        co_return false;
    }
    if (is_terminal(record->state)) {
        const bool is_end = co_await may_tell_end(copy, record->answer);
        if (!is_end) {
            co_return true;
        }
        const auto events = rebuild_events(*record);
        for (std::size_t i = static_cast<std::size_t>(log->last_event()); i < events.size(); ++i) {
            append(*log, events[i]);
        }
        co_return false;
    }
    const JournalParts parts = co_await parts_.nodes->read_parts(told.id, log->last_event() + 1);
    std::vector<GenerationEvent> fresh = add_parts(told, parts);
    for (GenerationEvent& event : fresh) {
        const bool takes_back = event.kind == EventKind::reset;
        append(*log, std::move(event));
        if (takes_back) {
            // Who comes back finds the numbers, and nothing of what was taken back.
            auto events = told_events(told);
            events.resize(static_cast<std::size_t>(log->last_event()));
            log->rewrite(texts_of(events));
        }
    }
    co_return true;
}

Task<std::optional<GenerationRecord>> Elsewhere::wait_for_end(GenerationId id, Steady deadline) {
    for (;;) {
        auto record = co_await parts_.store.find(id);
        const bool is_over = !record || is_terminal(record->state);
        if (is_over || std::chrono::steady_clock::now() + look_pause > deadline) {
            co_return record;
        }
        co_await parts_.loop.sleep_for(look_pause);
    }
}

Task<std::optional<GenerationRecord>> Elsewhere::cancel(GenerationId id, Steady deadline) {
    co_await parts_.nodes->ask_to_cancel(id);
    co_return co_await wait_for_end(id, deadline);
}

}  // namespace loquat::chat
