#include "services/chat/adapters/memory_generations.hpp"
#include "services/chat/generations/outbox_relay.hpp"
#include "services/chat/tests/assistant_world.hpp"
#include "testing/log_double.hpp"

// An answer is marked settled only behind its message and its usage.
namespace loquat::chat {
namespace {

enum class Cut { before, after };

// Everything that is awaited, in order; one of them fails, before or after it was done.
struct Steps {
    std::vector<std::string> done;
    int asked = 0;
    int cut_at = 0;  // the first one is 1; 0: none
    Cut cut = Cut::before;

    Task<void> take(std::string name, std::function<Task<void>()> act) {
        const bool is_cut = ++asked == cut_at;
        co_await aio::yield();
        if (!is_cut || cut == Cut::after) {
            co_await act();
            done.push_back(std::move(name));
        }
        if (is_cut) {
            throw Failure{Kind::unavailable, "store.unavailable", "cut"};
        }
    }
};

class SteppedLog final : public test::LogDouble {
  public:
    explicit SteppedLog(Steps& steps) : steps_(steps) {}

    Task<store::LogPlace> append(std::string topic, std::string key, std::string payload) override {
        store::LogPlace at;
        const std::function<Task<void>()> act = [&]() -> Task<void> {
            at = co_await inner().append(topic, key, payload);
        };
        co_await steps_.take(topic, act);
        co_return at;
    }
    // As if each were a group of its own, so that a cut may come between them.
    Task<std::vector<store::LogPlace>> append_all(
        std::string topic, std::vector<store::KeyedPayload> records) override {
        std::vector<store::LogPlace> places;
        for (store::KeyedPayload& record : records) {
            places.push_back(
                co_await append(topic, std::move(record.key), std::move(record.payload)));
        }
        co_return places;
    }

  private:
    Steps& steps_;
};

class SteppedGenerations final : public GenerationStore {
  public:
    explicit SteppedGenerations(Steps& steps) : steps_(steps) {}

    Task<void> settle(std::vector<GenerationId> ids) override {
        const std::function<Task<void>()> act = [&]() -> Task<void> {
            co_await inner_->settle(ids);
        };
        co_await steps_.take("settled", act);
    }
    Task<GenerationState> insert(GenerationRecord record) override {
        return inner_->insert(std::move(record));
    }
    Task<bool> begin(GenerationId id, Time at) override { return inner_->begin(id, at); }
    Task<std::vector<bool>> finish(std::vector<GenerationRecord> records) override {
        return inner_->finish(std::move(records));
    }
    Task<void> erase_text(GenerationId id) override { return inner_->erase_text(id); }
    Task<std::optional<GenerationRecord>> find(GenerationId id) override {
        return inner_->find(id);
    }
    Task<std::optional<GenerationRecord>> find_by_client_id(UserId user, ChatId chat,
                                                            std::string client_id) override {
        return inner_->find_by_client_id(user, chat, std::move(client_id));
    }
    Task<std::optional<GenerationRecord>> find_last_prompted(ChatId chat) override {
        return inner_->find_last_prompted(chat);
    }
    Task<GenerationPage> list(ChatId chat, std::optional<GenerationId> before,
                              std::size_t limit) override {
        return inner_->list(chat, before, limit);
    }
    Task<std::vector<GenerationRecord>> list_unfinished() override {
        return inner_->list_unfinished();
    }
    Task<std::vector<GenerationRecord>> list_unsettled() override {
        return inner_->list_unsettled();
    }

