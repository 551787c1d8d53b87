#include "services/chat/generations/context_builder.hpp"

#include <algorithm>

#include "aio/loop.hpp"
#include "services/chat/generations/failures.hpp"

namespace loquat::chat {
namespace {

// Of a model that does not say how much it reads.
constexpr std::int64_t context_tokens_unknown = 8'192;
constexpr int prompt_tries_max = 100;
constexpr std::chrono::milliseconds prompt_pause{50};

}  // namespace

ContextWindow::Room ContextBuilder::room_of(const Live& live) const {
    const std::int64_t own =
        live.model.context_tokens > 0 ? live.model.context_tokens : context_tokens_unknown;
    const std::int64_t widest = std::max(own, live.model.route_context_tokens.value_or(0));
    const std::int64_t wanted =
        live.record.max_tokens ? *live.record.max_tokens : config_.answer_tokens_reserved;
    return {own - std::min(wanted, own / 2), widest - std::min(wanted, widest / 2)};
}

Task<contracts::StoredMessage> ContextBuilder::find_prompt(MessageId id) {
    for (int tries = 1;; ++tries) {
        auto found = co_await messages_.find_by_id(id);
        if (found && found->deleted_at) {
            throw nothing_to_answer();
        }
        if (found) {
            co_return std::move(*found);
        }
        if (tries == prompt_tries_max) {
            throw Failure{Kind::timed_out, "upstream.timeout",
                          "The message to answer was not stored in time."};
        }
        co_await aio::Loop::current().sleep_for(prompt_pause);
    }
}

Task<void> ContextBuilder::add_later_answers(ContextWindow& window,
                                             contracts::StoredMessage prompt) {
    store::PageQuery query;
    query.chat = prompt.chat;
    query.after_seq = prompt.seq;
    query.limit = store::MessageHistory::page_max;
    store::Page page = co_await messages_.page(std::move(query));
    for (auto at = page.items.rbegin(); at != page.items.rend(); ++at) {
        if (at->sender.kind == contracts::ParticipantKind::assistant) {
            window.add_older(*at);
        }
    }
}

Task<void> ContextBuilder::add_history(ContextWindow& window, ChatId chat,
                                       std::int64_t before_seq) {
    std::int64_t left = config_.history_messages_max;
    while (left > 0 && before_seq > 1) {
        store::PageQuery query;
        query.chat = chat;
        query.before_seq = before_seq;
        query.limit =
            static_cast<std::size_t>(std::min<std::int64_t>(left, store::MessageHistory::page_max));
        store::Page page = co_await messages_.page(std::move(query));
        page.items = co_await people_.with_present_names(std::move(page.items));
        for (auto at = page.items.rbegin(); at != page.items.rend(); ++at) {
            if (!window.add_older(*at)) {
                co_return;
            }
        }
        if (page.items.empty()) {
            co_return;
        }
        before_seq = page.items.front().seq;
        left -= static_cast<std::int64_t>(page.items.size());
    }
}

Task<ContextBuilder::Built> ContextBuilder::build(LivePtr live) {
    const GenerationRecord& record = live->record;
    if (!record.prompt) {
        throw nothing_to_answer();
    }
    contracts::StoredMessage prompt = co_await find_prompt(*record.prompt);
    live->record.prompt_seq = prompt.seq;
    prompt.sender = co_await people_.with_present_name(std::move(prompt.sender));
    ContextWindow window{live->kind, record.system_prompt.value_or(""), room_of(*live)};
    window.add_older(prompt);
    if (window.is_overfull()) {
        throw Failure{Kind::invalid, "generation.prompt_too_long",
                      "The message is longer than what this model can read."};
    }
    if (live->has_waited && !record.is_again) {
        co_await add_later_answers(window, prompt);
    }
    co_await add_history(window, prompt.chat, prompt.seq);
    Built built;
    built.context = window.describe();
    built.own_dropped = window.own_dropped();
    built.left_out = window.left_out();
    built.messages = window.take();
    co_return built;
}

}  // namespace loquat::chat
