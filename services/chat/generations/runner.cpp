#include "services/chat/generations/runner.hpp"

#include "base/log.hpp"

namespace loquat::chat {
namespace {

using contracts::ModelEvent;
using contracts::ModelEventType;

// After it was stopped a model may still say what it used.
constexpr std::chrono::milliseconds last_words_max{500};

Ending failed(std::string code, std::string message) {
    return {GenerationState::failed, GenerationError{std::move(code), std::move(message)}};
}

Ending ending_of_done(const Live& live, const std::optional<std::string>& reason) {
    if (reason == "canceled") {
        return {GenerationState::canceled, std::nullopt};
    }
    if (reason == "error") {
        return failed("provider.bad_answer", "The model failed without saying why.");
    }
    if (live.produced_bytes == 0) {
        return failed("provider.bad_answer", "The model gave an empty answer.");
    }
    return {GenerationState::succeeded, std::nullopt};
}

// While it is read, the model can be stopped.
struct Reading {
    Live& live;
    Reading(Live& of, contracts::Feed<ModelEvent>* feed) : live(of) { live.feed = feed; }
    ~Reading() { live.feed = nullptr; }
};

}  // namespace

std::optional<GenerationTokens> tokens_of(const ModelEvent& event) {
    const std::int64_t input = event.inputTokens.value_or(-1);
    const std::int64_t output = event.outputTokens.value_or(-1);
    if (!contracts::is_token_figure(input) || !contracts::is_token_figure(output)) {
        return std::nullopt;
    }
    return GenerationTokens{input, output, event.source.value_or(UsageSource::provider)};
}

Ending failed_with(const Failure& failure) { return failed(failure.code, failure.message); }

Task<Ending> Runner::run(LivePtr live) {
    auto built = co_await parts_.context.build(live);
    live->left_out = built.left_out;
    live->own_dropped = built.own_dropped;
    live->own_left_out = built.context.dropped;
    live->record.context = built.context;
    GenerationRecord& record = live->record;
    const auto reserved = static_cast<std::int32_t>(config_.answer_tokens_reserved);
    contracts::GenerateRequest request{.generationId = record.id.to_string(),
                                       .model = record.model,
                                       .messages = std::move(built.messages),
                                       .temperature = record.temperature,
                                       .max_tokens = record.max_tokens,
                                       .reserved_tokens = reserved};
    contracts::Caller caller;
    caller.user = record.user;
    caller.request_id = record.request_id;
    caller.trace_parent = live->trace_parent;
    if (live->ending) {
        live->record.context.reset();  // the model has not been asked
        co_return *live->ending;
    }
    auto feed = co_await parts_.models.generate(std::move(caller), std::move(request));
    co_return co_await read(live, std::move(feed));
}

Task<Ending> Runner::read(LivePtr live, contracts::FeedPtr<ModelEvent> feed) {
    const Reading reading{*live, feed.get()};
    live->is_asked = true;
    if (live->ending) {
        stop_model(live);
    }
    const Steady began = std::chrono::steady_clock::now();
    Steady deadline = began + config_.generation_seconds_max;
    bool was_late = false;
    std::optional<Ending> error;
    for (;;) {
        std::vector<ModelEvent> events;
        bool is_late = false;
        try {
            events = co_await feed->next(deadline);
        } catch (const Failure& failure) {
            is_late = failure.kind == Kind::timed_out && failure.code == "upstream.timeout";
            if (!is_late) {
                throw;
            }
        }
        if (is_late && was_late) {
            co_return *live->ending;
        }
        if (is_late) {
            was_late = true;
            live->decide(failed("provider.timeout", "The answer took longer than allowed."));
            stop_model(live);
            deadline = std::chrono::steady_clock::now() + 2 * last_words_max;
            continue;
        }
        if (events.empty()) {
            co_return error ? *error : failed("provider.truncated", "The answer broke off.");
        }
        for (ModelEvent& event : events) {
            if (event.type == ModelEventType::error) {
                error = failed(event.code.value_or("provider.bad_answer"),
                               event.message.value_or("The model failed."));
            } else if (const auto ending = take(live, event)) {
                co_return error ? *error : *ending;
            }
        }
    }
}

std::optional<Ending> Runner::take(const LivePtr& live, ModelEvent& event) {
    switch (event.type) {
        case ModelEventType::delta:
            take_delta(live, std::move(event.delta).value_or(""));
            return std::nullopt;
        case ModelEventType::reset:
            take_back(live);
            return std::nullopt;
        case ModelEventType::notice:
            take_notice(live, event);
            return std::nullopt;
        case ModelEventType::usage:
            take_usage(*live, event);
            return std::nullopt;
        case ModelEventType::done:
            return ending_of_done(*live, event.finish_reason);
        case ModelEventType::error:
            return std::nullopt;
    }
    return std::nullopt;
}

// What comes after the end was decided is not part of the answer.
void Runner::take_delta(const LivePtr& live, std::string delta) {
    if (live->ending || delta.empty()) {
        return;
    }
    if (live->produced_bytes == 0) {
        parts_.metrics.first_delta.observe(std::chrono::steady_clock::now() - live->began);
    }
    if (live->produced_bytes + delta.size() > config_.answer_bytes_max) {
        live->decide(failed("provider.too_long", "The answer is longer than allowed and was cut."));
        stop_model(live);  // what it says of its use still counts
        return;
    }
    live->produced_bytes += delta.size();
    live->counter.add(delta);
    parts_.writer.note(live, {.kind = EventKind::delta, .delta = std::move(delta)});
}

// What came before was thought aloud.
void Runner::take_back(const LivePtr& live) {
    if (live->ending || live->produced_bytes == 0) {
        return;
    }
    live->taken_back_tokens += live->counter.count();
    live->counter = {};
    live->produced_bytes = 0;
    parts_.writer.note(live, {.kind = EventKind::reset});
}

// What the model that is asked now is given; told when it is less than what the conversation's own
// one reads.
void Runner::take_notice(const LivePtr& live, const ModelEvent& event) {
    if (live->ending || !live->record.context) {
        return;
    }
    GenerationContext& context = *live->record.context;
    const std::int64_t dropped = event.dropped.value_or(0);
    context.messages = event.messages.value_or(context.messages);
    context.dropped = dropped == live->own_dropped ? live->own_left_out : live->left_out + dropped;
    context.tokens = event.context_tokens.value_or(context.tokens);
    context.tokens_max = event.context_max.value_or(context.tokens_max);
    if (dropped > live->own_dropped) {
        parts_.writer.note(live, {.kind = EventKind::notice, .dropped = context.dropped});
    }
}

void Runner::take_usage(Live& live, ModelEvent& event) {
    live.reported = tokens_of(event);
    if (event.model && !event.model->empty()) {
        live.record.model = std::move(*event.model);
    }
    if (event.provider) {
        live.record.provider = std::move(*event.provider);
    }
}

void Runner::stop_model(const LivePtr& live) { parts_.scope.start(cancel(live)); }

Task<void> Runner::cancel(LivePtr live) {
    std::exception_ptr error;
    const Steady began = std::chrono::steady_clock::now();
    try {
        co_await parts_.models.cancel(live->record.id.to_string());
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error) {
        const std::string what = aio::describe(error);
        log_warn({.service = "chat"}, "a model could not be told to stop", {{"error", what}});
    }
    const auto left = last_words_max - (std::chrono::steady_clock::now() - began);
    if (live->feed != nullptr && left > std::chrono::milliseconds{0}) {
        co_await aio::Loop::current().sleep_for(
            std::chrono::duration_cast<std::chrono::milliseconds>(left));
    }
    if (live->feed != nullptr) {
        live->feed->cancel();
    }
}

}  // namespace loquat::chat
