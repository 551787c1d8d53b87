#include "contracts/chat/broadcasts.hpp"
#include "services/chat/tests/world.hpp"
#include "store/broadcast/publish.hpp"

namespace loquat::chat {
namespace {

TEST(EditMessage, changes_the_text_of_ones_own_message) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {bob});
        const auto sent = co_await world.send(bob, group.id, "helo");
        const contracts::EditMessageRequest edit{group.id, sent.id, "hello @ana"};

        const auto edited = co_await world.chat.edit_message(world.as(bob), edit);
        const auto code = co_await code_of(world.chat.edit_message(world.as(ana), edit));

        EXPECT_EQ(edited.text, "hello @ana");
        EXPECT_EQ(edited.seq, sent.seq);
        EXPECT_EQ(edited.mentions, std::vector<UserId>{ana});
        EXPECT_TRUE(edited.edited_at.has_value());
        EXPECT_EQ(code, "chat.forbidden");
    };

    world.run(body());
}

TEST(DeleteMessage, empties_the_text_and_ends_edits) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {});
        const auto sent = co_await world.send(ana, group.id, "secret");
        const contracts::MessageRef ref{group.id, sent.id};
        const contracts::EditMessageRequest edit{group.id, sent.id, "again"};

        const auto deleted = co_await world.chat.delete_message(world.as(ana), ref);
        const auto twice = co_await world.chat.delete_message(world.as(ana), ref);
        const auto code = co_await code_of(world.chat.edit_message(world.as(ana), edit));
        const auto seen = co_await world.chat.get_chat(world.as(ana), contracts::ChatRef{group.id});

        EXPECT_EQ(deleted.text, "");
        EXPECT_TRUE(deleted.deleted_at.has_value());
        EXPECT_EQ(twice.deleted_at, deleted.deleted_at);
        EXPECT_EQ(code, "message.deleted");
        EXPECT_EQ(seen.last_message->text, "");
        EXPECT_EQ(seen.last_seq, 1);
    };

    world.run(body());
}

TEST(DeleteMessage, is_for_the_sender_and_moderators) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    const UserId eve = world.person("eve");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {bob, eve});
        const auto direct = co_await world.make_direct(ana, bob);
        const auto in_group = co_await world.send(bob, group.id, "x");
        const auto in_direct = co_await world.send(bob, direct.id, "x");
        const contracts::MessageRef group_ref{group.id, in_group.id};
        const contracts::MessageRef direct_ref{direct.id, in_direct.id};
        const contracts::MessageRef stray_ref{direct.id, in_group.id};

        EXPECT_EQ(co_await code_of(world.chat.delete_message(world.as(eve), group_ref)),
                  "chat.forbidden");
        EXPECT_EQ(co_await code_of(world.chat.delete_message(world.as(ana), direct_ref)),
                  "chat.forbidden");
        EXPECT_EQ(co_await code_of(world.chat.delete_message(world.as(ana), stray_ref)),
                  "message.not_found");
        EXPECT_EQ(co_await code_of(world.chat.delete_message(world.as(ana), group_ref)), "ok");
    };

    world.run(body());
}

TEST(EditMessage, answers_504_when_the_store_is_slow) {
    ChatConfig hasty;
    hasty.store_wait_ms = std::chrono::milliseconds{1};
    World world{hasty};
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {});
        const auto sent = co_await world.send(ana, group.id, "x");
        co_await world.drain();
        const contracts::EditMessageRequest edit{group.id, sent.id, "y"};

        const auto code = co_await code_of(world.chat.edit_message(world.as(ana), edit));

        EXPECT_EQ(code, "upstream.timeout");
    };

    world.run(body());
}

TEST(PendingOutcomes, lost_on_the_way_are_looked_up_in_the_store) {
    World world;
    const UserId ana = world.person("ana");
    int status = 0;
    auto post = [&](contracts::PostMessageRequest request) -> Task<void> {
        const auto sent = co_await world.chat.post_message(world.as(ana), request);
        status = sent.status;
    };
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {});
        aio::Scope scope{world.loop, "test"};
        scope.start(post(text_of(group.id, "c1", "hello")));
        while (world.log.appends == 0) {
            co_await aio::yield();
        }
        world.broadcast.is_losing = true;
        co_await world.drain();
        world.broadcast.announce_loss();
        while (status == 0) {
            co_await aio::yield();
        }
        co_await scope.close();
    };

    world.run(body());

    EXPECT_EQ(status, 201);
}

// As while the broadcast's server is away.
TEST(PendingOutcomes, are_asked_of_the_store_while_others_are_not_heard) {
    ChatConfig patient;
    patient.store_wait_ms = std::chrono::seconds{30};
    World world{patient};
    world.broadcast.heard = store::Reach::this_process;
    world.broadcast.is_losing = true;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {});
        const contracts::PostMessageRequest post = text_of(group.id, "c1", "hello");
        const auto sent = co_await world.chat.post_message(world.as(ana), post);
        const contracts::EditMessageRequest edit{group.id, sent.body.id, "bye"};
        const auto edited = co_await world.chat.edit_message(world.as(ana), edit);
        const contracts::MessageRef ref{group.id, sent.body.id};
        const auto deleted = co_await world.chat.delete_message(world.as(ana), ref);
        const auto late = co_await code_of(world.chat.edit_message(world.as(ana), edit));

        EXPECT_EQ(sent.status, 201);
        EXPECT_EQ(sent.body.seq, 1);
        EXPECT_EQ(edited.text, "bye");
        EXPECT_TRUE(deleted.deleted_at.has_value());
        EXPECT_EQ(late, "message.deleted");
    };

    world.run(body());
}

TEST(PendingOutcomes, say_that_the_store_does_not_take_a_message_which_may_be_sent_again) {
    World world;
    const UserId ana = world.person("ana");
    std::string code;
    int again = 0;
    auto refuse_first = [&](contracts::PostMessageRequest request) -> Task<void> {
        code = co_await code_of(world.chat.post_message(world.as(ana), request));
        const auto sent = co_await world.chat.accept_message(world.as(ana), request);
        again = sent.id == MessageId{} ? 0 : world.log.appends;
    };
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {});
        aio::Scope scope{world.loop, "test"};
        scope.start(refuse_first(text_of(group.id, "c1", "hello")));
        while (world.log.appends == 0) {
            co_await aio::yield();
        }
        const auto logged = co_await world.log.read({"chat.messages"}, 0, {});
        const auto record = contracts::decode<contracts::MessageRecord>(logged.at(0)->payload);
        const contracts::OutcomeEvent event{
            record->origin_ref, {contracts::OutcomeKind::refused, {}, "record.refused"}};
        store::publish(world.broadcast, contracts::topics::chat_outcome, record->origin, event);
        while (again == 0) {
            co_await aio::yield();
        }
        co_await scope.close();
    };

    world.run(body());

    EXPECT_EQ(code, "message.not_stored");
    EXPECT_EQ(again, 2) << "another record, not one that is known already";
}

}  // namespace
}  // namespace loquat::chat