  private:
    Steps& steps_;
    std::unique_ptr<GenerationStore> inner_ = make_memory_generations();
};

GenerationRecord ended() {
    GenerationRecord record;
    record.id = GenerationId::make();
    record.user = UserId::make();
    record.chat = ChatId::make();
    record.state = GenerationState::succeeded;
    record.text = "text";
    record.answer = MessageId::make();
    record.tokens = {3, 4, UsageSource::provider};
    record.created_at = record.finished_at.emplace(from_unix_ms(1'000));
    return record;
}

const std::string message{contracts::records::messages.topic};
const std::string usage{contracts::records::usage.topic};

struct Settling {
    World world;
    Steps steps;
    SteppedLog log{steps};
    SteppedGenerations store{steps};
    PendingUsage pending_usage;
    OutboxRelay outbox{log, store, pending_usage};

    Task<void> keep(GenerationRecord record) {
        GenerationRecord begun = record;
        begun.state = GenerationState::streaming;
        co_await store.insert(begun);
        std::vector<GenerationRecord> one{std::move(record)};
        co_await store.finish(std::move(one));
    }
};

TEST(OutboxRelay, marks_an_answer_only_when_its_message_and_usage_are_durable) {
    Settling at;
    auto body = [&]() -> Task<void> {
        const GenerationRecord record = ended();
        co_await at.keep(record);
        std::vector<GenerationRecord> one{record};

        co_await at.outbox.settle(std::move(one));

        EXPECT_EQ(at.steps.done, (std::vector<std::string>{message, usage, "settled"}));
    };

    at.world.run(body());
}

TEST(OutboxRelay, loses_nothing_wherever_it_is_cut) {
    for (const Cut cut : {Cut::before, Cut::after}) {
        for (int step = 1; step <= 3; ++step) {
            Settling at;
            at.steps.cut_at = step;
            at.steps.cut = cut;
            auto body = [&]() -> Task<void> {
                const GenerationRecord record = ended();
                co_await at.keep(record);
                std::vector<GenerationRecord> one{record};

                const auto code = co_await code_of(at.outbox.settle(std::move(one)));
                const auto left = co_await at.store.list_unsettled();
                const std::vector<std::string> before = at.steps.done;
                co_await at.outbox.settle_left();

                EXPECT_EQ(code, "store.unavailable");
                const bool is_marked = std::ranges::count(before, "settled") > 0;
                EXPECT_EQ(left.empty(), is_marked) << step;
                EXPECT_TRUE(!is_marked || (std::ranges::count(before, message) > 0 &&
                                           std::ranges::count(before, usage) > 0))
                    << step;
                EXPECT_GE(std::ranges::count(at.steps.done, message), 1) << step;
                EXPECT_GE(std::ranges::count(at.steps.done, usage), 1) << step;
                EXPECT_EQ(std::ranges::count(at.steps.done, "settled"), 1) << step;
            };

            at.world.run(body());
        }
    }
}

TEST(OutboxRelay, puts_the_usage_of_many_into_the_log_before_it_marks_one) {
    for (int step = 0; step <= 7; ++step) {
        Settling at;
        at.steps.cut_at = step;
        auto body = [&]() -> Task<void> {
            std::vector<GenerationRecord> three{ended(), ended(), ended()};
            for (const GenerationRecord& record : three) {
                co_await at.keep(record);
            }
            const auto code = co_await code_of(at.outbox.settle(std::move(three)));
            co_await at.outbox.settle_left();

            EXPECT_EQ(code, step == 0 ? "ok" : "store.unavailable");
            EXPECT_GE(std::ranges::count(at.steps.done, message), 3) << step;
            EXPECT_GE(std::ranges::count(at.steps.done, usage), 3) << step;
            EXPECT_EQ(at.steps.done.back(), "settled") << step;
        };

        at.world.run(body());
    }
}

TEST(PendingUsage, counts_what_the_ledger_does_not_have_and_nothing_twice) {
    PendingUsage pending_usage;
    contracts::UsageRecord record;
    record.user = UserId::make();
    record.generation_id = "g";
    record.input_tokens = 3;
    record.output_tokens = 4;
    record.at = from_unix_ms(1'000);
    const auto day = std::chrono::floor<std::chrono::days>(record.at);

    const Uuid log = Uuid::make();
    const auto through = [&log](store::Offset applied) {
        store::Progress progress;
        progress.set(0, log, 1'000);
        progress.set(1, log, applied);
        return progress;
    };

    pending_usage.note(record);
    pending_usage.note(record);
    EXPECT_EQ(pending_usage.tokens_of(record.user, day, through(100)), 7);
    pending_usage.note(record, store::LogPlace{1, 5, log});
    EXPECT_EQ(pending_usage.tokens_of(record.user, day, through(4)), 7);
    EXPECT_EQ(pending_usage.tokens_of(record.user, day, through(5)), 0);
    EXPECT_EQ(pending_usage.tokens_of(record.user, day + std::chrono::days{1}, through(4)), 0);
    EXPECT_EQ(pending_usage.tokens_of(UserId::make(), day, through(4)), 0);
    pending_usage.forget(through(4));
    EXPECT_EQ(pending_usage.tokens_of(record.user, day, through(4)), 7);
    pending_usage.forget(through(5));
    EXPECT_TRUE(pending_usage.empty());
}

TEST(PendingUsage, is_not_taken_for_recorded_by_offsets_of_another_log) {
    PendingUsage pending_usage;
    contracts::UsageRecord record;
    record.user = UserId::make();
    record.generation_id = "g";
    record.output_tokens = 7;
    record.at = from_unix_ms(1'000);
    const auto day = std::chrono::floor<std::chrono::days>(record.at);
    const Uuid before = Uuid::make();
    const Uuid anew = Uuid::make();
    const auto through = [](const Uuid& log, store::Offset applied) {
        store::Progress progress;
        progress.set(0, log, applied);
        return progress;
    };

    // The ledger still stands in the log of before, far behind where the new one begins.
    pending_usage.note(record, store::LogPlace{0, 5, anew});
    pending_usage.forget(through(before, 1'000));
    const std::int64_t waiting = pending_usage.tokens_of(record.user, day, through(before, 1'000));
    const std::int64_t not_yet = pending_usage.tokens_of(record.user, day, through(anew, 4));
    const std::int64_t recorded = pending_usage.tokens_of(record.user, day, through(anew, 5));

    EXPECT_EQ(waiting, 7);
    EXPECT_EQ(not_yet, 7);
    EXPECT_EQ(recorded, 0);
}

TEST(PendingUsage, waits_no_longer_than_days_for_a_log_that_is_gone) {
    PendingUsage pending_usage;
    contracts::UsageRecord record;
    record.user = UserId::make();
    record.generation_id = "lost";
    record.at = from_unix_ms(1'000);
    pending_usage.note(record, store::LogPlace{0, 5, Uuid::make()});

    record.generation_id = "later";
    record.at += std::chrono::days{3};
    const Uuid log = Uuid::make();
    pending_usage.note(record, store::LogPlace{0, 1, log});
    store::Progress through;
    through.set(0, log, 1);
    pending_usage.forget(through);

    EXPECT_TRUE(pending_usage.empty());
}

}  // namespace
}  // namespace loquat::chat
