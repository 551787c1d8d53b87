#include "services/consumer/tests/consumer_world.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"

namespace loquat::consumer {
namespace {

using test::await;

TEST_F(ConsumerTest, stores_what_was_logged_in_order_and_tells_the_room) {
    append(make.message(chat, "one"));
    append(make.message(chat, "two"));

    EXPECT_EQ(drain(), 2U);
    EXPECT_EQ(drain(), 0U);

    EXPECT_EQ(texts(), (Texts{"one", "two"}));
    ASSERT_EQ(room.size(), 2U);
    EXPECT_EQ(room[0].type, "message");
    EXPECT_EQ(room[0].seq, 1);
    EXPECT_EQ(room[1].seq, 2);
    EXPECT_EQ(stored.size(), 2U);
    EXPECT_EQ(outcomes.size(), 0U);
}

TEST_F(ConsumerTest, tells_messages_as_the_outside_contract_has_them) {
    contracts::MessageRecord record = make.message(chat, "hello");
    record.generation_id = "gen";
    append(record);

    drain();

    const wire::Value body = wire::parse(room[0].body);
    EXPECT_EQ(*body.find("type")->if_string(), "message");
    const wire::Value& message = *body.find("message");
    EXPECT_EQ(*message.find("id")->if_string(), record.message_id.to_string());
    EXPECT_EQ(*message.find("sender")->find("username")->if_string(), "ann");
    EXPECT_EQ(*message.find("sender")->find("kind")->if_string(), "person");
    EXPECT_EQ(*message.find("generationId")->if_string(), "gen");
    EXPECT_TRUE(message.find("edited_at")->is_null());
}

TEST_F(ConsumerTest, tells_edits_and_deletions_without_a_new_number) {
    const contracts::MessageRecord record = make.message(chat, "one");
    append(record);
    append(make.edit(record, "two"));
    append(make.removal(record));

    drain();

    ASSERT_EQ(room.size(), 3U);
    EXPECT_EQ(room[1].type, "message_edited");
    EXPECT_EQ(room[1].seq, 0);
    EXPECT_EQ(room[2].type, "message_deleted");
    EXPECT_EQ(wire::parse(room[2].body).find("message")->find("text")->if_string()->size(), 0U);
    EXPECT_EQ(stored[2].kind, OutcomeKind::deleted);
}

TEST_F(ConsumerTest, answers_who_waits_and_tells_the_room_only_what_changed) {
    contracts::MessageRecord first = make.message(chat, "one");
    first.origin = "node";
    first.origin_ref = 1;
    contracts::MessageRecord again = first;
    again.message_id = MessageId::make();
    again.origin_ref = 2;
    contracts::MessageRecord other = again;
    other.text = "other";
    other.origin_ref = 3;

    append(first);
    append(again);
    append(other);
    drain();

    ASSERT_EQ(outcomes.size(), 3U);
    EXPECT_EQ(outcomes[0].outcome.kind, OutcomeKind::stored);
    EXPECT_EQ(outcomes[1].outcome.kind, OutcomeKind::duplicate);
    EXPECT_EQ(outcomes[1].origin_ref, 2U);
    EXPECT_EQ(outcomes[1].outcome.message.id, first.message_id);
    EXPECT_EQ(outcomes[2].outcome.kind, OutcomeKind::conflict);
    EXPECT_EQ(room.size(), 1U);
}

TEST_F(ConsumerTest, tries_again_after_a_failure_and_skips_nothing) {
    append(make.message(chat, "one"));
    messages.fail_before = 1;

    EXPECT_EQ(failing_drain(), "store.unavailable");
    append(make.message(chat, "two"));
    drain();

    EXPECT_EQ(texts(), (Texts{"one", "two"}));
    EXPECT_EQ(room.size(), 2U);
}

TEST_F(ConsumerTest, stores_once_and_still_tells_when_the_answer_of_the_store_was_lost) {
    append(make.message(chat, "one"));
    messages.fail_after = 1;

    EXPECT_EQ(failing_drain(), "store.unavailable");
    EXPECT_TRUE(room.empty());
    append(make.message(chat, "two"));
    drain();

    EXPECT_EQ(texts(), (Texts{"one", "two"}));
    ASSERT_EQ(room.size(), 2U);
    EXPECT_EQ(room[0].seq, 1);
    EXPECT_EQ(room[1].seq, 2);
}

TEST_F(ConsumerTest, tells_the_last_batch_again_after_a_restart) {
    contracts::MessageRecord waiting = make.message(chat, "two");
    waiting.origin = "node";
    append(make.message(chat, "one"));
    drain();
    append(waiting);
    drain();
    const bool was_retold = stored.back().is_retold;
    room.clear();
    outcomes.clear();

    consumer = make_consumer();
    drain();

    ASSERT_EQ(room.size(), 1U);
    EXPECT_EQ(room[0].seq, 2);
    EXPECT_FALSE(was_retold);
    EXPECT_TRUE(stored.back().is_retold);
    EXPECT_EQ(outcomes.size(), 1U);
    EXPECT_EQ(texts(), (Texts{"one", "two"}));
}

TEST_F(ConsumerTest, tells_again_after_a_restart_what_became_of_messages_since) {
    const contracts::MessageRecord kept = make.message(chat, "kept");
    const contracts::MessageRecord gone = make.message(chat, "gone");
    append(kept);
    append(gone);
    append(make.edit(kept, "changed"));
    append(make.removal(gone));
    drain();
    room.clear();
    stored.clear();

    consumer = make_consumer();
    drain();

    std::vector<OutcomeKind> kinds;
    for (const contracts::StoredEvent& event : stored) {
        kinds.push_back(event.kind);
        EXPECT_NE(event.message.text, "gone");
    }
    EXPECT_EQ(kinds, (std::vector{OutcomeKind::stored, OutcomeKind::deleted, OutcomeKind::edited,
                                  OutcomeKind::deleted}));
    EXPECT_EQ(room.back().type, "message_deleted");
}

TEST_F(ConsumerTest, passes_over_a_record_that_it_cannot_understand) {
    append(make.message(chat, "one"));
    await(loop, log->append("chat.messages", "key", "not a record"));
    append(make.message(chat, "two"));

    EXPECT_EQ(drain(), 3U);

    EXPECT_EQ(texts(), (Texts{"one", "two"}));
}

TEST_F(ConsumerTest, reads_a_new_log_from_its_beginning_and_knows_what_it_stored_already) {
    const contracts::MessageRecord first = make.message(chat, "one");
    append(first);
    append(make.message(chat, "two"));
    drain();

    log = store::make_memory_log();
    consumer = make_consumer();
    append(first);
    append(make.message(chat, "three"));
    drain();

    EXPECT_EQ(texts(), (Texts{"one", "two", "three"}));
}

TEST_F(ConsumerTest, refuses_to_go_on_when_the_log_ends_before_what_is_stored) {
    const contracts::MessageRecord record = make.message(chat, "one");
    MessageBatch ahead{take_up(), 1, {record}};
    await(loop, inner->apply_batch(std::move(ahead)));

    EXPECT_EQ(failing_drain(), "consumer.log_is_older");
}

TEST_F(ConsumerTest, never_goes_on_over_a_gap_when_the_log_has_grown_past_what_was_stored) {
    store::TopicTroubles& shared = troubles;
    const auto gated = store::make_gated_log(*log, shared);
    MessageBatch ahead{take_up(), 2, {make.message(chat, "one"), make.message(chat, "two")}};
    await(loop, inner->apply_batch(std::move(ahead)));

    await(loop, consumer->run());
    for (const char* text : {"three", "four", "five"}) {
        append(make.message(chat, text));
    }
    const std::string refused = test::code_of([&] {
        await(loop,
              gated->append("chat.messages", "key", contracts::encode(make.message(chat, "six"))));
    });

    EXPECT_TRUE(consumer->trouble());
    EXPECT_EQ(refused, "store.stopped");
    EXPECT_EQ(texts(), (Texts{"one", "two"}));
}

TEST_F(ConsumerTest, accepts_nothing_more_once_its_store_was_found_damaged) {
    const auto gated = store::make_gated_log(*log, troubles);
    append(make.message(chat, "one"));
    drain();

    troubles.stop("chat.messages", "messages.db is damaged");
    troubles.set({"chat.messages"}, "another trouble");
    troubles.clear({"chat.messages"});
    const std::string refused = test::code_of([&] {
        await(loop,
              gated->append("chat.messages", "key", contracts::encode(make.message(chat, "two"))));
    });

    EXPECT_EQ(refused, "store.stopped");
    EXPECT_EQ(consumer->trouble(), "messages.db is damaged");
}

TEST_F(ConsumerTest, trims_only_what_will_not_be_needed_again) {
    for (const char* text : {"one", "two", "three"}) {
        append(make.message(chat, text));
        drain();
    }

    await(loop, consumer->trim());
    const store::LogEnds ends = await(loop, log->ends({"chat.messages"}));
    consumer = make_consumer();
    append(make.message(chat, "four"));
    drain();

    EXPECT_EQ(ends.first, 3U);
    EXPECT_EQ(texts(), (Texts{"one", "two", "three", "four"}));
}

TEST_F(ConsumerTest, trims_nothing_while_another_has_stored_more_than_it_read) {
    append(make.message(chat, "one"));
    drain();
    const std::unique_ptr<Consumer> behind = std::exchange(consumer, make_consumer());
    for (const char* text : {"two", "three", "four"}) {
        append(make.message(chat, text));
        drain();
    }

    await(loop, behind->trim());

    EXPECT_EQ(await(loop, log->ends({"chat.messages"})).first, 1U);
}

TEST_F(ConsumerTest, reports_trouble_while_it_lasts_and_recovers_by_itself) {
    messages.fail_before = 3;
    std::vector<bool> troubled;
    messages.on_apply = [&] { troubled.push_back(consumer->trouble().has_value()); };
    aio::Signal told;
    loop.post([&] {
        subscriptions.push_back(
            broadcast->subscribe(contracts::topics::chat_room.name(chat),
                                 [&](store::Notice, const store::Payload&) { told.set(); }));
    });
    auto watch = [&]() -> Task<void> {
        aio::Scope scope{loop, "test"};
        scope.start(consumer->run());
        for (const char* text : {"one", "two"}) {
            const std::string bytes = contracts::encode(make.message(chat, text));
            co_await log->append("chat.messages", "key", bytes);
            co_await told.wait();
        }
        co_await scope.close();
    };

    await(loop, watch());

    EXPECT_EQ(troubled, (std::vector<bool>{false, true, true, true, false}));
    EXPECT_EQ(metrics.failures.value(), 3U);
    EXPECT_EQ(texts(), (Texts{"one", "two"}));
}

}  // namespace
}  // namespace loquat::consumer
