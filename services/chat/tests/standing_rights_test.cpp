#include "services/chat/domain/assistant.hpp"
#include "services/chat/tests/assistant_world.hpp"

// The right to read, to ask and to be asked, while something stays open.
namespace loquat::chat {
namespace {

using namespace std::chrono_literals;
using Lost = std::function<Task<void>(AssistantWorld&, UserId owner, UserId member, ChatId chat)>;

Steady soon() { return std::chrono::steady_clock::now() + 20s; }

Task<std::string> code_of(Task<void> call) {
    std::string code = "none";
    try {
        co_await std::move(call);
    } catch (const Failure& failure) {
        code = failure.code;
    }
    co_return code;
}

Task<void> remove(AssistantWorld& world, UserId owner, UserId member, ChatId chat) {
    const contracts::MemberRef ref{chat, member};
    co_await world.chat.remove_member(world.as(owner), ref);
}

Task<void> leave(AssistantWorld& world, UserId, UserId member, ChatId chat) {
    const contracts::ChatRef ref{chat};
    co_await world.chat.leave_chat(world.as(member), ref);
}

Task<void> delete_chat(AssistantWorld& world, UserId owner, UserId, ChatId chat) {
    const contracts::ChatRef ref{chat};
    co_await world.chat.delete_chat(world.as(owner), ref);
}

Task<void> switch_off(AssistantWorld& world, UserId owner, UserId, ChatId chat) {
    contracts::UpdateChatRequest change;
    change.id = chat;
    change.assistant = contracts::AssistantChange{.enabled = false};
    co_await world.chat.update_chat(world.as(owner), change);
}

Task<void> archive(AssistantWorld& world, UserId owner, UserId, ChatId chat) {
    contracts::UpdateChatRequest change;
    change.id = chat;
    change.archived = true;
    co_await world.chat.update_chat(world.as(owner), change);
}

Task<contracts::FeedPtr<contracts::EventText>> open_stream(AssistantWorld& world, UserId user,
                                                           std::string id) {
    contracts::StreamGenerationRequest request{std::move(id), 0};
    return world.generations->stream_generation(world.as(user), std::move(request));
}

struct LossOfReading {
    std::string name;
    Lost lose;
};

class StreamOf : public testing::TestWithParam<LossOfReading> {};

TEST_P(StreamOf, an_answer_ends_without_a_further_event_when_the_right_to_read_is_lost) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {bob});
        const auto started = co_await world.ask(ana, group.id, "Tell.");
        const auto answer = co_await world.models.next();
        auto feed = co_await open_stream(world, bob, started.generationId);
        answer->say("Once ");
        std::string seen;
        while (text_of_stream(seen).empty()) {
            for (const auto& piece : co_await feed->next(soon())) {
                seen += piece.text;
            }
        }

        co_await GetParam().lose(world, ana, bob, group.id);
        answer->say("upon a time");
        answer->end();

        EXPECT_TRUE((co_await feed->next(soon())).empty());
        EXPECT_EQ(text_of_stream(seen), "Once ");
        EXPECT_EQ(
            co_await code_of([](AssistantWorld& in, UserId user, std::string id) -> Task<void> {
                co_await in.get(user, id);
            }(world, bob, started.generationId)),
            "generation.not_found");
    };

    world.run_assistants(body());
    EXPECT_EQ(world.rights.size(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Rights, StreamOf,
                         testing::Values(LossOfReading{"removed", remove},
                                         LossOfReading{"left", leave},
                                         LossOfReading{"chat_deleted", delete_chat}),
                         [](const auto& info) { return info.param.name; });

TEST(StreamOfAnAnswer, goes_on_for_who_stays_in_the_room) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {bob});
        const auto started = co_await world.ask(ana, group.id, "Tell.");
        const auto answer = co_await world.models.next();
        auto feed = co_await open_stream(world, ana, started.generationId);

        co_await remove(world, ana, bob, group.id);
        answer->say("All of it.");
        answer->end();

        std::string seen;
        for (;;) {
            const auto pieces = co_await feed->next(soon());
            if (pieces.empty()) {
                break;
            }
            for (const auto& piece : pieces) {
                seen += piece.text;
            }
        }
        EXPECT_EQ(types_of_stream(seen).back(), "done");
        EXPECT_EQ(text_of_stream(seen), "All of it.");
    };

    world.run_assistants(body());
}

struct LossOfAsking {
    std::string name;
    Lost lose;
    GenerationState state;
    std::string error;  // of a failed one
};

class AnswerThatWaits : public testing::TestWithParam<LossOfAsking> {};

