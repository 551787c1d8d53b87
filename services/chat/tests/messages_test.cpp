#include "services/chat/tests/world.hpp"

namespace loquat::chat {
namespace {

TEST(PostMessage, answers_201_with_the_stored_message) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {});
        auto request = text_of(group.id, "c1", "hello\r\nyou");

        const auto sent = co_await world.chat.post_message(world.as(ana), request);

        EXPECT_EQ(sent.status, 201);
        EXPECT_EQ(sent.body.seq, 1);
        EXPECT_EQ(sent.body.text, "hello\nyou");
        EXPECT_EQ(sent.body.client_id, "c1");
        EXPECT_EQ(sent.body.sender.username, "ana");
        EXPECT_EQ(sent.body.sender.display_name, "Display ana");
    };

    world.run(body());
}

TEST(PostMessage, answers_200_with_the_first_one_when_repeated) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {});
        auto request = text_of(group.id, "c1", "hello");
        const auto first = co_await world.chat.post_message(world.as(ana), request);

        const auto again = co_await world.chat.post_message(world.as(ana), request);

        EXPECT_EQ(again.status, 200);
        EXPECT_EQ(again.body.id, first.body.id);
        EXPECT_EQ(again.body.seq, 1);
        EXPECT_EQ(world.log.appends, 1);
    };

    world.run(body());
}

TEST(PostMessage, answers_409_when_the_client_id_comes_with_another_text) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {});
        auto first = text_of(group.id, "c1", "hello");
        auto other = text_of(group.id, "c1", "good bye");
        co_await world.chat.post_message(world.as(ana), first);

        const auto code = co_await code_of(world.chat.post_message(world.as(ana), other));

        EXPECT_EQ(code, "message.client_id_conflict");
        EXPECT_EQ(world.log.appends, 1);
    };

    world.run(body());
}

TEST(PostMessage, knows_repeats_of_before_a_restart_through_the_consumer) {
    ChatConfig forgetful;
    forgetful.repeats_cached_max = 0;
    World world{forgetful};
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {});
        auto request = text_of(group.id, "c1", "hello");
        auto other = text_of(group.id, "c1", "good bye");
        const auto first = co_await world.chat.post_message(world.as(ana), request);

        const auto again = co_await world.chat.post_message(world.as(ana), request);
        const auto code = co_await code_of(world.chat.post_message(world.as(ana), other));

        EXPECT_EQ(again.status, 200);
        EXPECT_EQ(again.body.id, first.body.id);
        EXPECT_EQ(code, "message.client_id_conflict");
    };

    world.run(body());
}

TEST(PostMessage, answers_202_without_a_number_when_the_store_is_slow_and_200_once_it_is_there) {
    ChatConfig hasty;
    hasty.store_wait_ms = std::chrono::milliseconds{1};
    World world{hasty};
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {});
        auto request = text_of(group.id, "c1", "hello");

        const auto sent = co_await world.chat.post_message(world.as(ana), request);
        co_await world.drain();
        const auto again = co_await world.chat.post_message(world.as(ana), request);

        EXPECT_EQ(sent.status, 202);
        EXPECT_EQ(sent.body.seq, std::nullopt);
        EXPECT_EQ(again.status, 200);
        EXPECT_EQ(again.body.id, sent.body.id);
        EXPECT_EQ(again.body.seq, 1);
    };

    world.run(body());
}

TEST(PostMessage, is_stored_once_when_fifty_repeats_come_at_once) {
    World world;
    const UserId ana = world.person("ana");
    int created = 0;
    std::vector<MessageId> ids;
    auto one = [&](contracts::PostMessageRequest request) -> Task<void> {
        const auto sent = co_await world.chat.post_message(world.as(ana), request);
        created += sent.status == 201 ? 1 : 0;
        ids.push_back(sent.body.id);
    };
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {});
        aio::Scope scope{world.loop, "test"};
        for (int i = 0; i < 50; ++i) {
            scope.start(one(text_of(group.id, "c1", "hello")));
        }
        co_await aio::yield();
        world.start_consumer();
        while (ids.size() < 50) {
            co_await aio::yield();
        }
        co_await scope.close();
        const auto head = co_await world.messages->heads({group.id});
        EXPECT_EQ(head.front().last_seq, 1);
    };

    world.run(body());

    EXPECT_EQ(created, 1);
    EXPECT_EQ(std::set<MessageId>(ids.begin(), ids.end()).size(), 1U);
}

