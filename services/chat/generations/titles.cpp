#include "services/chat/generations/titles.hpp"

#include "base/log.hpp"
#include "base/tokens.hpp"
#include "services/chat/domain/context_window.hpp"
#include "services/chat/generations/cost.hpp"
#include "store/usage/usage_record.hpp"

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

void Titles::consider(const GenerationRecord& record, const contracts::Model& model) {
    if (record.state != GenerationState::succeeded || !record.prompt ||
        running_.size() >= running_max || running_.contains(record.chat)) {
        return;
    }
    running_.insert(record.chat);
    parts_.scope.start(run(record, model));
}

Task<void> Titles::run(GenerationRecord record, contracts::Model model) {
    struct Running {
        std::unordered_set<ChatId>& chats;
        ChatId chat;
        ~Running() { chats.erase(chat); }
    };
    const Running running{running_, record.chat};
    std::exception_ptr error;
    try {
        co_await make_title(std::move(record), std::move(model));
    } catch (const Failure&) {
        error = std::current_exception();
    }
    if (error) {
        const std::string what = aio::describe(error);
        log_info({.service = "chat"}, "a conversation got no title", {{"error", what}});
    }
}

Task<void> Titles::make_title(GenerationRecord record, contracts::Model model) {
    const bool is_wanted = co_await parts_.chat.has_no_title(record.chat);
    if (!is_wanted) {
        co_return;
    }
    const auto prompt = co_await parts_.messages.find_by_id(*record.prompt);
    GenerationTokens tokens;
    std::exception_ptr error;
    std::string answer;
    try {
        answer = co_await ask(record, prompt ? prompt->text : std::string{}, tokens);
    } catch (const Failure&) {
        error = std::current_exception();
    }
    store::UsageRecord usage;
    usage.user = record.user;
    usage.chat = record.chat;
    usage.generation_id = record.id.to_string();
    usage.purpose = store::UsagePurpose::title;
    usage.model = record.model;
    usage.provider = record.provider;
    usage.input_tokens = tokens.input;
    usage.output_tokens = tokens.output;
    usage.source = tokens.source;
    usage.state = error ? store::UsageState::failed : store::UsageState::succeeded;
    usage.cost_micros = cost_of(model, tokens);
    usage.at = parts_.clock.now();
    co_await parts_.log.append(std::string{store::usage_topic}, record.user.to_string(),
                               store::encode(usage));
    if (error) {
        std::rethrow_exception(error);
    }
    std::string title = clean_title(answer, title_characters_max);
    if (!title.empty()) {
        co_await parts_.chat.name_chat(record.chat, std::move(title));
    }
}

Task<std::string> Titles::ask(const GenerationRecord& record, std::string question,
                              GenerationTokens& tokens) {
    contracts::GenerateRequest request;
    request.generationId = Uuid::make().to_string();
    request.model = record.model;
    request.messages = title_prompt(question, record.text);
    request.max_tokens = title_tokens_max;
    request.purpose = contracts::GeneratePurpose::title;
    tokens.input = count_all(request.messages);
    const Steady deadline = std::chrono::steady_clock::now() + time_max;
    contracts::Caller caller;
    caller.user = record.user;
    caller.request_id = record.request_id;
    auto feed = co_await parts_.models.generate(std::move(caller), std::move(request));
    std::string answer;
    for (;;) {
        const auto events = co_await feed->next(deadline);
        if (events.empty()) {
            break;
        }
        for (const contracts::ModelEvent& event : events) {
            if (event.type == contracts::ModelEventType::error) {
                throw Failure{Kind::unavailable, event.code.value_or("provider.bad_answer"),
                              event.message.value_or("")};
            }
            if (event.type == contracts::ModelEventType::usage) {
                tokens = {event.inputTokens.value_or(0), event.outputTokens.value_or(0),
                          event.source.value_or(UsageSource::provider)};
            } else if (event.delta && answer.size() < answer_bytes_max) {
                answer += *event.delta;
                tokens.output = count_tokens(answer);
            }
        }
    }
    co_return answer;
}

}  // namespace loquat::chat
