#include "services/chat/tests/assistant_world.hpp"

#include "base/text.hpp"
#include "services/chat/adapters/memory_generations.hpp"
#include "services/chat/chat.hpp"
#include "services/chat/generations/generations.hpp"

namespace loquat::chat {

using contracts::ModelEvent;
using contracts::ModelEventType;
using namespace std::chrono_literals;

void FakeAnswer::push(ModelEvent event) {
    events_.push_back(std::move(event));
    arrived_.set();
}

void FakeAnswer::say(std::string text) {
    push({.type = ModelEventType::delta, .delta = std::move(text)});
}

void FakeAnswer::take_back() { push({.type = ModelEventType::reset}); }

void FakeAnswer::leave_out(std::int64_t messages, std::int64_t dropped) {
    push({.type = ModelEventType::notice,
          .messages = messages,
          .dropped = dropped,
          .context_tokens = 7,
          .context_max = 100});
}

void FakeAnswer::fail(std::string code) {
    push({.type = ModelEventType::error, .code = std::move(code), .message = "it failed"});
    end(10, 1, "error");
}

void FakeAnswer::end(std::int64_t input, std::int64_t output, std::string reason) {
    end_with({.type = ModelEventType::usage,
              .inputTokens = input,
              .outputTokens = output,
              .source = contracts::UsageSource::provider,
              .provider = "fake"},
             std::move(reason));
}

void FakeAnswer::end_with(contracts::ModelEvent usage, std::string reason) {
    push(std::move(usage));
    push({.type = ModelEventType::done, .finish_reason = std::move(reason)});
    is_closed_ = true;
}

void FakeAnswer::break_off() {
    is_closed_ = true;
    arrived_.set();
}

class FakeFeed final : public contracts::Feed<ModelEvent> {
  public:
    explicit FakeFeed(FakeAnswerPtr answer) : answer_(std::move(answer)) {}
    ~FakeFeed() override { answer_->is_canceled_ = true; }

    Task<std::vector<ModelEvent>> next(Steady deadline) override {
        while (answer_->events_.empty() && !answer_->is_closed_) {
            const bool in_time = co_await answer_->arrived_.wait_until(deadline);
            if (!in_time) {
                throw Failure{Kind::timed_out, "upstream.timeout", "late"};
            }
        }
        co_return std::exchange(answer_->events_, {});
    }
    void cancel() override {
        answer_->is_canceled_ = true;
        answer_->break_off();
    }

