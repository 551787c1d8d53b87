#include "services/chat/chat.hpp"
#include "services/chat/generations/quota.hpp"
#include "services/chat/generations/recovery.hpp"
#include "services/chat/generations/stream_archive.hpp"
#include "services/chat/tests/assistant_world.hpp"

// Classes of the service, each made with what its constructor asks for and nothing else.
namespace loquat::chat {
namespace {

// What they share, beside a service that nobody calls but to make a conversation.
struct Alone {
    World world;
    ChatState state{world.ports(), {}};
    UserId ana = world.person("ana");
    UserId bob = world.person("bob");

    void run(Task<void> body) { world.run(close_after(std::move(body))); }

  private:
    Task<void> close_after(Task<void> body) {
        co_await std::move(body);
        co_await state.scope.close();
        co_await state.people.close();
    }
};

contracts::StoredMessage message_in(ChatId chat, UserId sender, std::string text) {
    contracts::StoredMessage message;
    message.id = MessageId::make();
    message.chat = chat;
    message.seq = 1;
    message.sender.id = sender;
    message.text = std::move(text);
    return message;
}

TEST(RequestKeys, give_a_repeat_the_same_name_and_refuse_another_request) {
    Alone alone;
    RequestKeys keys{*alone.world.chats, alone.world.clock};
    auto body = [&]() -> Task<void> {
        const RequestKey key{alone.ana, "send", "k1", 7};
        const RequestKey other{alone.ana, "send", "k1", 8};

        const Uuid first = co_await keys.claim(key);
        const Uuid again = co_await keys.claim(key);

        EXPECT_EQ(again, first);
        EXPECT_EQ(co_await code_of(keys.claim(other)), "request.idempotency_conflict");
    };

    alone.run(body());
}

struct Heard final : ConversationListener {
    void on_chat_deleted(const ChatId&) override { types.emplace_back("deleted"); }
    void on_member_gone(const ChatId&, const UserId&) override { types.emplace_back("gone"); }
    void on_assistant_off(const ChatId&) override { types.emplace_back("off"); }
    void on_stored(const contracts::StoredEvent&) override { types.emplace_back("stored"); }

