#include "services/consumer/dead_records.hpp"

#include "base/bytes.hpp"
#include "services/consumer/tests/consumer_world.hpp"

namespace loquat::consumer {
namespace {

using contracts::DeadEntry;

// A store that refuses every text that begins with "bad".
struct RefusingStoreTest : ConsumerTest {
    RefusingStoreTest() {
        messages.refuses = [this](const MessageBatch& batch) {
            ++asked;
            for (const auto& record : batch.records) {
                if (record && record->text.starts_with("bad")) {
                    return refusal;
                }
            }
            return std::string{};
        };
    }

    // Until there is nothing more; gives how often it failed.
    int drain_all(int failures_max = 200) {
        int failures = 0;
        const auto behind = [this] {
            const store::Position at = await(loop, inner->position("consumer", {"chat.messages"}));
            return at.applied < await(loop, log->ends({"chat.messages"})).last;
        };
        for (int i = 0; behind() && failures < failures_max && i < 1'000; ++i) {
            if (!failing_drain().empty()) {
                ++failures;
            }
        }
        return failures;
    }
    std::vector<DeadEntry> dead() {
        DeadRecords records{*log, clock};
        return await(loop, records.list_dead({}, {})).items;
    }
    std::uint64_t counted() {
        return registry.counter("loquat_consumer_dead_total", "", {{"topic", "chat.messages"}})
            .value();
    }

    std::string refusal = "store.constraint";
    int asked = 0;
};

TEST_F(RefusingStoreTest, puts_aside_the_one_record_that_is_refused_and_stores_all_others) {
    for (int i = 1; i <= 100; ++i) {
        append(make.message(chat, (i == 37 ? "bad " : "") + std::to_string(i)));
    }

    const int failures = drain_all();

    EXPECT_EQ(failures, 4) << "five tries, and the last one is no failure any more";
    Texts expected;
    for (int i = 1; i <= 100; ++i) {
        if (i != 37) {
            expected.push_back(std::to_string(i));
        }
    }
    EXPECT_EQ(texts(), expected);
    const auto found = dead();
    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].offset, 37);
    EXPECT_EQ(found[0].reason, "store.constraint");
    EXPECT_EQ(found[0].detail, "told to");
    EXPECT_EQ(found[0].tries, 5);
    EXPECT_EQ(counted(), 1U);
    EXPECT_FALSE(consumer->trouble());
    EXPECT_LT(asked, 40) << "halves, not one by one";
}

TEST_F(RefusingStoreTest, tells_who_waits_for_a_record_that_is_refused) {
    contracts::MessageRecord waiting = make.message(chat, "bad");
    waiting.origin = "node";
    waiting.origin_ref = 7;
    append(waiting);

    drain_all();

    ASSERT_EQ(outcomes.size(), 1U);
    EXPECT_EQ(outcomes[0].origin_ref, 7U);
    EXPECT_EQ(outcomes[0].outcome.kind, OutcomeKind::refused);
    EXPECT_EQ(outcomes[0].outcome.code, "record.refused");
    EXPECT_TRUE(room.empty());
}

TEST_F(RefusingStoreTest, stores_it_when_it_is_brought_back_after_the_store_was_mended) {
    append(make.message(chat, "bad"));
    append(make.message(chat, "two"));
    drain_all();
    messages.refuses = {};

    DeadRecords records{*log, clock};
    await(loop, records.retry_dead({}, {dead().at(0).id}));
    drain_all();

    EXPECT_EQ(texts(), (Texts{"two", "bad"}));
    EXPECT_TRUE(dead().empty());
}

TEST_F(RefusingStoreTest, moves_over_no_record_that_is_not_yet_among_the_dead) {
    append(make.message(chat, "bad"));
    append(make.message(chat, "two"));
    const auto stopped = store::make_gated_log(*log, troubles);
    troubles.stop("chat.messages.dead", "no room");
    consumer = std::make_unique<Consumer>(
        Consumer::Parts{*stopped, messages, *broadcast, clock, metrics, troubles}, quick_config());

    drain_all(20);
    const Texts before = texts();
    consumer = make_consumer();
    drain_all();

    EXPECT_TRUE(before.empty());
    EXPECT_EQ(texts(), (Texts{"two"}));
    EXPECT_EQ(dead().size(), 1U);
}

TEST_F(RefusingStoreTest, puts_aside_nothing_when_it_is_all_records_that_are_refused) {
    const std::size_t count = Refusals::in_a_row_max + 5;
    for (std::size_t i = 0; i < count; ++i) {
        append(make.message(chat, "bad " + std::to_string(i)));
    }

    drain_all(Refusals::in_a_row_max * 5 + 10);
    const std::size_t given_up = dead().size();
    messages.refuses = {};
    drain_all();

    EXPECT_EQ(given_up, Refusals::in_a_row_max);
    EXPECT_EQ(texts().size(), 5U);
    EXPECT_FALSE(consumer->trouble());
}

TEST_F(RefusingStoreTest, takes_a_store_that_is_away_for_no_refusal) {
    refusal = "store.unavailable";
    append(make.message(chat, "bad"));

    drain_all(50);

    EXPECT_TRUE(dead().empty());
    EXPECT_EQ(counted(), 0U);
}

TEST_F(ConsumerTest, keeps_a_record_that_it_cannot_understand_with_its_bytes) {
    append(make.message(chat, "one"));
    await(loop, log->append("chat.messages", "key", "not a record"));
    append(make.message(chat, "two"));
    messages.fail_before = 1;

    EXPECT_EQ(failing_drain(), "store.unavailable");
    drain();

    EXPECT_EQ(texts(), (Texts{"one", "two"}));
    DeadRecords records{*log, clock};
    const auto found = await(loop, records.list_dead({}, {})).items;
    ASSERT_EQ(found.size(), 1U) << "once, though the batch was tried twice";
    const auto shown = await(loop, records.get_dead({}, {found[0].id}));
    EXPECT_EQ(found[0].reason, "record.unreadable");
    EXPECT_EQ(found[0].offset, 2);
    EXPECT_EQ(found[0].key, "key");
    EXPECT_EQ(dead_records(registry, {"chat.messages"}).value(), 1U);
    EXPECT_EQ(shown.payload, to_base64("not a record"));
}

}  // namespace
}  // namespace loquat::consumer
