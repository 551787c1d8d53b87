#include <map>
#include <random>

#include "services/chat/generations/cost.hpp"
#include "services/chat/tests/assistant_world.hpp"
#include "services/consumer/adapters/memory/memory_usage.hpp"

// Answers at random: the ledger, the answers, the report and the quota tell one sum.
namespace loquat::chat {
namespace {

using contracts::ModelEvent;
using contracts::ModelEventType;

constexpr int steps_of_a_run = 60;

class RandomRun {
  public:
    RandomRun(AssistantWorld& world, std::uint64_t seed) : world_(world), random_(seed) {}

    Task<void> play() {
        people_ = {world_.person("ana"), world_.person("bob")};
        for (const UserId& person : people_) {
            const auto made = co_await world_.make_assistant_chat(person);
            chats_.push_back(made.id);
        }
        for (int step = 0; step < steps_of_a_run; ++step) {
            co_await act();
            co_await world_.settle_down(static_cast<int>(random_() % 4));
        }
        co_await end_all();
    }

    // Each answer's figures once, the same in the ledger; every sum is the sum of these.
    Task<void> compare() {
        const std::unique_ptr<consumer::UsageStore> ledger = consumer::make_memory_usage();
        const store::Partition partition{usage_topic_};
        store::Batch<contracts::UsageRecord> batch;
        batch.from = co_await ledger->position(std::string{store::log_reader}, partition);
        batch.from = co_await ledger->adopt(batch.from, Uuid::make(), 0);
        for (const auto& record : co_await world_.log.read(partition, 0, {})) {
            batch.records.push_back(contracts::decode<contracts::UsageRecord>(record->payload));
            batch.through = record->offset;
        }
        const auto outcome = co_await ledger->apply_batch(batch);
        EXPECT_EQ(outcome.unreadable, 0U);
        for (std::size_t i = 0; i < people_.size(); ++i) {
            co_await compare_person(*ledger, batch.records, i);
        }
    }

  private:
    Task<void> act() {
        const auto choice = random_() % 20;
        const std::size_t who = random_() % people_.size();
        if (choice < 7) {
            co_await ask(who);
        } else if (choice < 14) {
            co_await move_an_answer();
        } else if (choice < 16) {
            co_await cancel_one();
        } else if (choice < 17) {
            world_.log.failures_left = 1;
        } else if (choice < 18) {
            world_.models.title_failure = random_() % 2 == 0 ? "provider.unavailable" : "";
        } else if (choice < 19) {
            co_await restart();
        }
    }

    Task<void> ask(std::size_t who) {
        contracts::StartGenerationRequest request;
        request.id = chats_[who];
        request.client_id = Uuid::make().to_string();
        request.prompt = "word word word";
        try {
            const auto started = co_await world_.generations->start_generation(
                world_.as(people_[who]), std::move(request));
            ids_.emplace_back(who, started.body.generationId);
        } catch (const Failure&) {
            // The line is full, or the log refused the prompt.
        }
    }

    // The next answer that a model is asked for says something, and perhaps its end.
    Task<void> move_an_answer() {
        if (!open_) {
            open_ = world_.models.find_next();
        }
        if (!open_) {
            co_return;
        }
        switch (random_() % 6) {
            case 0:
                open_->end_with(figures(random_() % 1'000, random_() % 1'000, "small"));
                break;
            case 1:
                open_->end_with(figures(random_() % 1'000, random_() % 1'000, "large"));
                break;
            case 2:
                open_->end_with(figures(2'000'000'000, random_() % 1'000, "small"));
                break;
            case 3:
                open_->fail("provider.unavailable");
                break;
            case 4:
                open_->break_off();
                break;
            default:
                open_->say("word word ");
                co_return;
        }
        open_ = nullptr;
    }

    static ModelEvent figures(std::uint64_t input, std::uint64_t output, std::string model) {
        return {.type = ModelEventType::usage,
                .inputTokens = static_cast<std::int64_t>(input),
                .outputTokens = static_cast<std::int64_t>(output),
                .source = contracts::UsageSource::provider,
                .model = std::move(model),
                .provider = "fake"};
    }