    std::vector<std::string> types;
};

TEST(ConversationEvents, are_told_until_the_listener_goes) {
    ConversationEvents events;
    Heard heard;
    events.add(heard);

    events.chat_deleted(ChatId::make());
    events.member_gone(ChatId::make(), UserId::make());
    events.assistant_off(ChatId::make());
    events.remove(heard);
    events.stored({});

    EXPECT_EQ(heard.types, (std::vector<std::string>{"deleted", "gone", "off"}));
}

TEST(MentionResolver, finds_members_only_each_once) {
    Alone alone;
    MentionResolver mentions{alone.state.cache, alone.state.people, 10};
    alone.world.person("eve");
    auto body = [&]() -> Task<void> {
        const auto made = co_await alone.world.make_group(alone.ana, {alone.bob});
        const std::string text = "@bob and @eve, @bob";

        const auto found = co_await mentions.resolve(text, made.id);

        EXPECT_EQ(found, std::vector{alone.bob});
    };

    alone.run(body());
}

TEST(Naming, takes_the_title_of_the_first_question_and_lets_it_go_with_it) {
    Alone alone;
    ChatState& state = alone.state;
    Naming naming{{state.book, state.cache, state.mutex, state.publisher, state.scope, 120}};
    auto body = [&]() -> Task<void> {
        contracts::CreateChatRequest request;
        request.kind = ChatKind::assistant;
        const auto made = co_await alone.world.chat.create_chat(alone.world.as(alone.ana), request);
        const ConversationPtr room = co_await state.cache.find(made.body.id);
        const auto question = message_in(made.body.id, alone.ana, "What are plums?");

        naming.on_stored(*room, {contracts::OutcomeKind::stored, question});
        while (room->chat.title.empty()) {
            co_await aio::yield();
        }
        const std::string title = room->chat.title;
        naming.on_stored(*room, {contracts::OutcomeKind::deleted, question});
        while (!room->chat.title.empty()) {
            co_await aio::yield();
        }

        EXPECT_EQ(title, "What are plums?");
    };

    alone.run(body());
}

TEST(Membership, ends_the_right_of_who_is_dropped_before_it_is_told) {
    Alone alone;
    ChatState& state = alone.state;
    Heard heard;
    state.events.add(heard);
    Membership membership{{state.book, state.cache, state.mutex, state.heads, state.deletions,
                           state.unsaved, state.people, state.publisher, state.events,
                           alone.world.rights, alone.world.audit, alone.world.clock, state.config}};
    auto body = [&]() -> Task<void> {
        const auto made = co_await alone.world.make_group(alone.ana, {alone.bob});
        const ConversationPtr room = co_await state.cache.find(made.id);
        const auto right =
            alone.world.rights.open(runtime::StandingRights::Member{made.id, alone.bob});

        const contracts::ChatRef chat{made.id};
        co_await membership.leave_chat(alone.world.as(alone.bob), chat);

        EXPECT_EQ(room->find(alone.bob), nullptr);
        EXPECT_FALSE(right->holds());
        EXPECT_EQ(heard.types, std::vector<std::string>{"gone"});
        EXPECT_EQ(alone.world.broadcast.room_events(made.id),
                  std::vector<std::string>{"member_removed"});
    };

    alone.run(body());
}

TEST(StoredChanges, move_the_head_and_tell_listeners) {
    Alone alone;
    ChatState& state = alone.state;
    Heard heard;
    state.events.add(heard);
    Naming naming{{state.book, state.cache, state.mutex, state.publisher, state.scope, 120}};
    StoredChanges stored{{alone.world.broadcast, state.cache, state.heads, state.deletions,
                          state.unsaved, state.activity, naming, state.events}};
    auto body = [&]() -> Task<void> {
        stored.start();
        const auto message = message_in(ChatId::make(), alone.ana, "x");
        const contracts::StoredEvent event{contracts::OutcomeKind::stored, message};

        alone.world.broadcast.publish(contracts::topics::chat_stored.name(),
                                      contracts::encode(event));
        co_await aio::yield();
        co_await aio::yield();
        const store::Head head = co_await state.heads.find(message.chat);

        EXPECT_EQ(head.last_seq, 1);
        EXPECT_EQ(heard.types, std::vector<std::string>{"stored"});
        stored.stop();
    };

    alone.run(body());
}

TEST(Quota, counts_what_is_recorded_and_what_is_on_its_way) {
    Alone alone;
    FakeLedger ledger{alone.world.log};
    PendingUsage pending_usage;
    LiveSet lives;
    Quota quota{ledger, pending_usage, lives, alone.world.clock, 100};
    ledger.tokens = 90;
    auto body = [&]() -> Task<void> {
        EXPECT_EQ(co_await code_of(quota.check(alone.ana)), "ok");
        contracts::UsageRecord used;
        used.user = alone.ana;
        used.generation_id = "g1";
        used.input_tokens = 10;
        used.at = alone.world.clock.now();

        pending_usage.note(used);

        EXPECT_EQ(co_await code_of(quota.check(alone.ana)), "usage.quota_exceeded");
        EXPECT_EQ(co_await code_of(quota.check(alone.bob)), "ok");
    };

    alone.run(body());
}

TEST(StreamArchive, gives_up_the_text_of_what_is_deleted) {
    AssistantWorld world;
    LiveSet lives;
    aio::Scope scope{world.loop, "test"};
    StreamArchive archive{*world.generations_store, lives, scope, 1 << 20};
    const GenerationId id = GenerationId::make();
    const auto log = std::make_shared<StreamLog>();
    auto body = [&]() -> Task<void> {
        archive.keep(id, log);
        const Version before = archive.erasures();
        EXPECT_EQ(archive.find(id), log);

        archive.on_deleted(id);

        EXPECT_EQ(archive.find(id), nullptr);
        EXPECT_TRUE(log->is_withdrawn());
        EXPECT_FALSE(before == archive.erasures());
        co_await scope.close();
    };

    world.run(body());
}

TEST(Recovery, ends_what_a_process_before_has_left) {
    AssistantWorld world;
    Catalog catalog{world.models, world.clock};
    PendingUsage pending_usage;
    Recovery recovery{{*world.generations_store, world.journal, world.ledger, world.log, catalog,
                       pending_usage, world.generation_metrics, world.clock}};
    GenerationRecord record;
    record.id = GenerationId::make();
    record.user = UserId::make();
    record.chat = ChatId::make();
    record.model = "small";
    record.state = GenerationState::streaming;
    auto body = [&]() -> Task<void> {
        co_await world.generations_store->insert(record);

        co_await recovery.recover();

        const auto ended = co_await world.generations_store->find(record.id);
        EXPECT_EQ(ended->state, GenerationState::failed);
        EXPECT_TRUE(ended->finished_at);
    };

    world.run(body());
}

}  // namespace
}  // namespace loquat::chat
