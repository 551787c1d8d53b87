#include <gtest/gtest.h>

#include "services/chat/adapters/sql_answer_nodes.hpp"
#include "services/chat/adapters/sql_chats.hpp"
#include "services/chat/adapters/sql_generations.hpp"
#include "services/chat/generations/elsewhere.hpp"
#include "services/chat/generations/failures.hpp"
#include "services/chat/generations/turns.hpp"
#include "services/consumer/adapters/memory/memory_messages.hpp"
#include "services/consumer/tests/message_support.hpp"
#include "testing/await.hpp"
#include "testing/database_place.hpp"
#include "testing/failure_code.hpp"

// Instances that write answers at one database.
namespace loquat::chat {
namespace {

using namespace std::chrono_literals;
using test::await;

struct Node {
    explicit Node(const test::DatabasePlace& place)
        : database(place.open({.name = "chat", .schema = chat_schema()})),
          nodes(*database),
          store(make_sql_generations(*database, &nodes)) {}

    std::unique_ptr<store::Database> database;
    SqlAnswerNodes nodes;
    std::unique_ptr<GenerationStore> store;
};

class AnswerNodesTest : public testing::Test {
  protected:
    AnswerNodesTest() {
        await(loop, here.nodes.join());
        await(loop, there.nodes.join());
    }

    GenerationRecord asked_by(UserId user) {
        GenerationRecord record;
        record.id = GenerationId::make();
        record.user = user;
        record.chat = chat;
        record.state = GenerationState::streaming;
        record.model = "m";
        record.created_at = from_unix_ms(1);
        record.started_at = from_unix_ms(1);
        return record;
    }

    static GenerationRecord ended(GenerationRecord record, std::string text) {
        record.state = GenerationState::succeeded;
        record.text = std::move(text);
        record.finished_at = from_unix_ms(2);
        return record;
    }

    static JournalPartsPtr said(const GenerationRecord& record, std::int64_t first,
                                std::string text) {
        GenerationEvent event;
        event.kind = EventKind::delta;
        event.delta = std::move(text);
        JournalParts parts{{record.id, first, 3, {event}}};
        return std::make_shared<const JournalParts>(std::move(parts));
    }

    bool finish(Node& node, const GenerationRecord& record) {
        std::vector<GenerationRecord> one{record};
        return await(loop, node.store->finish(std::move(one))).front();
    }

    // Of all that have not beaten just now: those of `there`.
    void forget_there() {
        await(loop, here.nodes.beat());
        await(loop, here.nodes.end_leases({0ms, 0ms}));
    }

    // As `here` sees what others write.
    Elsewhere::Parts elsewhere_parts(aio::Scope& scope) {
        return {&here.nodes, *here.store, *messages, loop, scope, config};
    }

