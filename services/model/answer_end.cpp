#include <utility>

#include "services/model/answer.hpp"
#include "services/model/domain/usage_rule.hpp"

namespace loquat::model {
namespace {

using contracts::ModelEvent;
using contracts::ModelEventType;

constexpr std::int64_t tokens_of_a_message = 4;  // who speaks, and the marks around it

}  // namespace

// error if it failed, usage, done; after everything that came.
Task<void> Answer::tell_end() {
    if (fate_ == Fate::abandoned) {
        writer_.close();
        co_return;
    }
    push_notice();
    if (is_reset_due_) {
        ModelEvent reset{.type = ModelEventType::reset};
        co_await push_surely(std::move(reset));
    }
    if (!pending_.empty()) {
        ModelEvent rest{.type = ModelEventType::delta};
        rest.delta = std::exchange(pending_, {});
        co_await push_surely(std::move(rest));
    }
    const bool failed = fate_ == Fate::running && ending_.setback.has_value();
    if (failed) {
        ModelEvent error{.type = ModelEventType::error};
        error.code = ending_.setback->failure.code;
        error.message = ending_.setback->failure.message;
        co_await push_surely(std::move(error));
    }
    ModelEvent usage = usage_event();
    co_await push_surely(std::move(usage));
    ModelEvent done{.type = ModelEventType::done};
    done.finish_reason = fate_ == Fate::canceled ? "canceled"
                         : failed                ? "error"
                                                 : ending_.finish_reason;
    co_await push_surely(std::move(done));
    writer_.close();
}

std::int64_t Answer::count_input() const {
    std::int64_t tokens = 0;
    const auto& given = fitted_.request ? fitted_.request : request_;
    for (const contracts::PromptMessage& message : given->messages) {
        tokens += count_tokens(message.content) + tokens_of_a_message;
    }
    return tokens;
}

// Of the try that the answer, or its failure, came from; tries before it are not the person's.
// What no provider has taken costs nothing.
ModelEvent Answer::usage_event() const {
    ModelEvent event{.type = ModelEventType::usage};
    const bool is_whole = fate_ == Fate::running && !ending_.setback;
    const CountedTokens counted{accepted_ ? count_input() : 0,
                                counter_.count() + thoughts_ + taken_back_};
    const SettledTokens settled = settle_tokens(usage_, counted, is_whole);
    event.source = settled.source;
    event.inputTokens = settled.input;
    event.outputTokens = settled.output;
    event.model = choice_->info.id;
    event.provider = choice_->backend->name;
    return event;
}

void Answer::count_end() {
    ProviderMetrics& metrics = choice_->backend->metrics;
    const ModelEvent usage = usage_event();
    metrics.input_tokens.add(static_cast<std::uint64_t>(*usage.inputTokens));
    metrics.output_tokens.add(static_cast<std::uint64_t>(*usage.outputTokens));
    switch (fate_) {
        case Fate::canceled:
            return metrics.canceled.add();
        case Fate::abandoned:
            return metrics.abandoned.add();
        case Fate::running:
            return ending_.setback ? metrics.failed.add() : metrics.succeeded.add();
    }
}

}  // namespace loquat::model
