#include "contracts/chat/broadcasts.hpp"
#include "services/chat/tests/assistant_world.hpp"

// Assistants among people: mentions, live events, titles and the one call.
namespace loquat::chat {
namespace {

using namespace std::chrono_literals;

std::vector<wire::Value> generation_events(const AssistantWorld& world, const ChatId& chat) {
    std::vector<wire::Value> events;
    for (const auto& [topic, payload] : world.broadcast.published) {
        if (topic == contracts::topics::chat_room.name(chat)) {
            const auto event = contracts::decode<contracts::RoomEvent>(*payload);
            if (event->type == "generation") {
                events.push_back(wire::parse(event->body));
            }
        }
    }
    return events;
}

TEST(Mention, of_the_assistant_asks_it_with_the_names_of_those_who_wrote) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {bob});
        co_await world.send(bob, group.id, "I like plums");

        const auto asked = co_await world.send(ana, group.id, "@Assistant, what does he like?");

        const auto answer = co_await world.models.next();
        const auto& given = answer->request.messages;
        EXPECT_EQ(given.size(), 3U);
        EXPECT_EQ(given[0].role, contracts::PromptRole::system);
        EXPECT_EQ(given[1].content, "Display bob: I like plums");
        EXPECT_EQ(given[2].content, "Display ana: @Assistant, what does he like?");
        answer->say("Plums.");
        answer->end();
        const auto made = co_await world.wait_for_end(ana, answer->request.generationId);
        EXPECT_EQ(made.user_id, ana);
        EXPECT_EQ(made.prompt_message_id, asked.id);
    };

    world.run_assistants(body());
}

TEST(Mention, is_answered_once_however_often_it_is_told) {
    AssistantWorld world;
    world.models.echo = "yes";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {});
        co_await world.send(ana, group.id, "@assistant ?");
        co_await world.settle_down(200);
        const auto published = world.broadcast.published;
        co_await world.crash();

        for (const auto& [topic, payload] : published) {
            if (topic == contracts::topics::chat_stored.name()) {
                world.broadcast.publish(topic, payload);
            }
        }
        co_await world.settle_down(200);

        EXPECT_EQ(world.models.asked, 1);
        EXPECT_EQ((co_await world.history(ana, group.id)).size(), 2U);
    };

    world.run_assistants(body());
}

TEST(Mention, in_a_prompt_asks_no_second_time) {
    AssistantWorld world;
    world.models.echo = "yes";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {});

        const auto started = co_await world.ask(ana, group.id, "@assistant hello");
        co_await world.wait_for_end(ana, started.generationId);
        co_await world.settle_down(200);

        EXPECT_EQ(world.models.asked, 1);
    };

    world.run_assistants(body());
}

TEST(Mention, is_ignored_where_the_assistant_is_off_and_in_code) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {});
        co_await world.send(ana, group.id, "`@assistant` and mail@assistant and @assistants");
        contracts::UpdateChatRequest change;
        change.id = group.id;
        change.assistant = contracts::AssistantChange{.enabled = false};
        co_await world.chat.update_chat(world.as(ana), change);
        co_await world.send(ana, group.id, "@assistant hello");
        co_await world.settle_down(200);

        EXPECT_EQ(world.models.asked, 0);
    };

    world.run_assistants(body());
}

TEST(Mention, of_two_people_is_answered_for_both_at_once) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {bob});
        co_await world.send(ana, group.id, "@assistant one");
        co_await world.send(bob, group.id, "@assistant two");

        const auto first = co_await world.models.next();
        const auto second = co_await world.models.next();

        const auto subscribed =
            co_await world.chat.check_subscription(world.as(bob), contracts::ChatRef{group.id});
        EXPECT_EQ(subscribed.generations.size(), 2U);
        EXPECT_EQ(subscribed.generations[0].user_id, ana);
        EXPECT_EQ(subscribed.generations[1].user_id, bob);
        first->end();
        second->end();
    };

    world.run_assistants(body());
}

TEST(PlainMessage, to_an_assistant_starts_no_answer) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);

        co_await world.send(ana, chat.id, "@assistant hello");
        co_await world.settle_down(200);

        EXPECT_EQ(world.models.asked, 0);
    };

    world.run_assistants(body());
}