    Task<void> cancel_one() {
        if (ids_.empty()) {
            co_return;
        }
        const auto [who, id] = ids_[random_() % ids_.size()];
        contracts::GenerationRef request{id};
        co_await world_.generations->cancel_generation(world_.as(people_[who]), request);
    }

    Task<void> restart() {
        open_ = nullptr;
        world_.models.forget_all();
        co_await world_.crash();
    }

    Task<void> end_all() {
        world_.log.failures_left = 0;
        for (const auto& [who, id] : ids_) {
            contracts::GenerationRef request{id};
            co_await world_.generations->cancel_generation(world_.as(people_[who]), request);
            co_await world_.wait_for_end(people_[who], id);
        }
        co_await world_.settle_down();
        co_await world_.crash();  // what is not settled is settled at the start
        for (int turns = 0; turns < 100; ++turns) {
            const auto left = co_await world_.generations_store->list_unsettled();
            if (left.empty()) {
                break;
            }
            co_await world_.settle_down();
        }
    }

    Task<void> compare_person(consumer::UsageStore& ledger,
                              const std::vector<std::optional<contracts::UsageRecord>>& records,
                              std::size_t who) {
        const UserId user = people_[who];
        std::int64_t tokens = 0;
        std::int64_t cost = 0;
        const auto page = co_await world_.generations_store->list(chats_[who], std::nullopt, 200);
        std::map<std::string, const GenerationRecord*> answers;
        for (const GenerationRecord& record : page.items) {
            EXPECT_TRUE(is_terminal(record.state));
            answers[record.id.to_string()] = &record;
            tokens += record.tokens.input + record.tokens.output;
            cost += record.cost_micros.value_or(0);
        }
        std::map<std::string, contracts::UsageRecord> titles;
        for (const auto& record : records) {
            if (record->user != user) {
                continue;
            }
            if (record->purpose == contracts::UsagePurpose::title) {
                titles.emplace(record->generation_id, *record);
                continue;
            }
            const GenerationRecord& answer = *answers.at(record->generation_id);
            EXPECT_EQ(record->input_tokens, answer.tokens.input);
            EXPECT_EQ(record->output_tokens, answer.tokens.output);
            EXPECT_EQ(record->model, answer.model);
            EXPECT_EQ(record->cost_micros, answer.cost_micros);
        }
        for (const auto& [id, title] : titles) {
            tokens += title.input_tokens + title.output_tokens;
            cost += title.cost_micros.value_or(0);
        }
        const auto day = std::chrono::floor<std::chrono::days>(world_.clock.now());
        const store::UsedTokens used = co_await ledger.used_of(user, day);
        EXPECT_EQ(used.tokens, tokens);
        store::UsageQuery query{user, {day, day + std::chrono::days{1}}};
        store::UsageSum total;
        for (const store::UsageSum& sum : co_await ledger.sums(std::move(query))) {
            total.input_tokens += sum.input_tokens + sum.output_tokens;
            total.titles += sum.titles;
            total.cost_micros = total.cost_micros.value_or(0) + sum.cost_micros.value_or(0);
        }
        EXPECT_EQ(total.input_tokens, tokens);
        EXPECT_EQ(total.titles, std::ssize(titles));
        EXPECT_EQ(total.cost_micros.value_or(0), cost);
    }

    AssistantWorld& world_;
    std::mt19937_64 random_;
    std::vector<UserId> people_;
    std::vector<ChatId> chats_;
    std::vector<std::pair<std::size_t, std::string>> ids_;
    FakeAnswerPtr open_;
    const std::string usage_topic_{contracts::records::usage.topic};
};

TEST(Counting, tells_one_sum_whatever_happens) {
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        AssistantWorld world;
        world.models.title = "A title";
        world.models.models[0].input_price_micros = 150'000;
        world.models.models[0].output_price_micros = 600'001;
        world.models.models[1].output_price_micros = 15'000'007;
        RandomRun run{world, seed};
        auto body = [&]() -> Task<void> {
            co_await run.play();
            co_await run.compare();
        };

        world.run_assistants(body());
        if (testing::Test::HasFailure()) {
            return;
        }
    }
}

}  // namespace
}  // namespace loquat::chat