  private:
    FakeAnswerPtr answer_;
};

Task<std::vector<contracts::Model>> FakeModels::list_models() { co_return models; }

Task<contracts::FeedPtr<ModelEvent>> FakeModels::generate(contracts::Caller caller,
                                                          contracts::GenerateRequest request) {
    traces.push_back(std::move(caller.trace_parent));
    const bool is_title = request.messages.front().content.starts_with("Write a title");
    ++(is_title ? titles_asked : asked);
    if (refusal) {
        throw Failure{*refusal};
    }
    auto answer = std::make_shared<FakeAnswer>(std::move(request));
    all_.push_back(answer);
    if (is_title) {
        answer->say(title);
        title_failure.empty() ? answer->end(20, 4) : answer->fail(title_failure);
    } else if (echo) {
        for (const std::string_view word : split(*echo, ' ')) {
            answer->say(std::string{word} + " ");
        }
        answer->end();
    } else {
        waiting_.push_back(answer);
    }
    co_return std::make_unique<FakeFeed>(answer);
}

Task<void> FakeModels::cancel(std::string generation_id) {
    for (const FakeAnswerPtr& answer : all_) {
        if (answer->request.generationId == generation_id && !is_deaf) {
            answer->is_canceled_ = true;
            if (!answer->is_closed_) {
                answer->end(10, 2, "canceled");
            }
        }
    }
    co_return;
}

Task<FakeAnswerPtr> FakeModels::next() {
    while (waiting_.empty()) {
        co_await aio::yield();
    }
    co_return find_next();
}

FakeAnswerPtr FakeModels::find_next() {
    if (waiting_.empty()) {
        return nullptr;
    }
    FakeAnswerPtr answer = waiting_.front();
    waiting_.pop_front();
    return answer;
}

FakeJournal::FakeJournal() : inner_(make_memory_journal()) {}

AssistantWorld::AssistantWorld(ChatConfig config)
    : World(config), generations_store(make_memory_generations()), config_(config) {
    models.models = {
        {.id = "small",
         .provider = "fake",
         .label = "Small",
         .context_tokens = 4'000,
         .default_ = true},
        {.id = "large", .provider = "fake", .label = "Large", .context_tokens = 100'000}};
    group_assistant = AssistantSettings{};
    make_generations();
}

AssistantWorld::~AssistantWorld() = default;

void AssistantWorld::make_generations() {
    running_.reset();
    open_answers_ = std::make_unique<OpenAnswers>(models, clock, config_.generations_waiting_max);
    answers.live = open_answers_.get();
    answers.models = open_answers_.get();
    running_ = std::make_unique<Generations>(
        Generations::Ports{service->parts(), *open_answers_, *generations_store, journal, models,
                           ledger, log, *messages, broadcast, clock, loop, generation_metrics,
                           audit, rights},
        config_);
    generations = running_.get();
}

void AssistantWorld::run_assistants(Task<void> body) { run(live_with_assistants(std::move(body))); }

Task<void> AssistantWorld::live_with_assistants(Task<void> body) {
    start_consumer();
    co_await running_->start();
    std::exception_ptr error;
    try {
        co_await std::move(body);
    } catch (...) {
        error = std::current_exception();
    }
    co_await running_->stop(std::chrono::steady_clock::now() + 10s);
    if (error) {
        std::rethrow_exception(error);
    }
}

Task<void> AssistantWorld::crash() {
    co_await running_->stop(Steady::min());
    make_generations();
    co_await running_->start();
}

Task<contracts::Chat> AssistantWorld::make_assistant_chat(UserId user) {
    contracts::CreateChatRequest request;
    request.kind = ChatKind::assistant;
    auto made = co_await chat.create_chat(as(user), request);
    co_return std::move(made.body);
}

Task<contracts::StartedGeneration> AssistantWorld::ask(UserId user, ChatId in, std::string prompt) {
    contracts::StartGenerationRequest request;
    request.id = in;
    request.client_id = Uuid::make().to_string();
    request.prompt = std::move(prompt);
    auto started = co_await generations->start_generation(as(user), std::move(request));
    co_return std::move(started.body);
}

Task<contracts::Generation> AssistantWorld::get(UserId user, std::string id) {
    contracts::GenerationRef request{std::move(id)};
    co_return co_await generations->get_generation(as(user), std::move(request));
}

Task<std::string> AssistantWorld::read_stream(UserId user, std::string id, std::int64_t after) {
    contracts::StreamGenerationRequest request{std::move(id), after};
    auto feed = co_await generations->stream_generation(as(user), std::move(request));
    std::string text;
    if (!feed) {
        co_return text;  // 204
    }
    for (;;) {
        auto pieces = co_await feed->next(std::chrono::steady_clock::now() + 20s);
        if (pieces.empty()) {
            co_return text;
        }
        for (const auto& piece : pieces) {
            text += piece.text;
        }
    }
}

Task<contracts::Generation> AssistantWorld::wait_for_end(UserId user, std::string id) {
    co_await read_stream(user, id);
    co_return co_await get(user, id);
}

Task<std::vector<contracts::Message>> AssistantWorld::history(UserId user, ChatId in) {
    contracts::ListMessagesRequest request;
    request.id = in;
    auto page = co_await chat.list_messages(as(user), request);
    co_return std::move(page.items);
}

Task<std::vector<contracts::UsageRecord>> AssistantWorld::usage() {
    std::vector<contracts::UsageRecord> found;
    for (const auto& record :
         co_await log.read({std::string{contracts::records::usage.topic}}, 0, {})) {
        found.push_back(*contracts::decode<contracts::UsageRecord>(record->payload));
    }
    co_return found;
}

std::vector<StreamEvent> parse_stream(std::string_view text) {
    std::vector<StreamEvent> events;
    StreamEvent event;
    for (const std::string_view line : split(text, '\n')) {
        if (line.starts_with("id: ")) {
            event.id = static_cast<std::int64_t>(*parse_number(line.substr(4)));
        } else if (line.starts_with("event: ")) {
            event.type = line.substr(7);
        } else if (line.starts_with("data: ")) {
            event.data = wire::parse(line.substr(6));
        } else if (line.empty() && event.id > 0) {
            events.push_back(std::exchange(event, {}));
        }
    }
    return events;
}

std::string text_of_stream(std::string_view text) {
    std::string joined;
    for (const StreamEvent& event : parse_stream(text)) {
        if (event.type == "delta") {
            joined += *event.data.find("delta")->if_string();
        }
    }
    return joined;
}

std::vector<std::string> types_of_stream(std::string_view text) {
    std::vector<std::string> types;
    for (const StreamEvent& event : parse_stream(text)) {
        types.push_back(event.type);
    }
    return types;
}

Task<void> expect_one_truth(AssistantWorld& world, UserId user, std::string id) {
    const auto ended = co_await world.get(user, id);
    EXPECT_TRUE(is_terminal(ended.state));
    const std::string whole = co_await world.read_stream(user, id);
    const auto events = parse_stream(whole);
    EXPECT_EQ(events.size(), static_cast<std::size_t>(ended.last_event_id));
    for (std::size_t i = 0; i < events.size(); ++i) {
        EXPECT_EQ(events[i].id, static_cast<std::int64_t>(i) + 1);
    }
    EXPECT_EQ(events.back().type, "done");
    EXPECT_EQ(*events[events.size() - 2].data.find("state")->if_string(),
              wire::enum_name(ended.state));
    EXPECT_EQ(text_of_stream(whole), ended.text);
    for (std::size_t after = 0; after <= events.size(); ++after) {
        const std::string rest =
            co_await world.read_stream(user, id, static_cast<std::int64_t>(after));
        EXPECT_TRUE(whole.ends_with(rest));
        EXPECT_EQ(parse_stream(rest).size(), events.size() - after);
    }
    std::size_t answers = 0;
    for (const auto& message : co_await world.history(user, ended.chat_id)) {
        if (message.generationId == id) {
            ++answers;
            EXPECT_EQ(message.text, ended.text);
        }
    }
    EXPECT_EQ(answers, ended.text.empty() ? 0U : 1U);
}

}  // namespace loquat::chat
