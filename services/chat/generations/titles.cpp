#include "services/chat/generations/titles.hpp"

#include "base/log.hpp"
#include "base/tokens.hpp"
#include "contracts/usage/usage_record.hpp"
#include "services/chat/domain/context_window.hpp"
#include "services/chat/generations/cost.hpp"
#include "services/chat/generations/runner.hpp"

namespace loquat::chat {
namespace {

constexpr std::size_t running_max = 32;
constexpr std::size_t title_characters_max = 60;
constexpr std::size_t answer_bytes_max = 4'000;
constexpr std::int32_t title_tokens_max = 32;
constexpr std::chrono::seconds time_max{30};

std::int64_t count_all(const std::vector<contracts::PromptMessage>& messages) {
    std::int64_t tokens = 0;
    for (const contracts::PromptMessage& message : messages) {
        tokens += count_tokens(message.content) + tokens_each_message;
    }
    return tokens;
}

}  // namespace

void Titles::consider(const GenerationRecord& record, const std::string& trace_parent) {
    if (record.state != GenerationState::succeeded || !record.prompt ||
        running_.size() >= running_max || running_.contains(record.chat)) {
        return;
    }
    running_.insert(record.chat);
    Answer answer{record, trace_parent};
    parts_.scope.start(run(std::move(answer)));
}

Task<void> Titles::run(Answer answer) {
    struct Running {
        std::unordered_set<ChatId>& chats;
        ChatId chat;
        ~Running() { chats.erase(chat); }
    };
    const Running running{running_, answer.record.chat};
    std::exception_ptr error;
    try {
        co_await make_title(std::move(answer));
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error) {
        const std::string what = aio::describe(error);
        log_info({.service = "chat"}, "a conversation got no title", {{"error", what}});
    }
}

Task<void> Titles::make_title(Answer answer) {
    const GenerationRecord& record = answer.record;
    const bool is_wanted = co_await parts_.naming.wants_title(record.chat);
    if (!is_wanted) {
        co_return;
    }
    const auto prompt = co_await parts_.messages.find_by_id(*record.prompt);
    Draft draft = co_await ask(answer, prompt ? prompt->text : std::string{});
    contracts::UsageRecord& usage = draft.used;
    const contracts::Model model = co_await parts_.catalog.find(usage.model);
    usage.cost_micros =
        cost_of(model, GenerationTokens{usage.input_tokens, usage.output_tokens, usage.source});
    usage.at = parts_.clock.now();
    const store::LogPlace at =
        co_await parts_.log.append(std::string{contracts::records::usage.topic},
                                   record.user.to_string(), contracts::encode(usage));
    parts_.pending_usage.note(usage, at);
    std::string title = clean_title(draft.text, title_characters_max);
    if (!title.empty()) {
        co_await parts_.naming.name_chat(record.chat, std::move(title));
    }
}

Task<Titles::Draft> Titles::ask(const Answer& answer, std::string question) {
    const GenerationRecord& record = answer.record;
    contracts::GenerateRequest request;
    request.generationId = Uuid::make().to_string();
    request.model = record.model;
    request.messages = title_prompt(question, record.text);
    request.max_tokens = title_tokens_max;
    request.purpose = contracts::GeneratePurpose::title;
    Draft draft;
    draft.used.user = record.user;
    draft.used.chat = record.chat;
    draft.used.generation_id = record.id.to_string();
    draft.used.purpose = contracts::UsagePurpose::title;
    draft.used.model = record.model;
    draft.used.provider = record.provider;
    draft.used.input_tokens = count_all(request.messages);
    const Steady deadline = std::chrono::steady_clock::now() + time_max;
    contracts::Caller caller;
    caller.user = record.user;
    caller.request_id = record.request_id;
    caller.trace_parent = answer.trace_parent;
    auto feed = co_await parts_.models.generate(std::move(caller), std::move(request));
    for (;;) {
        const auto events = co_await feed->next(deadline);
        if (events.empty()) {
            throw Failure{Kind::unavailable, "provider.truncated", "The title broke off."};
        }
        for (const contracts::ModelEvent& event : events) {
            if (take(event, draft)) {
                co_return draft;
            }
        }
    }
}

bool Titles::take(const contracts::ModelEvent& event, Draft& draft) {
    switch (event.type) {
        case contracts::ModelEventType::error:
            throw Failure{Kind::unavailable, event.code.value_or("provider.bad_answer"),
                          event.message.value_or("")};
        case contracts::ModelEventType::usage:
            if (const auto tokens = tokens_of(event)) {
                draft.used.input_tokens = tokens->input;
                draft.used.output_tokens = tokens->output;
                draft.used.source = tokens->source;
            }
            draft.used.model = event.model.value_or(draft.used.model);
            draft.used.provider = event.provider.value_or(draft.used.provider);
            return false;
        case contracts::ModelEventType::delta:
            if (event.delta && draft.text.size() < answer_bytes_max) {
                draft.text += *event.delta;
                draft.used.output_tokens = count_tokens(draft.text);
            }
            return false;
        case contracts::ModelEventType::reset:
            draft.text.clear();
            return false;
        case contracts::ModelEventType::notice:
            return false;
        case contracts::ModelEventType::done:
            return true;
    }
    return false;
}

}  // namespace loquat::chat