TEST_P(AnswerThatWaits, is_not_written_when_the_right_to_ask_is_lost) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto own = co_await world.make_assistant_chat(bob);
        const auto group = co_await world.make_group(ana, {bob});
        const auto first = co_await world.ask(bob, own.id, "Run.");
        const auto running = co_await world.models.next();
        const auto waiting = co_await world.ask(bob, group.id, "Wait.");
        const auto later = co_await world.ask(bob, own.id, "Then this.");

        co_await GetParam().lose(world, ana, bob, group.id);
        running->say("Done.");
        running->end();

        const auto next = co_await world.models.next();
        EXPECT_EQ(next->request.generationId, later.generationId);
        next->say("This.");
        next->end();
        co_await world.wait_for_end(bob, later.generationId);
        const auto id = *GenerationId::parse(waiting.generationId);
        const auto record = co_await world.generations_store->find(id);
        EXPECT_EQ(record->state, GetParam().state);
        EXPECT_EQ(record->error ? record->error->code : "", GetParam().error);
        EXPECT_FALSE(record->answer);
        EXPECT_EQ(world.models.asked, 2);
    };

    world.run_assistants(body());
}

INSTANTIATE_TEST_SUITE_P(
    Rights, AnswerThatWaits,
    testing::Values(LossOfAsking{"removed", remove, GenerationState::canceled, ""},
                    LossOfAsking{"left", leave, GenerationState::canceled, ""},
                    LossOfAsking{"chat_deleted", delete_chat, GenerationState::canceled, ""},
                    LossOfAsking{"assistant_off", switch_off, GenerationState::failed,
                                 "chat.assistant_off"},
                    LossOfAsking{"archived", archive, GenerationState::failed, "chat.archived"}),
    [](const auto& info) { return info.param.name; });

TEST(AnswerThatWaited, is_not_written_when_the_quota_was_used_up_meanwhile) {
    AssistantWorld world{ChatConfig{.tokens_per_day_max = 1'000}};
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto own = co_await world.make_assistant_chat(ana);
        co_await world.ask(ana, own.id, "Run.");
        const auto running = co_await world.models.next();
        const auto waiting = co_await world.ask(ana, own.id, "Wait.");

        world.ledger.tokens = 1'000;
        running->say("Done.");
        running->end();

        const auto ended = co_await world.wait_for_end(ana, waiting.generationId);
        EXPECT_EQ(ended.state, GenerationState::failed);
        EXPECT_EQ(ended.error ? ended.error->code : "", "usage.quota_exceeded");
        EXPECT_EQ(world.models.asked, 1);
    };

    world.run_assistants(body());
}

class AnswerThatRuns : public testing::TestWithParam<LossOfAsking> {};

TEST_P(AnswerThatRuns, is_stopped_and_gives_its_place_back) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto own = co_await world.make_assistant_chat(bob);
        const auto group = co_await world.make_group(ana, {bob});
        const auto started = co_await world.ask(bob, group.id, "Run.");
        const auto running = co_await world.models.next();
        const auto waiting = co_await world.ask(bob, own.id, "Then this.");

        co_await GetParam().lose(world, ana, bob, group.id);

        const auto next = co_await world.models.next();
        EXPECT_EQ(next->request.generationId, waiting.generationId);
        EXPECT_TRUE(running->is_canceled());
        next->say("This.");
        next->end();
        co_await world.wait_for_end(bob, waiting.generationId);
        const auto id = *GenerationId::parse(started.generationId);
        const auto record = co_await world.generations_store->find(id);
        EXPECT_EQ(record->state, GetParam().state);
        EXPECT_EQ(record->error ? record->error->code : "", GetParam().error);
    };

    world.run_assistants(body());
}

INSTANTIATE_TEST_SUITE_P(
    Rights, AnswerThatRuns,
    testing::Values(LossOfAsking{"removed", remove, GenerationState::canceled, ""},
                    LossOfAsking{"left", leave, GenerationState::canceled, ""},
                    LossOfAsking{"chat_deleted", delete_chat, GenerationState::canceled, ""},
                    LossOfAsking{"assistant_off", switch_off, GenerationState::failed,
                                 "chat.assistant_off"}),
    [](const auto& info) { return info.param.name; });

TEST(AnswerThatRunsForOthers, goes_on_when_somebody_else_leaves) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {bob});
        const auto started = co_await world.ask(ana, group.id, "Run.");
        const auto running = co_await world.models.next();

        co_await leave(world, ana, bob, group.id);
        running->say("Done.");
        running->end();

        const auto ended = co_await world.wait_for_end(ana, started.generationId);
        EXPECT_EQ(ended.state, GenerationState::succeeded);
    };

    world.run_assistants(body());
}

