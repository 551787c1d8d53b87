#include "contracts/chat/broadcasts.hpp"
#include "contracts/events/topics.hpp"
#include "services/chat/domain/activity.hpp"
#include "services/chat/tests/assistant_world.hpp"
#include "store/broadcast/publish.hpp"

namespace loquat::chat {
namespace {

using contracts::AssistantChange;
using contracts::UpdateChatRequest;
using namespace std::chrono_literals;

// Code and field of the refusal, or "ok".
template <class T>
Task<std::string> refusal_of(Task<T> task) {
    try {
        co_await std::move(task);
    } catch (const Failure& failure) {
        co_return failure.code + " " + (failure.fields.empty() ? "" : failure.fields[0].field);
    }
    co_return "ok";
}

TEST(ListMessages, refuses_both_directions_at_once) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_group(ana, {});
        contracts::ListMessagesRequest request;
        request.id = chat.id;
        request.before_seq = 1;
        request.after_seq = 1;

        const auto refusal =
            co_await refusal_of(world.chat.list_messages(world.as(ana), std::move(request)));

        EXPECT_EQ(refusal, "request.invalid after_seq");
    };

    world.run(body());
}

TEST(AssistantSettings, are_taken_away_by_null) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {});
        UpdateChatRequest set;
        set.id = made.id;
        set.assistant = AssistantChange{
            .model = "large", .system_prompt = "Be kind.", .temperature = 1.0, .max_tokens = 9};
        co_await world.chat.update_chat(world.as(ana), set);
        auto clear = wire::from_json<UpdateChatRequest>(
            R"({"id":")" + made.id.to_string() +
            R"(","assistant":{"model":null,"system_prompt":null,"max_tokens":null}})");
        auto none = wire::from_json<UpdateChatRequest>(R"({"id":")" + made.id.to_string() +
                                                       R"(","assistant":null})");

        const auto cleared = co_await world.chat.update_chat(world.as(ana), clear);
        const auto removed = co_await world.chat.update_chat(world.as(ana), none);

        EXPECT_EQ(cleared.assistant->model, std::nullopt);
        EXPECT_EQ(cleared.assistant->system_prompt, std::nullopt);
        EXPECT_EQ(cleared.assistant->max_tokens, std::nullopt);
        EXPECT_EQ(cleared.assistant->temperature, 1.0);
        EXPECT_EQ(removed.assistant, std::nullopt);
        EXPECT_FALSE(removed.assistant_may_be_asked);
    };

    world.run_assistants(body());
}

TEST(AssistantSettings, are_refused_with_control_characters_and_unknown_models) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {});
        UpdateChatRequest zero;
        zero.id = made.id;
        zero.assistant = AssistantChange{.system_prompt = std::string{"a\0b", 3}};
        UpdateChatRequest unknown;
        unknown.id = made.id;
        unknown.assistant = AssistantChange{.model = "none"};
        contracts::CreateChatRequest creation;
        creation.kind = ChatKind::assistant;
        creation.assistant = contracts::AssistantSettings{.model = "none"};

        const auto first = co_await refusal_of(world.chat.update_chat(world.as(ana), zero));
        const auto second = co_await refusal_of(world.chat.update_chat(world.as(ana), unknown));
        const auto third = co_await refusal_of(world.chat.create_chat(world.as(ana), creation));

        EXPECT_EQ(first, "request.invalid assistant.system_prompt");
        EXPECT_EQ(second, "model.unknown assistant.model");
        EXPECT_EQ(third, "model.unknown assistant.model");
    };

    world.run_assistants(body());
}

TEST(BadTexts, are_refused_under_the_name_that_was_sent) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto asked = co_await refusal_of(world.ask(ana, chat.id, ""));
        contracts::SendChatRequest send;
        send.message = "a\x01";
        const auto sent =
            co_await refusal_of(world.generations->send_chat(world.as(ana), std::move(send)));
        contracts::SendChatRequest unknown;
        unknown.message = "a";
        unknown.model = "none";
        const auto of_none =
            co_await refusal_of(world.generations->send_chat(world.as(ana), std::move(unknown)));
        const auto posted = co_await refusal_of(world.chat.post_message(
            world.as(ana), text_of(chat.id, "1", std::string(16'001, 'x'))));

        EXPECT_EQ(asked, "message.empty prompt");
        EXPECT_EQ(sent, "message.control_character message");
        EXPECT_EQ(of_none, "model.unknown model");
        EXPECT_EQ(posted, "message.too_long text");
    };

    world.run_assistants(body());
}

TEST(StreamGeneration, says_that_nothing_follows_the_last_event) {
    AssistantWorld world;
    world.models.echo = "sure";
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto chat = co_await world.make_assistant_chat(ana);
        const auto started = co_await world.ask(ana, chat.id, "Hello");
        const auto ended = co_await world.wait_for_end(ana, started.generationId);

        const auto last = ended.last_event_id;
        contracts::StreamGenerationRequest request{started.generationId, last};
        const auto feed = co_await world.generations->stream_generation(world.as(ana), request);
        const auto done = co_await world.read_stream(ana, started.generationId, last - 1);
        EXPECT_EQ(feed, nullptr);
        EXPECT_NE(done, "");
    };

    world.run_assistants(body());
}

TEST(Activity, goes_on_behind_the_last_place_when_the_clock_was_set_back) {
    Activity activity;
    const Time now = from_unix_ms(1'000'000'000);
    const Time future = now + 24h;

    activity.begin_after(future);
    const Time first = activity.place_of(now);
    const Time second = activity.place_of(now + 1s);
    const Time later = activity.place_of(future + 1h);

    EXPECT_GT(first, future);
    EXPECT_GT(second, first);
    EXPECT_EQ(later, future + 1h);
}

TEST(Activity, lets_messages_overtake_one_another_a_little) {
    Activity activity;
    const Time now = from_unix_ms(1'000'000'000);

    EXPECT_EQ(activity.place_of(now), now);
    EXPECT_EQ(activity.place_of(now - 5ms), now - 5ms);
    EXPECT_EQ(activity.place_of(now + 1ms), now + 1ms);
}

TEST(ListChats, keeps_the_newest_on_top_after_the_clock_was_set_back) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        world.clock.advance(48h);
        const auto future = co_await world.make_group(ana, {});
        co_await world.send(ana, future.id, "from the future");
        world.clock.advance(-48h);
        const auto fresh = co_await world.make_group(ana, {});
        co_await world.send(ana, fresh.id, "now");

        const auto page =
            co_await world.chat.list_chats(world.as(ana), contracts::ListChatsRequest{});

        EXPECT_EQ(page.items.front().id, fresh.id);
    };

    world.run(body());
}

TEST(ListChats, leaves_what_is_told_again_at_its_place) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto old = co_await world.make_group(ana, {});
        const auto message = co_await world.send(ana, old.id, "long ago");
        world.clock.advance(1h);
        const auto fresh = co_await world.make_group(ana, {});
        co_await world.send(ana, fresh.id, "now");
        co_await world.settle_down(50);

        const auto found = co_await world.messages->find_by_id(message.id);
        const contracts::StoredEvent event{contracts::OutcomeKind::stored, *found, true};
        store::publish(world.broadcast, contracts::topics::chat_stored, event);
        co_await world.settle_down(50);
        const auto page =
            co_await world.chat.list_chats(world.as(ana), contracts::ListChatsRequest{});

        EXPECT_EQ(page.items.front().id, fresh.id);
    };

    world.run(body());
}

}  // namespace
}  // namespace loquat::chat
