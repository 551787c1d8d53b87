#include "services/chat/domain/assistant.hpp"
#include "services/chat/tests/assistant_world.hpp"

// The right to read, to ask and to be asked, while something stays open.
namespace loquat::chat {
namespace {

using namespace std::chrono_literals;
using Lost = std::function<Task<void>(AssistantWorld&, UserId owner, UserId member, ChatId chat)>;

Steady soon() { return std::chrono::steady_clock::now() + 20s; }

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

// Two people, a room of both, and an assistant of the second one alone.
struct Scene : AssistantWorld {
    using AssistantWorld::AssistantWorld;

    const UserId ana = person("ana");
    const UserId bob = person("bob");
    contracts::Chat group;
    contracts::Chat own;

    void play(const std::function<Task<void>()>& story) {
        auto body = [&]() -> Task<void> {
            group = co_await make_group(ana, {bob});
            own = co_await make_assistant_chat(bob);
            co_await story();
        };
        run_assistants(body());
    }
    Task<std::string> code_of_get(UserId user, std::string id) {
        co_return co_await code_of(look(user, std::move(id)));
    }
    Task<std::string> code_of_question(UserId user, ChatId chat) {
        co_return co_await code_of(ask_to_the_end(user, chat));
    }
    Task<std::string> code_of_sending(UserId user, ChatId chat) {
        co_return co_await code_of(send_question(user, chat));
    }
    // The next that a model is asked for; it is written to its end.
    Task<void> expect_next(std::string id) {
        const auto next = co_await models.next();
        EXPECT_EQ(next->request.generationId, id);
        next->say("This.");
        next->end();
        co_await wait_for_end(bob, id);
    }

  private:
    Task<void> look(UserId user, std::string id) { co_await get(user, std::move(id)); }
    Task<void> ask_to_the_end(UserId user, ChatId chat) {
        const auto started = co_await ask(user, chat, "Hello?");
        co_await wait_for_end(user, started.generationId);
    }
    Task<void> send_question(UserId user, ChatId chat) {
        contracts::SendChatRequest request;
        request.chat_id = chat;
        request.message = "Tell.";
        co_await generations->send_chat(as(user), std::move(request));
    }
};

template <class Answer>
void finish(Answer& answer, const std::string& text) {
    answer.say(text);
    answer.end();
}

struct LossOfReading {
    std::string name;
    Lost lose;
};

class StreamOf : public testing::TestWithParam<LossOfReading> {};

TEST_P(StreamOf, an_answer_ends_without_a_further_event_when_the_right_to_read_is_lost) {
    Scene scene;
    scene.play([&]() -> Task<void> {
        const auto started = co_await scene.ask(scene.ana, scene.group.id, "Tell.");
        const auto answer = co_await scene.models.next();
        auto feed = co_await open_stream(scene, scene.bob, started.generationId);
        answer->say("Once ");
        std::string seen;
        while (text_of_stream(seen).empty()) {
            for (const auto& piece : co_await feed->next(soon())) {
                seen += piece.text;
            }
        }

        co_await GetParam().lose(scene, scene.ana, scene.bob, scene.group.id);
        finish(*answer, "upon a time");

        EXPECT_TRUE((co_await feed->next(soon())).empty());
        EXPECT_EQ(text_of_stream(seen), "Once ");
        EXPECT_EQ(co_await scene.code_of_get(scene.bob, started.generationId),
                  "generation.not_found");
    });
    EXPECT_EQ(scene.rights.size(), 0U);
}

const LossOfReading losses_of_reading[] = {
    {"removed", remove}, {"left", leave}, {"chat_deleted", delete_chat}};

INSTANTIATE_TEST_SUITE_P(Rights, StreamOf, testing::ValuesIn(losses_of_reading),
                         [](const auto& info) { return info.param.name; });

TEST(StreamOfAnAnswer, goes_on_for_who_stays_in_the_room) {
    Scene scene;
    scene.play([&]() -> Task<void> {
        const auto started = co_await scene.ask(scene.ana, scene.group.id, "Tell.");
        const auto answer = co_await scene.models.next();
        auto feed = co_await open_stream(scene, scene.ana, started.generationId);

        co_await remove(scene, scene.ana, scene.bob, scene.group.id);
        finish(*answer, "All of it.");

        std::string seen;
        for (auto pieces = co_await feed->next(soon()); !pieces.empty();
             pieces = co_await feed->next(soon())) {
            for (const auto& piece : pieces) {
                seen += piece.text;
            }
        }
        EXPECT_EQ(types_of_stream(seen).back(), "done");
        EXPECT_EQ(text_of_stream(seen), "All of it.");
    });
}

// What becomes of an answer in the room when its asker loses the right to ask.
struct LossOfAsking {
    std::string name;
    Lost lose;
    GenerationState state;
    std::string error;  // of a failed one
};

const LossOfAsking losses_of_asking[] = {
    {"removed", remove, GenerationState::canceled, ""},
    {"left", leave, GenerationState::canceled, ""},
    {"chat_deleted", delete_chat, GenerationState::canceled, ""},
    {"assistant_off", switch_off, GenerationState::failed, "chat.assistant_off"}};
// One that runs already is written to its end.
const LossOfAsking archived{"archived", archive, GenerationState::failed, "chat.archived"};

struct LosingToAsk : testing::TestWithParam<LossOfAsking> {
    Scene scene;