TEST(PostMessage, is_refused_for_a_non_member_and_in_an_archive) {
    World world;
    const UserId ana = world.person("ana");
    const UserId eve = world.person("eve");
    auto body = [&]() -> Task<void> {
        const auto hidden = co_await world.make_group(ana, {});
        const auto open = co_await world.make_group(ana, {}, "public");
        contracts::UpdateChatRequest archive;
        archive.id = hidden.id;
        archive.archived = true;

        const auto unseen =
            co_await code_of(world.chat.post_message(world.as(eve), text_of(hidden.id, "c", "x")));
        const auto seen =
            co_await code_of(world.chat.post_message(world.as(eve), text_of(open.id, "c", "x")));
        co_await world.chat.update_chat(world.as(ana), archive);
        const auto late =
            co_await code_of(world.chat.post_message(world.as(ana), text_of(hidden.id, "c", "x")));

        EXPECT_EQ(unseen, "chat.not_found");
        EXPECT_EQ(seen, "chat.not_a_member");
        EXPECT_EQ(late, "chat.archived");
        EXPECT_EQ(world.log.appends, 0);
    };

    world.run(body());
}

TEST(PostMessage, fails_as_the_log_does_and_may_be_tried_again) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {});
        auto request = text_of(group.id, "c1", "hello");
        world.log.failures_left = 1;

        const auto code = co_await code_of(world.chat.post_message(world.as(ana), request));
        const auto again = co_await world.chat.post_message(world.as(ana), request);

        EXPECT_EQ(code, "store.full");
        EXPECT_EQ(again.status, 201);
    };

    world.run(body());
}

TEST(PostMessage, uses_the_name_in_the_token_while_the_directory_is_down) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {bob});
        world.directory.is_down = true;
        world.clock.advance(std::chrono::hours{1});

        const auto known = co_await world.send(bob, group.id, "hello @bob");
        const auto unknown = co_await world.send(ana, group.id, "hello @ana");

        EXPECT_EQ(known.sender.display_name, "Display bob");
        EXPECT_EQ(known.mentions, std::vector<UserId>{bob});
        EXPECT_EQ(unknown.sender.username, "token-name");
        EXPECT_TRUE(unknown.mentions.empty());
    };

    world.run(body());
}

TEST(PostMessage, mentions_members_only) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    world.person("eve");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {bob});

        const auto sent = co_await world.send(ana, group.id, "@Bob. @eve `@ana` @bob-");

        EXPECT_EQ(sent.mentions, std::vector<UserId>{bob});
    };

    world.run(body());
}

TEST(PostMessage, mentions_those_who_came_later_and_not_those_who_left) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    const UserId eve = world.person("eve");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {bob});
        co_await world.send(ana, group.id, "@bob");
        co_await world.set_role(ana, group.id, eve, MemberRole::member);
        const contracts::ChatRef ref{group.id};
        co_await world.chat.leave_chat(world.as(bob), ref);

        const auto sent = co_await world.send(ana, group.id, "@bob @eve");

        EXPECT_EQ(sent.mentions, std::vector<UserId>{eve});
    };

    world.run(body());
}

TEST(PostMessage, replies_only_within_its_conversation) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto here = co_await world.make_group(ana, {});
        const auto there = co_await world.make_group(ana, {});
        const auto first = co_await world.send(ana, here.id, "hello");
        auto reply = text_of(here.id, "c1", "yes");
        reply.reply_to = first.id;
        auto stray = text_of(there.id, "c1", "yes");
        stray.reply_to = first.id;

        const auto good = co_await world.chat.post_message(world.as(ana), reply);
        const auto code = co_await code_of(world.chat.post_message(world.as(ana), stray));

        EXPECT_EQ(good.body.reply_to, first.id);
        EXPECT_EQ(code, "request.invalid");
    };

    world.run(body());
}

}  // namespace
}  // namespace loquat::chat
