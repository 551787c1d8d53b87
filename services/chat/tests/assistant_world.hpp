#pragma once
#include <deque>

#include "contracts/generation/generation.hpp"
#include "contracts/usage/usage_record.hpp"
#include "services/chat/generations/metrics.hpp"
#include "services/chat/generations/ports.hpp"
#include "services/chat/tests/world.hpp"

namespace loquat::chat {

class Generations;
struct OpenAnswers;

// One answer of the fake model: what the test says comes, when it says so.
class FakeAnswer {
  public:
    explicit FakeAnswer(contracts::GenerateRequest asked) : request(std::move(asked)) {}

    void say(std::string text);
    // What was said so far was thought aloud.
    void take_back();
    // The model was given less.
    void leave_out(std::int64_t messages, std::int64_t dropped);
    void fail(std::string code);
    // Usage, then done.
    void end(std::int64_t input = 10, std::int64_t output = 5, std::string reason = "stop");
    // The same with any figures, of another model too.
    void end_with(contracts::ModelEvent usage, std::string reason = "stop");
    // The connection ends without a word.
    void break_off();

    bool is_canceled() const { return is_canceled_; }

    const contracts::GenerateRequest request;

  private:
    friend class FakeModels;
    friend class FakeFeed;
    void push(contracts::ModelEvent event);

    std::vector<contracts::ModelEvent> events_;
    aio::Signal arrived_;
    bool is_closed_ = false;
    bool is_canceled_ = false;
};
using FakeAnswerPtr = std::shared_ptr<FakeAnswer>;

class FakeModels final : public ModelPort {
  public:
    Task<std::vector<contracts::Model>> list_models() override;
    Task<contracts::FeedPtr<contracts::ModelEvent>> generate(
        contracts::Caller caller, contracts::GenerateRequest request) override;
    Task<void> cancel(std::string generation_id) override;

    // The next one that is asked for and was not taken yet; waits for it.
    Task<FakeAnswerPtr> next();
    // The same at once; null when there is none.
    FakeAnswerPtr find_next();
    // As after the end of the process that asked.
    void forget_all() { waiting_.clear(); }

    std::vector<contracts::Model> models;
    // Answers by itself, each word a delta.
    std::optional<std::string> echo;
    std::string title;          // what it answers when it is asked for one
    int titles_asked = 0;       // not counted in `asked`
    std::string title_failure;  // its code; empty: none
    bool is_deaf = false;       // does not end when it is cancelled
    std::optional<Failure> refusal;
    int asked = 0;
    std::vector<std::string> traces;  // `trace_parent` of each call

  private:
    std::deque<FakeAnswerPtr> waiting_;
    std::vector<FakeAnswerPtr> all_;
};

// What the consumer stored of the log, up to `applied`.
class FakeLedger final : public UsageLedger {
  public:
    explicit FakeLedger(store::EventLog& log) : log_(log) {}

    Task<store::UsedTokens> used_of(UserId, std::chrono::sys_days) override {
        store::Progress known = co_await through();
        co_return store::UsedTokens{tokens, std::move(known)};
    }
    Task<store::Progress> through() override {
        store::Progress known;
        known.set(0, co_await log_.identity(std::string{contracts::records::usage.topic}), applied);
        co_return known;
    }
    std::int64_t tokens = 0;
    store::Offset applied = 0;

  private:
    store::EventLog& log_;
};

// A journal that may be told to fail.
class FakeJournal final : public GenerationJournal {
  public:
    Task<std::uint64_t> append(JournalPartsPtr parts) override {
        ++appends;
        if (is_broken) {
            throw Failure{Kind::unavailable, "store.full", "full"};
        }
        co_return co_await inner_->append(std::move(parts));
    }
    Task<void> trim(std::uint64_t before) override { return inner_->trim(before); }
    Task<std::vector<JournalRow>> read(std::uint64_t after) override { return inner_->read(after); }

    FakeJournal();

    int appends = 0;
    bool is_broken = false;

  private:
    std::unique_ptr<GenerationJournal> inner_;
};

// World with assistants.
class AssistantWorld : public World {
  public:
    explicit AssistantWorld(ChatConfig config = {});
    ~AssistantWorld();

    // Runs `body` with everything started and a consumer beside it.
    void run_assistants(Task<void> body);
    // The process ends without a word, and starts again on what it left.
    Task<void> crash();

    Task<contracts::Chat> make_assistant_chat(UserId user);
    Task<contracts::StartedGeneration> ask(UserId user, ChatId chat, std::string prompt);
    Task<contracts::Generation> get(UserId user, std::string id);
    // Everything that a reader gets after `after`, to the end.
    Task<std::string> read_stream(UserId user, std::string id, std::int64_t after = 0);
    // Waits until it has ended and `done` was told.
    Task<contracts::Generation> wait_for_end(UserId user, std::string id);
    Task<std::vector<contracts::Message>> history(UserId user, ChatId chat);
    // What was recorded of the use of models.
    Task<std::vector<contracts::UsageRecord>> usage();

    FakeModels models;
    FakeLedger ledger{log};
    FakeJournal journal;
    std::unique_ptr<GenerationStore> generations_store;
    GenerationMetrics generation_metrics{registry};
    contracts::GenerationApi* generations = nullptr;  // of the one that runs

  private:
    void make_generations();
    Task<void> live_with_assistants(Task<void> body);

    ChatConfig config_;
    std::unique_ptr<OpenAnswers> open_answers_;
    std::unique_ptr<Generations> running_;
};

struct StreamEvent {
    std::int64_t id = 0;
    std::string type;
    wire::Value data;
};
std::vector<StreamEvent> parse_stream(std::string_view text);
// Deltas joined.
std::string text_of_stream(std::string_view text);
std::vector<std::string> types_of_stream(std::string_view text);

// What has ended is the same from every side, and from every position of a reader.
Task<void> expect_one_truth(AssistantWorld& world, UserId user, std::string id);

}  // namespace loquat::chat
