#include "services/chat/generations/lifecycle.hpp"

#include "base/log.hpp"
#include "services/chat/domain/assistant.hpp"
#include "services/chat/generations/cost.hpp"
#include "services/chat/generations/failures.hpp"

namespace loquat::chat {
namespace {

using std::chrono::milliseconds;

constexpr int durable_tries_max = 100;
constexpr milliseconds durable_pause_max{5'000};
constexpr milliseconds turn_pause{250};

}  // namespace

Task<void> Lifecycle::run(LivePtr live) {
    live->began = std::chrono::steady_clock::now();
    std::exception_ptr error;
    try {
        Ending ending = co_await produce(live);
        live->decide(std::move(ending));
    } catch (const Failure& failure) {
        live->decide(failed_with(failure));
    } catch (...) {
        error = std::current_exception();
    }
    if (error && aio::is_cancellation(error)) {
        std::rethrow_exception(error);
    }
    if (error) {
        const std::string what = aio::describe(error);
        log_error({.service = "chat"}, "an answer could not be written", {{"error", what}});
        live->decide(failed_with({Kind::internal, "server.internal", "Something went wrong."}));
    }
    co_await finish(live);
}

// What was right when it was asked may not be any more: its turn can come much later.  A session
// that ended since does not matter, the question was asked while it was good.
Task<void> Lifecycle::check_turn(LivePtr live) {
    if (live->record.state == GenerationState::queued) {
        co_await parts_.quota.check(live->record.user);
    }
    const ConversationPtr conversation =
        co_await parts_.cache.get(live->record.chat, live->record.user, Action::send);
    if (!may_be_asked(conversation->chat.kind, conversation->chat.assistant)) {
        throw assistant_off();
    }
}

// When it had its turn; none when it has ended before.  It waits for those that other instances
// write for the person.
Task<std::optional<Time>> Lifecycle::take_turn(LivePtr live) {
    const GenerationId id = live->record.id;
    for (;;) {
        const Time now = parts_.clock.now();
        if (co_await parts_.store.begin(id, now)) {
            co_return now;
        }
        const auto stored = co_await parts_.store.find(id);
        if (!stored || stored->state != GenerationState::queued) {
            co_return std::nullopt;
        }
        co_await parts_.loop.sleep_for(turn_pause);
        if (live->ending) {
            co_return std::nullopt;
        }
    }
}

Task<Ending> Lifecycle::produce(LivePtr live) {
    GenerationRecord& record = live->record;
    if (!live->ending) {
        co_await check_turn(live);
    }
    if (record.state == GenerationState::queued && !live->ending) {
        const std::optional<Time> begun = co_await take_turn(live);
        if (!begun) {
            co_return live->ending.value_or(interrupted());
        }
        record.state = GenerationState::streaming;
        record.started_at = *begun;
    }
    if (live->ending) {
        co_return *live->ending;
    }
    parts_.writer.note(live, {.kind = EventKind::state, .state = GenerationState::streaming});
    co_return co_await parts_.runner.run(live);
}

// The record as it will be once the answer has ended.
GenerationRecord Lifecycle::end_of(const Live& live) const {
    GenerationRecord record = live.record;
    record.state = live.ending->state;
    record.error = live.ending->error;
    record.finished_at = parts_.clock.now();
    if (live.reported) {
        record.tokens = *live.reported;
    } else {
        const bool was_read = live.is_asked && record.context.has_value();
        const bool is_whole = record.text.size() == live.produced_bytes;
        record.tokens = {
            was_read ? record.context->tokens : 0,
            (is_whole ? live.counter.count() : count_tokens(record.text)) + live.taken_back_tokens,
            UsageSource::counted};
    }
    record.cost_micros = cost_of(live.model, record.tokens);
    if (!record.text.empty()) {
        record.answer = MessageId::make();
    }
    return record;
}

Task<void> Lifecycle::finish(LivePtr live) {
    co_await parts_.writer.flush(live);
    co_await price(live);
    const bool is_durable = co_await make_durable(live);
    if (is_durable) {
        parts_.writer.forget(*live);
        live->durable.open();
        parts_.metrics.count(live->record.state);
        if (live->has_slot) {
            parts_.metrics.whole.observe(std::chrono::steady_clock::now() - live->began);
        }
        co_await parts_.settlement.settle(live);
    }
    pass_on(*live);
    parts_.open.lives.remove(*live);
    parts_.metrics.live.set(static_cast<std::int64_t>(parts_.open.lives.size()));
    parts_.metrics.logs_cached.set(static_cast<std::int64_t>(parts_.archive.size()));
    if (is_durable) {
        parts_.publisher.tell_end(*live);
        if (!live->log->is_withdrawn()) {
            parts_.archive.keep(live->record.id, live->log);
        }
        if (live->kind == ChatKind::assistant && !parts_.open.is_stopping) {
            parts_.titles.consider(live->record, live->trace_parent);
        }
    } else {
        live->log->close();
    }
    live->durable.open();
    live->over.open();
}

// After a fallback another model has answered, at its own price.
Task<void> Lifecycle::price(LivePtr live) {
    if (live->record.model == live->model.id) {
        co_return;
    }
    contracts::Model answered{.id = live->record.model};
    try {
        answered = co_await parts_.open.catalog.find(live->record.model);
    } catch (const Failure& failure) {
        log_warn({.service = "chat"}, "an answer has no price", {{"error", failure.code}});
    }
    live->model = std::move(answered);
}

// Until the store takes it.  Readers see a stream that goes on meanwhile.
Task<bool> Lifecycle::make_durable(LivePtr live) {
    GenerationRecord ended = end_of(*live);
    milliseconds pause{50};
    for (int tries = 1; tries <= durable_tries_max; ++tries) {
        std::exception_ptr error;
        try {
            std::vector<GenerationRecord> one{ended};
            const auto finished = co_await parts_.store.finish(std::move(one));
            if (!finished.front()) {
                // A try before whose answer was lost, and nobody else.
                auto stored = co_await parts_.store.find(ended.id);
                ended = stored ? std::move(*stored) : std::move(ended);
            }
            live->record = std::move(ended);
            if (const auto usage = usage_of(live->record)) {
                parts_.pending_usage.note(*usage);
            }
            co_return true;
        } catch (const Failure&) {
            error = std::current_exception();
        }
        const std::string what = aio::describe(error);
        log_error({.service = "chat"}, "the end of an answer could not be stored; trying again",
                  {{"error", what}, {"generation_id", ended.id.to_string()}});
        co_await parts_.loop.sleep_for(pause);
        pause = std::min(pause * 2, durable_pause_max);
    }
    co_return false;
}

// The person's next one has its turn.
void Lifecycle::pass_on(Live& live) {
    if (!std::exchange(live.has_slot, false)) {
        return;
    }
    const UserId user = live.record.user;
    const auto next = parts_.open.queue.pass_on(user, live.record.id);
    if (!next) {
        return;
    }
    if (const LivePtr waiting = parts_.open.lives.find(*next)) {
        waiting->has_slot = true;
        if (parts_.open.is_stopping) {
            waiting->decide(interrupted());  // no model is asked any more
        }
        parts_.scope.start(run(waiting));
    }
    tell_positions(user);
}

void Lifecycle::tell_positions(const UserId& user) {
    std::int64_t position = 0;
    for (const GenerationId& id : parts_.open.queue.waiting(user)) {
        ++position;
        const LivePtr live = parts_.open.lives.find(id);
        if (live && live->queue_position != position) {
            live->queue_position = position;
            parts_.writer.note(live, {.kind = EventKind::state,
                                      .state = GenerationState::queued,
                                      .queue_position = position});
        }
    }
}

bool Lifecycle::end_early(const LivePtr& live, Ending ending) {
    if (!live->decide(std::move(ending))) {
        return false;
    }
    if (parts_.open.queue.leave(live->record.user, live->record.id)) {
        tell_positions(live->record.user);
        parts_.scope.start(finish(live));
    } else if (live->feed != nullptr) {
        parts_.runner.stop_model(live);
    }
    return true;
}

// Nobody can read along any more.
void Lifecycle::on_chat_deleted(const ChatId& chat) {
    for (const LivePtr& live : parts_.open.lives.of_chat(chat)) {
        end_early(live, {GenerationState::canceled, std::nullopt});
    }
}

// Who has left can neither read nor stop what they asked for: it would fill their place unseen.
void Lifecycle::on_member_gone(const ChatId& chat, const UserId& user) {
    for (const LivePtr& live : parts_.open.lives.of_chat(chat)) {
        if (live->record.user == user) {
            end_early(live, {GenerationState::canceled, std::nullopt});
        }
    }
}

// Also what is being written: nothing more of the conversation is to come from outside.
void Lifecycle::on_assistant_off(const ChatId& chat) {
    for (const LivePtr& live : parts_.open.lives.of_chat(chat)) {
        end_early(live, failed_with(assistant_off()));
    }
}

}  // namespace loquat::chat