    aio::Loop loop{"test"};
    test::DatabasePlace place{test::Keeping::postgres};
    Node here{place};
    Node there{place};
    std::unique_ptr<consumer::MessageStore> messages = consumer::make_memory_messages();
    ChatConfig config;
    const ChatId chat = ChatId::make();
    const UserId ana = UserId::make();
};

TEST_F(AnswerNodesTest, let_one_answer_of_a_person_stream_at_a_time) {
    const GenerationRecord first = asked_by(ana);
    const GenerationRecord second = asked_by(ana);
    const GenerationRecord third = asked_by(ana);
    const GenerationRecord foreign = asked_by(UserId::make());

    const auto began = await(loop, here.store->insert(first));
    const auto waits = await(loop, there.store->insert(second));
    const auto waits_too = await(loop, here.store->insert(third));
    const auto of_another = await(loop, there.store->insert(foreign));
    const bool early = await(loop, there.store->begin(second.id, from_unix_ms(5)));
    const bool is_finished = finish(here, ended(first, "done"));
    const bool out_of_turn = await(loop, here.store->begin(third.id, from_unix_ms(6)));
    const bool in_turn = await(loop, there.store->begin(second.id, from_unix_ms(6)));

    EXPECT_EQ(began, GenerationState::streaming);
    EXPECT_EQ(waits, GenerationState::queued);
    EXPECT_EQ(waits_too, GenerationState::queued);
    EXPECT_EQ(of_another, GenerationState::streaming);
    EXPECT_FALSE(early);
    EXPECT_TRUE(is_finished);
    EXPECT_FALSE(out_of_turn);
    EXPECT_TRUE(in_turn);
}

TEST_F(AnswerNodesTest, has_begun_at_no_time_while_it_waits_for_another_instance) {
    await(loop, here.store->insert(asked_by(ana)));
    const GenerationRecord second = asked_by(ana);

    await(loop, there.store->insert(second));
    const auto waits = await(loop, here.store->find(second.id));

    EXPECT_EQ(waits->state, GenerationState::queued);
    EXPECT_FALSE(waits->started_at.has_value());
}

TEST_F(AnswerNodesTest, give_a_person_one_line_over_all_of_them) {
    const GenerationRecord first = asked_by(ana);
    const GenerationRecord second = asked_by(ana);
    const GenerationRecord third = asked_by(ana);
    const GenerationQueue queue{2};
    const Turns turns{queue, &here.nodes, 2};
    const auto place_of = [&](const GenerationRecord& record) {
        return await(loop, turns.position(ana, record.id, GenerationState::queued));
    };
    await(loop, here.store->insert(first));
    await(loop, there.store->insert(second));
    const bool has_room = await(loop, turns.has_room(ana));
    await(loop, there.store->insert(third));

    EXPECT_TRUE(has_room);
    EXPECT_FALSE(await(loop, turns.has_room(ana)));
    EXPECT_TRUE(await(loop, turns.has_room(UserId::make())));
    EXPECT_EQ(place_of(first), std::nullopt);
    EXPECT_EQ(place_of(second), 1);
    EXPECT_EQ(place_of(third), 2);
    finish(there, ended(second, ""));
    EXPECT_EQ(place_of(third), 1);
    EXPECT_TRUE(await(loop, turns.has_room(ana)));
}

TEST_F(AnswerNodesTest, know_what_is_written_in_a_conversation_anywhere) {
    const GenerationRecord streaming = asked_by(ana);
    const GenerationRecord waiting = asked_by(ana);
    await(loop, there.store->insert(streaming));
    await(loop, there.store->insert(waiting));

    const auto found = await(loop, here.nodes.list_streaming(chat));
    finish(there, ended(streaming, "done"));

    ASSERT_EQ(found.size(), 1U);
    EXPECT_EQ(found[0].id, streaming.id);
    EXPECT_TRUE(await(loop, here.nodes.list_streaming(chat)).empty());
    EXPECT_TRUE(await(loop, here.nodes.list_streaming(ChatId::make())).empty());
}

TEST_F(AnswerNodesTest, refuse_everything_to_one_that_wakes_without_its_lease) {
    const GenerationRecord lost = asked_by(ana);
    const GenerationRecord late = asked_by(UserId::make());
    await(loop, there.store->insert(lost));
    await(loop, there.nodes.append(said(lost, 1, "hello ")));
    forget_there();
    auto abandoned = await(loop, here.nodes.list_abandoned());
    GenerationRecord closed = abandoned.front();
    closed.state = interrupted().state;
    closed.error = interrupted().error;
    closed.text = "hello ";

    const bool is_closed = finish(here, closed);
    const auto beat = await(loop, there.nodes.beat());
    const auto written =
        await(loop, test::code_of(there.nodes.append(said(lost, 2, "from the grave"))));
    const auto begun = await(loop, test::code_of(there.store->insert(late)));
    const bool is_overwritten = finish(there, ended(lost, "hello from the grave"));
    const auto stored = await(loop, here.store->find(lost.id));

    EXPECT_EQ(abandoned.size(), 1U);
    EXPECT_TRUE(is_closed);
    EXPECT_FALSE(beat.has_value());
    EXPECT_EQ(written, "store.unavailable");
    EXPECT_EQ(begun, "store.unavailable");
    EXPECT_FALSE(is_overwritten);
    EXPECT_EQ(stored->state, GenerationState::failed);
    EXPECT_EQ(stored->text, "hello ");
    EXPECT_FALSE(await(loop, here.store->find(late.id)).has_value());
}

TEST_F(AnswerNodesTest, may_begin_anew_after_a_lost_lease) {
    forget_there();

    await(loop, there.nodes.join());
    const auto state = await(loop, there.store->insert(asked_by(ana)));

    EXPECT_EQ(state, GenerationState::streaming);
    EXPECT_TRUE(await(loop, there.nodes.beat()).has_value());
    EXPECT_TRUE(await(loop, here.nodes.list_abandoned()).empty());
}

TEST_F(AnswerNodesTest, keep_leases_that_are_renewed) {
    await(loop, there.store->insert(asked_by(ana)));

    await(loop, here.nodes.end_leases({1h, 1h}));

    EXPECT_TRUE(await(loop, there.nodes.beat()).has_value());
    EXPECT_TRUE(await(loop, here.nodes.list_abandoned()).empty());
}

TEST_F(AnswerNodesTest, are_told_by_their_beat_what_others_want_to_end) {
    const GenerationRecord wanted = asked_by(ana);
    await(loop, there.store->insert(wanted));
    await(loop, there.store->insert(asked_by(UserId::make())));

    await(loop, here.nodes.ask_to_cancel(wanted.id));
    const auto mine = await(loop, here.nodes.beat());
    const auto theirs = await(loop, there.nodes.beat());

    EXPECT_TRUE(mine->empty());
    EXPECT_EQ(*theirs, std::vector{wanted.id});
}

TEST_F(AnswerNodesTest, end_the_lease_of_one_whose_connection_has_ended_sooner) {
    const GenerationRecord left = asked_by(ana);
    const GenerationRecord kept = asked_by(UserId::make());
    Node third{place};
    await(loop, third.nodes.join());
    auto gone = std::make_unique<Node>(place);
    await(loop, gone->nodes.join());
    await(loop, gone->store->insert(left));
    await(loop, third.store->insert(kept));
    await(loop, gone->nodes.beat());
    await(loop, third.nodes.beat());

    gone.reset();
    const auto is_noticed = [&] {
        await(loop, here.nodes.end_leases({1h, 0ms}));
        return !await(loop, here.nodes.list_abandoned()).empty();
    };
    // The server ends a connection a moment after its client.
    for (int looks = 0; looks < 10'000 && !is_noticed(); ++looks) {
    }
    const auto abandoned = await(loop, here.nodes.list_abandoned());
    const auto beats = await(loop, third.nodes.beat());

    ASSERT_EQ(abandoned.size(), 1U);
    EXPECT_EQ(abandoned.front().id, left.id);
    EXPECT_TRUE(beats.has_value());
}

TEST_F(AnswerNodesTest, show_one_another_what_readers_were_shown) {
    const GenerationRecord told = asked_by(ana);
    await(loop, there.store->insert(told));
    await(loop, there.nodes.append(said(told, 1, "one ")));
    await(loop, there.nodes.append(said(told, 2, "two ")));
    await(loop, there.nodes.append(said(told, 2, "two ")));  // tried again

    const auto all = await(loop, here.nodes.read_parts(told.id, 1));
    const auto rest = await(loop, here.nodes.read_parts(told.id, 2));
    finish(there, ended(told, "one two "));
    const auto none = await(loop, here.nodes.read_parts(told.id, 1));

    EXPECT_EQ(all.size(), 2U);
    EXPECT_EQ(rest.size(), 1U);
    EXPECT_EQ(rest.front().first_event, 2);
    EXPECT_EQ(rest.front().input_tokens, 3);
    EXPECT_TRUE(none.empty());
}

TEST_F(AnswerNodesTest, stream_an_answer_of_another_one_to_its_end) {
    GenerationRecord told = asked_by(ana);
    aio::Scope scope{loop, "test"};
    Elsewhere elsewhere{elsewhere_parts(scope)};
    auto body = [&]() -> Task<void> {
        co_await there.store->insert(told);
        co_await there.nodes.append(said(told, 1, "one "));
        const StreamLogPtr log = elsewhere.follow(told.id);
        const bool is_shared = log == elsewhere.follow(told.id);
        while (log->last_event() < 1) {
            co_await loop.sleep_for(1ms);
        }
        co_await there.nodes.append(said(told, 2, "two"));
        const GenerationRecord seen = co_await elsewhere.with_text(told);
        GenerationEvent event;
        event.kind = EventKind::delta;
        for (const std::string_view text : {"one ", "two"}) {
            event.delta = text;
            add_told(told, event);
        }
        std::vector<GenerationRecord> one{ended(told, told.text)};
        co_await there.store->finish(std::move(one));
        const auto deadline = std::chrono::steady_clock::now() + 10s;
        const auto end = co_await elsewhere.wait_for_end(told.id, deadline);
        while (!log->ends_with(log->last_event())) {
            co_await loop.sleep_for(1ms);
        }

        std::string expected;
        std::int64_t id = 0;
        for (const GenerationEvent& one_event : rebuild_events(*end)) {
            expected += to_stream_text(++id, one_event);
        }
        EXPECT_TRUE(is_shared);
        EXPECT_EQ(seen.text, "one two");
        EXPECT_EQ(end->state, GenerationState::succeeded);
        EXPECT_EQ(log->read(0).text, expected);
        co_await scope.close();
    };

    aio::run_to_end(loop, body());
}

TEST_F(AnswerNodesTest, tell_the_end_of_an_answer_of_another_one_once_its_message_is_there) {
    consumer::RecordMaker make;
    const contracts::MessageRecord answer = make.message(chat, "done");
    GenerationRecord told = asked_by(ana);
    told.answer = answer.message_id;
    config.store_wait_ms = 60s;
    aio::Scope scope{loop, "test"};
    Elsewhere elsewhere{elsewhere_parts(scope)};
    bool ended_early = true;
    auto body = [&]() -> Task<void> {
        co_await there.store->insert(told);
        std::vector<GenerationRecord> one{ended(told, "done")};
        co_await there.store->finish(std::move(one));
        const StreamLogPtr log = elsewhere.follow(told.id);
        // Meanwhile it has looked.
        for (int i = 0; i < 3; ++i) {
            co_await elsewhere.with_text(told);
        }
        ended_early = log->last_event() > 0;
        store::Partition partition{.topic = "chat.messages"};
        store::Position before =
            co_await messages->position(std::string{store::log_reader}, std::move(partition));
        store::Position none = co_await messages->adopt(std::move(before), Uuid::make(), 0);
        consumer::MessageBatch batch{std::move(none), 1, {answer}};
        co_await messages->apply_batch(std::move(batch));
        while (!log->ends_with(log->last_event())) {
            co_await loop.sleep_for(1ms);
        }
        co_await scope.close();
    };

    aio::run_to_end(loop, body());

    EXPECT_FALSE(ended_early);
}

}  // namespace
}  // namespace loquat::chat