TEST(SendChat, gives_no_answer_to_who_was_removed_while_it_waited) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    std::string code;
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {bob});
        aio::Scope scope{world.loop, "sending"};
        scope.start(
            [](AssistantWorld& in, UserId user, ChatId chat, std::string& out) -> Task<void> {
                contracts::SendChatRequest request;
                request.chat_id = chat;
                request.message = "Tell.";
                out = co_await code_of([](AssistantWorld& where, UserId who,
                                          contracts::SendChatRequest what) -> Task<void> {
                    co_await where.generations->send_chat(where.as(who), std::move(what));
                }(in, user, std::move(request)));
            }(world, bob, group.id, code));
        const auto running = co_await world.models.next();
        running->say("A secret.");

        co_await remove(world, ana, bob, group.id);

        while (code.empty()) {
            co_await yield();
        }
        co_await scope.close();
    };

    world.run_assistants(body());
    EXPECT_EQ(code, "generation.not_found");
}

// Every kind and setting: what the conversation says of asking, and what asking does.
struct Setting {
    std::string name;
    ChatKind kind;
    std::optional<AssistantSettings> assistant;
    bool is_on;
};

class MayBeAsked : public testing::TestWithParam<Setting> {};

TEST_P(MayBeAsked, says_what_a_question_and_a_mention_do) {
    const Setting& setting = GetParam();
    AssistantWorld world;
    world.models.echo = "yes";
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        contracts::CreateChatRequest creation;
        creation.kind = setting.kind;
        creation.title = setting.kind == ChatKind::group ? "Room" : "";
        creation.assistant = setting.assistant;
        if (setting.kind == ChatKind::direct) {
            creation.member_ids = {bob};
        }
        const auto made = co_await world.chat.create_chat(world.as(ana), creation);

        const std::string code =
            co_await code_of([](AssistantWorld& in, UserId user, ChatId chat) -> Task<void> {
                const auto started = co_await in.ask(user, chat, "Hello?");
                co_await in.wait_for_end(user, started.generationId);
            }(world, ana, made.body.id));
        const int asked = world.models.asked;
        co_await world.send(ana, made.body.id, "@assistant hello");
        co_await world.settle_down(300);
        const int mentioned = world.models.asked - asked;

        EXPECT_EQ(made.body.assistant_may_be_asked, setting.is_on);
        EXPECT_EQ(may_be_asked(setting.kind, setting.assistant), setting.is_on);
        EXPECT_EQ(code, setting.is_on ? "none" : "chat.assistant_off");
        EXPECT_EQ(asked, setting.is_on ? 1 : 0);
        const bool answers_mentions = setting.is_on && setting.kind != ChatKind::assistant;
        EXPECT_EQ(mentioned, answers_mentions ? 1 : 0);
    };

    world.run_assistants(body());
}

INSTANTIATE_TEST_SUITE_P(
    Rights, MayBeAsked,
    testing::Values(
        Setting{"direct", ChatKind::direct, std::nullopt, false},
        Setting{"room_untouched", ChatKind::group, std::nullopt, false},
        Setting{"room_set_up", ChatKind::group, AssistantSettings{.model = "large"}, true},
        Setting{"room_on", ChatKind::group, AssistantSettings{.enabled = true}, true},
        Setting{"room_off", ChatKind::group, AssistantSettings{.model = "large", .enabled = false},
                false},
        Setting{"assistant_untouched", ChatKind::assistant, std::nullopt, true},
        Setting{"assistant_set_up", ChatKind::assistant, AssistantSettings{.model = "large"}, true},
        Setting{"assistant_on", ChatKind::assistant, AssistantSettings{.enabled = true}, true},
        Setting{"assistant_off", ChatKind::assistant, AssistantSettings{.enabled = false}, false}),
    [](const auto& info) { return info.param.name; });

TEST(AssistantMayBeAsked, is_false_in_archived_rooms_and_for_strangers) {
    AssistantWorld world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {}, "public");
        const contracts::ChatRef ref{group.id};

        const auto seen_by_stranger = co_await world.chat.get_chat(world.as(bob), ref);
        EXPECT_FALSE(seen_by_stranger.assistant_may_be_asked);
        EXPECT_TRUE((co_await world.chat.get_chat(world.as(ana), ref)).assistant_may_be_asked);

        co_await archive(world, ana, bob, group.id);
        EXPECT_FALSE((co_await world.chat.get_chat(world.as(ana), ref)).assistant_may_be_asked);
    };

    world.run_assistants(body());
}

}  // namespace
}  // namespace loquat::chat