TEST(Cancel, belongs_to_who_asked_and_to_admins) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    const UserId cid = world.person("cid");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {bob, cid});
        const auto started = co_await world.ask(bob, group.id, "Hello");
        const contracts::GenerationRef ref{started.generationId};

        const auto other =
            co_await code_of(world.generations->cancel_generation(world.as(cid), ref));
        const auto owner =
            co_await code_of(world.generations->cancel_generation(world.as(ana), ref));

        EXPECT_EQ(other, "chat.forbidden");
        EXPECT_EQ(owner, "ok");
    };

    world.run_assistants(body());
}

TEST(CachedConversation, hears_every_event_and_newcomers_get_the_text_so_far) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {});
        const auto started = co_await world.ask(ana, group.id, "Hello");
        const auto answer = co_await world.models.next();
        answer->say("Good ");
        co_await world.settle_down();

        const auto subscribed =
            co_await world.chat.check_subscription(world.as(ana), contracts::ChatRef{group.id});
        answer->say("day");
        answer->end();
        co_await world.wait_for_end(ana, started.generationId);

        EXPECT_EQ(subscribed.generations.size(), 1U);
        EXPECT_EQ(subscribed.generations.front().text, "Good ");
        EXPECT_EQ(subscribed.generations.front().event_id, 2);
        const auto events = generation_events(world, group.id);
        EXPECT_EQ(events.size(), 6U);
        EXPECT_EQ(*events[0].find("user_id")->if_string(), ana.to_string());
        EXPECT_EQ(*events[0].find("model")->if_string(), "small");
        EXPECT_EQ(*events[0].find("prompt_message_id")->if_string(),
                  started.message->id.to_string());
        EXPECT_EQ(events[1].find("user_id"), nullptr);
        EXPECT_EQ(wire::to_json(*events[2].find("event")), R"({"type":"delta","delta":"day"})");
        EXPECT_EQ(wire::to_json(*events[5].find("event")), R"({"type":"done"})");
    };

    world.run_assistants(body());
}

TEST(DeleteMessage, of_an_answer_takes_its_text_out_of_the_stream_too) {
    AssistantWorld world;
    world.models.echo = "to be forgotten";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        const auto ended = co_await world.wait_for_end(ana, started.generationId);
        contracts::MessageRef answer{chat.id, *ended.message_id};

        co_await world.chat.delete_message(world.as(ana), std::move(answer));
        co_await world.settle_down();

        const std::string stream = co_await world.read_stream(ana, started.generationId);
        EXPECT_EQ(stream.find("forgotten"), std::string::npos);
        EXPECT_EQ(text_of_stream(stream), "");
        const auto now = co_await world.get(ana, started.generationId);
        EXPECT_EQ(now.text, "");
        EXPECT_EQ(now.last_event_id, ended.last_event_id);
        const auto stored =
            co_await world.generations_store->find(*GenerationId::parse(started.generationId));
        EXPECT_EQ(stored->text, "");
    };

    world.run_assistants(body());
}

TEST(Title, is_made_after_the_first_answer_and_never_replaces_one) {
    AssistantWorld world;
    world.models.echo = "an answer";
    world.models.title = "\"About plums.\"\nmore";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto first = co_await world.ask(ana, chat.id, "Plums?");
        co_await world.wait_for_end(ana, first.generationId);
        co_await world.settle_down(200);
        const auto titled = co_await world.chat.get_chat(world.as(ana), {chat.id});
        const auto second = co_await world.ask(ana, chat.id, "More");
        co_await world.wait_for_end(ana, second.generationId);
        co_await world.settle_down(200);

        EXPECT_EQ(titled.title, "About plums");
        EXPECT_EQ(world.models.titles_asked, 1);
        const auto heard = world.broadcast.user_events(ana);
        EXPECT_NE(std::ranges::find(heard, "chat_changed"), heard.end());
        const auto used = co_await world.usage();
        EXPECT_EQ(std::ranges::count(used, contracts::UsagePurpose::title,
                                     &contracts::UsageRecord::purpose),
                  1);
    };

    world.run_assistants(body());
}