    Task<void> lose() { co_await GetParam().lose(scene, scene.ana, scene.bob, scene.group.id); }
    Task<void> expect_lost(std::string id) {
        const auto record =
            co_await scene.generations_store->find(*GenerationId::parse(std::move(id)));
        EXPECT_EQ(record->state, GetParam().state);
        EXPECT_EQ(record->error ? record->error->code : "", GetParam().error);
        was_answered = record->answer.has_value();
    }

    bool was_answered = false;
};
class AnswerThatWaits : public LosingToAsk {};
class AnswerThatRuns : public LosingToAsk {};

TEST_P(AnswerThatWaits, is_not_written_when_the_right_to_ask_is_lost) {
    scene.play([&]() -> Task<void> {
        co_await scene.ask(scene.bob, scene.own.id, "Run.");
        const auto running = co_await scene.models.next();
        const auto waiting = co_await scene.ask(scene.bob, scene.group.id, "Wait.");
        const auto later = co_await scene.ask(scene.bob, scene.own.id, "Then this.");

        co_await lose();
        finish(*running, "Done.");

        co_await scene.expect_next(later.generationId);
        co_await expect_lost(waiting.generationId);
        EXPECT_FALSE(was_answered);
        EXPECT_EQ(scene.models.asked, 2);
    });
}

TEST_P(AnswerThatRuns, is_stopped_and_gives_its_place_back) {
    scene.play([&]() -> Task<void> {
        const auto started = co_await scene.ask(scene.bob, scene.group.id, "Run.");
        const auto running = co_await scene.models.next();
        const auto waiting = co_await scene.ask(scene.bob, scene.own.id, "Then this.");

        co_await lose();

        co_await scene.expect_next(waiting.generationId);
        EXPECT_TRUE(running->is_canceled());
        co_await expect_lost(started.generationId);
    });
}

const auto name_of_loss = [](const auto& info) { return info.param.name; };
INSTANTIATE_TEST_SUITE_P(Rights, AnswerThatWaits, testing::ValuesIn(losses_of_asking),
                         name_of_loss);
INSTANTIATE_TEST_SUITE_P(Rights, AnswerThatRuns, testing::ValuesIn(losses_of_asking), name_of_loss);
INSTANTIATE_TEST_SUITE_P(InArchives, AnswerThatWaits, testing::Values(archived), name_of_loss);

TEST(AnswerThatWaited, is_not_written_when_the_quota_was_used_up_meanwhile) {
    Scene scene{ChatConfig{.tokens_per_day_max = 1'000}};
    scene.play([&]() -> Task<void> {
        co_await scene.ask(scene.bob, scene.own.id, "Run.");
        const auto running = co_await scene.models.next();
        const auto waiting = co_await scene.ask(scene.bob, scene.own.id, "Wait.");

        scene.ledger.tokens = 1'000;
        finish(*running, "Done.");

        const auto ended = co_await scene.wait_for_end(scene.bob, waiting.generationId);
        EXPECT_EQ(ended.state, GenerationState::failed);
        EXPECT_EQ(ended.error ? ended.error->code : "", "usage.quota_exceeded");
        EXPECT_EQ(scene.models.asked, 1);
    });
}

TEST(AnswerThatRunsForOthers, goes_on_when_somebody_else_leaves) {
    Scene scene;
    scene.play([&]() -> Task<void> {
        const auto started = co_await scene.ask(scene.ana, scene.group.id, "Run.");
        const auto running = co_await scene.models.next();

        co_await leave(scene, scene.ana, scene.bob, scene.group.id);
        finish(*running, "Done.");

        const auto ended = co_await scene.wait_for_end(scene.ana, started.generationId);
        EXPECT_EQ(ended.state, GenerationState::succeeded);
    });
}

Task<void> send_question(Scene& scene, UserId user, ChatId chat, std::string& code) {
    code = co_await scene.code_of_sending(user, chat);
}

TEST(SendChat, gives_no_answer_to_who_was_removed_while_it_waited) {
    Scene scene;
    std::string code;
    scene.play([&]() -> Task<void> {
        aio::Scope scope{scene.loop, "sending"};
        scope.start(send_question(scene, scene.bob, scene.group.id, code));
        const auto running = co_await scene.models.next();
        running->say("A secret.");

        co_await remove(scene, scene.ana, scene.bob, scene.group.id);

        while (code.empty()) {
            co_await aio::yield();
        }
        co_await scope.close();
    });
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
    Scene scene;
    scene.models.echo = "yes";
    scene.play([&]() -> Task<void> {
        contracts::CreateChatRequest creation;
        creation.kind = setting.kind;
        creation.title = setting.kind == ChatKind::group ? "Room" : "";
        creation.assistant = setting.assistant;
        if (setting.kind == ChatKind::direct) {
            creation.member_ids = {scene.bob};
        }
        const auto made = co_await scene.chat.create_chat(scene.as(scene.ana), creation);

        const std::string code = co_await scene.code_of_question(scene.ana, made.body.id);
        const int asked = scene.models.asked;
        co_await scene.send(scene.ana, made.body.id, "@assistant hello");
        co_await scene.settle_down(300);
        const int mentioned = scene.models.asked - asked;

        EXPECT_EQ(made.body.assistant_may_be_asked, setting.is_on);
        EXPECT_EQ(may_be_asked(setting.kind, setting.assistant), setting.is_on);
        EXPECT_EQ(code, setting.is_on ? "ok" : "chat.assistant_off");
        EXPECT_EQ(asked, setting.is_on ? 1 : 0);
        const bool answers_mentions = setting.is_on && setting.kind != ChatKind::assistant;
        EXPECT_EQ(mentioned, answers_mentions ? 1 : 0);
    });
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
