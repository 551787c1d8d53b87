#include "services/consumer/partitions.hpp"
#include "services/consumer/tests/consumer_world.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"

namespace loquat::consumer {
namespace {

using test::await;

TEST_F(ConsumerTest, stores_and_tells_everything_once_over_a_log_with_holes) {
    log = store::make_memory_log({.holes = 2});
    consumer = make_consumer();
    for (const char* text : {"one", "two"}) {
        append(make.message(chat, text));
    }
    const std::size_t first = drain();
    append(make.message(chat, "three"));
    messages.fail_after = 1;
    const std::string failed = failing_drain();
    drain();

    EXPECT_EQ(first, 2U);
    EXPECT_EQ(failed, "store.unavailable");
    EXPECT_EQ(texts(), (Texts{"one", "two", "three"}));
    EXPECT_EQ(room.size(), 3U);
    EXPECT_EQ(metrics.lag.value(), 0);
    EXPECT_EQ(drain(), 0U);
}

TEST_F(ConsumerTest, tells_again_what_lies_between_holes_after_a_restart) {
    log = store::make_memory_log({.holes = 2});
    consumer = make_consumer();
    append(make.message(chat, "one"));
    drain();
    append(make.message(chat, "two"));
    append(make.message(chat, "three"));
    drain();
    room.clear();

    consumer = make_consumer();
    drain();
    await(loop, consumer->trim());
    consumer = make_consumer();
    drain();

    EXPECT_EQ(metrics.retold.value(), 4U);
    EXPECT_EQ(texts(), (Texts{"one", "two", "three"}));
}

// There are fewer records than offsets: as many of them as the span is long reach beyond it.
TEST_F(ConsumerTest, tells_nobody_of_records_that_are_not_stored_when_it_tells_again) {
    log = store::make_memory_log({.holes = 2});
    consumer = make_consumer();
    append(make.message(chat, "one"));
    append(make.message(chat, "two"));
    drain();
    contracts::MessageRecord waiting = make.message(chat, "three");
    waiting.origin = "node";
    append(waiting);

    consumer = make_consumer();
    drain();

    EXPECT_EQ(metrics.retold.value(), 2U) << "only what was stored";
    ASSERT_EQ(outcomes.size(), 1U);
    EXPECT_EQ(outcomes[0].outcome.kind, OutcomeKind::stored);
    EXPECT_EQ(texts(), (Texts{"one", "two", "three"}));
}

TEST_F(ConsumerTest, reads_each_partition_by_a_position_of_its_own) {
    log = store::make_memory_log({.partitions = 4, .holes = 1});
    std::vector<std::unique_ptr<Consumer>> consumers;
    for (std::uint32_t partition = 0; partition < 4; ++partition) {
        consumers.push_back(make_consumer(partition));
    }
    std::vector<ChatId> chats;
    for (int i = 0; i < 12; ++i) {
        chats.push_back(ChatId::make());
    }
    for (const char* text : {"one", "two", "three"}) {
        for (const ChatId& one : chats) {
            append(make.message(one, text));
        }
        for (const auto& reader : consumers) {
            await(loop, reader->drain_once());
        }
    }

    for (const ChatId& one : chats) {
        const store::Page page = await(loop, inner->page({.chat = one}));
        ASSERT_EQ(page.items.size(), 3U);
        EXPECT_EQ(page.items[0].text, "one");
        EXPECT_EQ(page.items[2].text, "three");
        EXPECT_EQ(page.items[2].seq, 3);
    }
}

TEST_F(ConsumerTest, leaves_the_partition_to_another_who_went_on_from_its_place) {
    append(make.message(chat, "one"));
    drain();
    const std::unique_ptr<Consumer> sleeper = std::exchange(consumer, make_consumer());
    append(make.message(chat, "two"));
    drain();
    append(make.message(chat, "three"));

    const std::string refused = test::code_of([&] { await(loop, sleeper->drain_once()); });

    EXPECT_EQ(refused, "store.position_moved");
    EXPECT_EQ(texts(), (Texts{"one", "two"}));
    drain();
    EXPECT_EQ(texts(), (Texts{"one", "two", "three"}));
}

// A topic that is made anew while the process runs.
class ReplacedLog final : public test::LogDouble {
  public:
    Task<store::LogPlace> append(std::string topic, std::string key, std::string payload) override {
        return current().append(std::move(topic), std::move(key), std::move(payload));
    }
    Task<std::vector<store::LogPlace>> append_all(
        std::string topic, std::vector<store::KeyedPayload> records) override {
        return current().append_all(std::move(topic), std::move(records));
    }
    Task<std::vector<store::LogRecordPtr>> read(store::Partition from, store::Offset after,
                                                store::ReadLimit limit) override {
        return current().read(std::move(from), after, limit);
    }
    Task<bool> wait(store::Partition in, store::Offset after, Steady deadline) override {
        return current().wait(std::move(in), after, deadline);
    }
    Task<store::LogEnds> ends(store::Partition of) override {
        return current().ends(std::move(of));
    }
    Task<Uuid> identity(std::string topic) override { return current().identity(std::move(topic)); }
    Task<void> trim(store::Partition in, store::Offset before) override {
        return current().trim(std::move(in), before);
    }

    std::unique_ptr<store::EventLog> anew;

  private:
    store::EventLog& current() { return anew ? *anew : inner(); }
};

TEST_F(ConsumerTest, takes_up_a_log_that_was_made_anew_while_it_ran) {
    auto replaced = std::make_unique<ReplacedLog>();
    ReplacedLog& both = *replaced;
    log = std::move(replaced);
    consumer = make_consumer();
    append(make.message(chat, "one"));
    append(make.message(chat, "two"));
    drain();

    both.anew = store::make_memory_log();
    append(make.message(chat, "three"));
    await(loop, consumer->trim());
    await(loop, consumer->check_identity());
    drain();

    EXPECT_EQ(texts(), (Texts{"one", "two", "three"}));
    EXPECT_EQ(await(loop, inner->position("consumer", {"chat.messages"})).generation, 2);
}

std::string refusal_of(aio::Loop& loop, store::EventLog& log, store::PositionStore& store) {
    try {
        await(loop, list_partitions(log, store, "chat.messages"));
    } catch (const Failure& failure) {
        return failure.code + ": " + failure.message;
    }
    return {};
}

TEST_F(ConsumerTest, refuses_a_topic_whose_number_of_partitions_is_another_one) {
    const auto four = store::make_memory_log({.partitions = 4});
    const auto six = store::make_memory_log({.partitions = 6});

    const auto first = await(loop, list_partitions(*four, messages, "chat.messages"));
    const std::string again = refusal_of(loop, *four, messages);
    const std::string other = refusal_of(loop, *six, messages);

    ASSERT_EQ(first.size(), 4U);
    EXPECT_EQ(first[3], (store::Partition{"chat.messages", 3}));
    EXPECT_EQ(again, "");
    EXPECT_TRUE(
        other.starts_with("consumer.partitions_changed: The topic chat.messages has 6 "
                          "partitions, and had 4 partitions"))
        << other;
    EXPECT_NE(other.find("Give it 4 partitions again"), std::string::npos) << other;
}

}  // namespace
}  // namespace loquat::consumer