TEST(SendChat, makes_a_conversation_and_waits_for_the_answer) {
    AssistantWorld world;
    world.models.echo = "good day";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        contracts::SendChatRequest request;
        request.message = "Hello";

        const auto sent = co_await world.generations->send_chat(world.as(ana), request);

        EXPECT_EQ(sent.message.text, "Hello");
        EXPECT_EQ(sent.reply.text, "good day ");
        EXPECT_EQ(sent.reply.seq, 2);
        EXPECT_EQ(sent.usage.outputTokens, 5);
        const auto chat = co_await world.chat.get_chat(world.as(ana), {sent.chat_id});
        EXPECT_EQ(chat.kind, ChatKind::assistant);
    };

    world.run_assistants(body());
}

TEST(SendChat, names_the_answer_that_did_not_come_in_time) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        contracts::SendChatRequest request;
        request.message = "Hello";
        contracts::Caller caller = world.as(ana);
        caller.deadline = std::chrono::steady_clock::now() + 350ms;
        std::string id;
        std::string code;

        try {
            co_await world.generations->send_chat(caller, request);
        } catch (const Failure& failure) {
            code = failure.code;
            id = failure.extra.at(0).second;
        }
        const auto answer = co_await world.models.next();
        answer->say("late");
        answer->end();

        EXPECT_EQ(code, "upstream.timeout");
        EXPECT_EQ((co_await world.wait_for_end(ana, id)).text, "late");
    };

    world.run_assistants(body());
}

TEST(SendChat, is_harmless_when_repeated_and_makes_nothing_when_refused) {
    AssistantWorld world;
    world.models.echo = "good day";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        contracts::SendChatRequest request;
        request.message = "Hello";
        request.client_id = "s1";
        const auto first = co_await world.generations->send_chat(world.as(ana), request);
        const auto again = co_await world.generations->send_chat(world.as(ana), request);
        request.client_id = "s2";
        request.model = "none";

        const auto code = co_await code_of(world.generations->send_chat(world.as(ana), request));

        EXPECT_EQ(again.reply.id, first.reply.id);
        EXPECT_EQ(world.models.asked, 1);
        EXPECT_EQ(code, "model.unknown");
        const auto chats = co_await world.chat.list_chats(world.as(ana), {});
        EXPECT_EQ(chats.items.size(), 1U);
    };

    world.run_assistants(body());
}

TEST(ListGenerations, know_the_place_of_an_answer_that_never_began) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {});
        co_await world.send(ana, group.id, "@assistant one");
        const auto first = co_await world.models.next();
        co_await world.send(ana, group.id, "in between");
        const auto asked = co_await world.send(ana, group.id, "@assistant two");
        co_await world.settle_down(200);
        contracts::ListGenerationsRequest request;
        request.id = group.id;
        const auto listed = co_await world.generations->list_generations(world.as(ana), request);
        const auto second = *GenerationId::parse(listed.items.front().generationId);

        co_await world.generations->cancel_generation(world.as(ana), {second.to_string()});
        co_await world.wait_for_end(ana, second.to_string());
        first->end();

        const auto kept = co_await world.generations_store->find(second);
        EXPECT_EQ(listed.items.size(), 2U);
        EXPECT_EQ(kept->prompt, asked.id);
        EXPECT_EQ(kept->state, GenerationState::canceled);
        EXPECT_EQ(kept->prompt_seq, 3);
    };

    world.run_assistants(body());
}

TEST(ListGenerations, pages_from_the_newest) {
    AssistantWorld world;
    world.models.echo = "yes";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        std::vector<std::string> made;
        for (int i = 0; i < 3; ++i) {
            const auto started = co_await world.ask(ana, chat.id, "Hello");
            co_await world.wait_for_end(ana, started.generationId);
            made.push_back(started.generationId);
        }
        contracts::ListGenerationsRequest request;
        request.id = chat.id;
        request.limit = 2;

        const auto first = co_await world.generations->list_generations(world.as(ana), request);
        request.cursor = first.next_cursor;
        const auto second = co_await world.generations->list_generations(world.as(ana), request);
        request.cursor = "nonsense";
        const auto code =
            co_await code_of(world.generations->list_generations(world.as(ana), request));

        EXPECT_EQ(first.items.size(), 2U);
        EXPECT_EQ(first.items[0].generationId, made[2]);
        EXPECT_EQ(second.items.size(), 1U);
        EXPECT_EQ(second.items[0].generationId, made[0]);
        EXPECT_FALSE(second.next_cursor.has_value());
        EXPECT_EQ(code, "request.invalid");
    };

    world.run_assistants(body());
}

}  // namespace
}  // namespace loquat::chat
