#include "services/chat/tests/world.hpp"

namespace loquat::chat {
namespace {

TEST(AcceptMessage, returns_when_durable_and_appends_a_repeat_once) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {});
        auto request = text_of(group.id, "c1", "hello");

        const auto first = co_await world.chat.accept_message(world.as(ana), request);
        const auto again = co_await world.chat.accept_message(world.as(ana), request);

        EXPECT_EQ(first.id, again.id);
        EXPECT_EQ(first.created_at, again.created_at);
        EXPECT_EQ(world.log.appends, 1);
    };

    world.run(body());
}

TEST(AcceptMessages, takes_all_in_their_order_up_to_the_first_that_is_refused) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {});
        contracts::AcceptMessagesRequest request{
            {text_of(group.id, "c1", "one"), text_of(group.id, "c2", "two"),
             text_of(group.id, "c3", ""), text_of(group.id, "c4", "four")}};

        const auto answer = co_await world.chat.accept_messages(world.as(ana), request);

        EXPECT_EQ(answer.accepted, 2);
        EXPECT_TRUE(answer.refused.has_value());
        EXPECT_EQ(answer.refused.value_or(contracts::RefusedMessage{}).status, 422);
        EXPECT_EQ(world.log.appends, 2);
    };

    world.run(body());
}

TEST(ImportMessages, takes_all_but_the_refused_ones_each_from_its_sender) {
    World world;
    const UserId ana = world.person("ana");
    const UserId eve = world.person("eve");
    const UserId stranger = world.person("stranger");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {eve});
        const contracts::ImportMessagesRequest request{{
            {ana, "ana", text_of(group.id, "c1", "one")},
            {stranger, "stranger", text_of(group.id, "c2", "two")},
            {eve, "eve", text_of(group.id, "c3", "")},
            {eve, "eve", text_of(group.id, "c4", "four")},
        }};

        const auto answer = co_await world.chat.import_messages(world.as(ana), request);
        co_await world.chat.import_messages(world.as(ana), request);
        const auto last = co_await world.send(ana, group.id, "last");

        EXPECT_EQ(answer.refused.size(), 2U);
        EXPECT_EQ(answer.refused.at(0).index, 1);
        EXPECT_EQ(answer.refused.at(0).code, "chat.not_found");
        EXPECT_EQ(answer.refused.at(1).index, 2);
        EXPECT_EQ(answer.refused.at(1).code, "message.empty");
        const auto page = co_await world.chat.list_messages(world.as(ana), {.id = group.id});
        EXPECT_EQ(last.seq, 3);
        EXPECT_EQ(page.items.at(0).sender.username, "ana");
        EXPECT_EQ(page.items.at(1).sender.username, "eve");
        EXPECT_EQ(page.items.at(1).text, "four");
    };

    world.run(body());
}

TEST(AcceptMessages, takes_none_when_all_were_asked_for_and_one_is_refused) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {});
        contracts::AcceptMessagesRequest request{
            {text_of(group.id, "c1", "one"), text_of(ChatId::make(), "c2", "elsewhere"),
             text_of(group.id, "c3", "three")},
            contracts::AcceptMode::all_or_none};

        const auto answer = co_await world.chat.accept_messages(world.as(ana), request);
        request.items.erase(request.items.begin() + 1);
        request.items[0].text = "not the text that was refused";
        const auto again = co_await world.chat.accept_messages(world.as(ana), request);

        EXPECT_EQ(answer.accepted, 0);
        EXPECT_EQ(answer.refused.value_or(contracts::RefusedMessage{}).code, "chat.not_found");
        EXPECT_EQ(again.accepted, 2);
        EXPECT_EQ(world.log.appends, 2);
    };

    world.run(body());
}

// A RECEIPT says that it counts, so that the consumer's word comes too late.
TEST(AcceptMessages, knows_client_ids_of_before_a_restart_before_it_promises) {
    ChatConfig forgetful;
    forgetful.repeats_cached_max = 1;
    World world{forgetful};
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {});
        const auto first =
            co_await world.chat.post_message(world.as(ana), text_of(group.id, "c1", "hello"));
        co_await world.chat.post_message(world.as(ana), text_of(group.id, "c2", "in between"));
        const contracts::AcceptMessagesRequest both{
            {text_of(group.id, "c3", "new"), text_of(group.id, "c1", "good bye")},
            contracts::AcceptMode::all_or_none};

        const auto code = co_await code_of(
            world.chat.accept_message(world.as(ana), text_of(group.id, "c1", "good bye")));
        const auto refused = co_await world.chat.accept_messages(world.as(ana), both);
        const auto same =
            co_await world.chat.accept_message(world.as(ana), text_of(group.id, "c1", "hello"));

        EXPECT_EQ(code, "message.client_id_conflict");
        EXPECT_EQ(refused.accepted, 0);
        EXPECT_EQ(refused.refused.value_or(contracts::RefusedMessage{}).code,
                  "message.client_id_conflict");
        EXPECT_EQ(same.id, first.body.id);
        EXPECT_EQ(world.log.appends, 2);
    };

    world.run(body());
}

TEST(AcceptMessages, takes_none_when_the_log_is_full) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {});
        const contracts::AcceptMessagesRequest request{
            {text_of(group.id, "c1", "one"), text_of(group.id, "c2", "two")},
            contracts::AcceptMode::all_or_none};
        world.log.failures_left = 1;

        std::string code;
        try {
            (void)co_await world.chat.accept_messages(world.as(ana), request);
        } catch (const Failure& failure) {
            code = failure.code;
        }

        EXPECT_EQ(code, "store.full");
        EXPECT_EQ(world.log.appends, 0);
    };

    world.run(body());
}

}  // namespace
}  // namespace loquat::chat
