#include "services/chat/tests/world.hpp"

namespace loquat::chat {
namespace {

using contracts::ChatRef;
using contracts::CreateChatRequest;
using contracts::UpdateChatRequest;

CreateChatRequest group_of(std::string title, std::vector<UserId> others) {
    CreateChatRequest request;
    request.title = std::move(title);
    request.member_ids = std::move(others);
    return request;
}

TEST(CreateChat, makes_its_creator_the_owner_of_a_group) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto request = group_of("  Plans ", {bob, bob, ana});

        const auto made = co_await world.chat.create_chat(world.as(ana), request);

        EXPECT_EQ(made.status, 201);
        EXPECT_EQ(made.body.title, "Plans");
        EXPECT_EQ(made.body.member_count, 2);
        EXPECT_EQ(made.body.me->role, MemberRole::owner);
        EXPECT_EQ(made.body.visibility, contracts::Visibility::private_);
        EXPECT_EQ(made.body.last_seq, 0);
        EXPECT_EQ(made.body.assistant, std::nullopt);
        EXPECT_EQ(made.body.last_message.has_value(), false);
    };

    world.run(body());
}

struct BadCreation {
    const char* what;
    CreateChatRequest request;
    const char* field;
};

TEST(CreateChat, refuses_a_visibility_that_there_is_not) {
    const std::string body = R"({"kind":"group","title":"x","visibility":"secret"})";
    std::string field;

    try {
        wire::from_json<CreateChatRequest>(body);
    } catch (const Failure& failure) {
        field = failure.fields.front().field;
    }

    EXPECT_EQ(field, "visibility");
}

TEST(CreateChat, names_the_field_that_is_wrong) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    std::vector<BadCreation> cases{
        {"a group without title", group_of(" ", {}), "title"},
        {"a title too long", group_of(std::string(121, 'x'), {}), "title"},
        {"a direct chat with nobody", group_of("x", {}), "member_ids"},
        {"a direct chat with oneself", group_of("x", {ana}), "member_ids"},
        {"a direct chat with two", group_of("x", {bob, UserId::make()}), "member_ids"},
        {"an unknown person", group_of("x", {bob, UserId::make()}), "member_ids[1]"},
        {"a public assistant", group_of("x", {}), "visibility"},
    };
    cases[2].request.kind = cases[3].request.kind = cases[4].request.kind = ChatKind::direct;
    cases[6].request.kind = ChatKind::assistant;
    cases[6].request.visibility = contracts::Visibility::public_;
    auto body = [&]() -> Task<void> {
        for (const BadCreation& one : cases) {
            try {
                co_await world.chat.create_chat(world.as(ana), one.request);
                ADD_FAILURE() << one.what;
            } catch (const Failure& failure) {
                EXPECT_EQ(failure.kind, Kind::invalid) << one.what;
                EXPECT_EQ(failure.fields.front().field, one.field) << one.what;
            }
        }
    };

    world.run(body());
}

TEST(CreateChat, gives_the_first_direct_chat_again) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        CreateChatRequest to_bob;
        to_bob.kind = ChatKind::direct;
        to_bob.member_ids = {bob};
        CreateChatRequest to_ana = to_bob;
        to_ana.member_ids = {ana};

        const auto first = co_await world.chat.create_chat(world.as(ana), to_bob);
        const auto second = co_await world.chat.create_chat(world.as(bob), to_ana);

        EXPECT_EQ(first.status, 201);
        EXPECT_EQ(first.body.title, "Display bob");
        EXPECT_EQ(first.body.peer->username, "bob");
        EXPECT_EQ(second.status, 200);
        EXPECT_EQ(second.body.id, first.body.id);
        EXPECT_EQ(second.body.title, "Display ana");
    };

    world.run(body());
}

TEST(CreateChat, makes_one_direct_chat_when_fifty_are_asked_for_at_once) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    std::set<ChatId> ids;
    int created = 0;
    int answers = 0;
    auto one = [&](UserId from, UserId to) -> Task<void> {
        CreateChatRequest request;
        request.kind = ChatKind::direct;
        request.member_ids = {to};
        const auto made = co_await world.chat.create_chat(world.as(from), request);
        ids.insert(made.body.id);
        created += made.status == 201 ? 1 : 0;
        ++answers;
    };
    auto body = [&]() -> Task<void> {
        aio::Scope scope{world.loop, "test"};
        for (int i = 0; i < 50; ++i) {
            scope.start(i % 2 == 0 ? one(ana, bob) : one(bob, ana));
        }
        while (answers < 50) {
            co_await aio::yield();
        }
        co_await scope.close();
    };

    world.run(body());

    EXPECT_EQ(ids.size(), 1U);
    EXPECT_EQ(created, 1);
}

TEST(CreateChat, is_done_once_for_an_idempotency_key) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto plans = group_of("Plans", {});
        const auto other = group_of("Other", {});
        contracts::Caller caller = world.as(ana);
        caller.idempotency_key = "k1";
        contracts::Caller stranger = world.as(bob);
        stranger.idempotency_key = "k1";

        const auto first = co_await world.chat.create_chat(caller, plans);
        const auto again = co_await world.chat.create_chat(caller, plans);
        const auto code = co_await code_of(world.chat.create_chat(caller, other));
        const auto of_bob = co_await world.chat.create_chat(stranger, plans);

        EXPECT_EQ(again.body.id, first.body.id);
        EXPECT_EQ(again.status, 200);
        EXPECT_EQ(code, "request.idempotency_conflict");
        EXPECT_NE(of_bob.body.id, first.body.id);
    };

    world.run(body());
}

TEST(CreateChat, tells_apart_keys_that_differ_only_at_their_end) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto plans = group_of("Plans", {});
        contracts::Caller one = world.as(ana);
        one.idempotency_key = std::string(254, 'k') + "1";
        contracts::Caller two = world.as(ana);
        two.idempotency_key = std::string(254, 'k') + "2";

        const auto first = co_await world.chat.create_chat(one, plans);
        const auto second = co_await world.chat.create_chat(two, plans);

        EXPECT_NE(second.body.id, first.body.id);
        EXPECT_EQ(second.status, 201);
    };

    world.run(body());
}

TEST(CreateChat, refuses_a_key_that_is_not_one) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto plans = group_of("Plans", {});
        const std::string bad[] = {
            std::string(256, 'k'), "a\nb", "a\x7f", "\xc2\x85", "\xff", "half \xc3"};
        for (const std::string& key : bad) {
            contracts::Caller caller = world.as(ana);
            caller.idempotency_key = key;

            const auto code = co_await code_of(world.chat.create_chat(caller, plans));

            EXPECT_EQ(code, "request.invalid") << key;
        }
    };

    world.run(body());
}

TEST(CreateChat, is_refused_beyond_the_number_of_chats) {
    ChatConfig config;
    config.chats_per_user_max = 1;
    World world{config};
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto request = group_of("Plans", {});
        co_await world.chat.create_chat(world.as(ana), request);

        const auto code = co_await code_of(world.chat.create_chat(world.as(ana), request));

        EXPECT_EQ(code, "chat.chat_limit");
    };

    world.run(body());
}

TEST(GetChat, shows_a_public_room_without_its_messages_to_a_stranger) {
    World world;
    const UserId ana = world.person("ana");
    const UserId eve = world.person("eve");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto room = co_await world.make_group(ana, {}, "public");
        co_await world.send(ana, room.id, "secret");
        const ChatRef ref{room.id};

        const auto seen = co_await world.chat.get_chat(world.as(eve), ref);

        EXPECT_EQ(seen.title, "Group");
        EXPECT_FALSE(seen.me.has_value());
        EXPECT_FALSE(seen.last_message.has_value());
    };

    world.run(body());
}

TEST(UpdateChat, changes_what_is_given_and_tells_every_member) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {bob});
        UpdateChatRequest change;
        change.id = made.id;
        change.title = "New";
        change.assistant = contracts::AssistantChange{.model = "m1"};
        UpdateChatRequest again;
        again.id = made.id;
        again.assistant = contracts::AssistantChange{.temperature = 0.5};

        const auto first = co_await world.chat.update_chat(world.as(ana), change);
        const auto second = co_await world.chat.update_chat(world.as(ana), again);
        co_await aio::yield();

        EXPECT_EQ(first.title, "New");
        EXPECT_EQ(second.title, "New");
        EXPECT_EQ(second.assistant->model, "m1");
        EXPECT_EQ(second.assistant->temperature, 0.5);
        EXPECT_EQ(*world.broadcast.last_user_event(bob, "chat_changed")
                       .find("chat")
                       ->find("title")
                       ->if_string(),
                  "New");
    };

    world.run(body());
}

TEST(UpdateChat, checks_what_is_given) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {});
        UpdateChatRequest title;
        title.id = made.id;
        title.title = "  ";

        EXPECT_EQ(co_await code_of(world.chat.update_chat(world.as(ana), title)),
                  "request.invalid");
    };

    world.run(body());
}

TEST(DeleteChat, takes_it_from_everybody_at_once) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto made = co_await world.make_group(ana, {bob});
        co_await world.send(bob, made.id, "x");
        const ChatRef ref{made.id};

        co_await world.chat.delete_chat(world.as(ana), ref);
        co_await aio::yield();
        co_await aio::yield();

        EXPECT_EQ(co_await code_of(world.chat.get_chat(world.as(bob), ref)), "chat.not_found");
        EXPECT_EQ(
            co_await code_of(world.chat.post_message(world.as(bob), text_of(made.id, "c", "x"))),
            "chat.not_found");
        EXPECT_EQ(world.broadcast.user_events(bob).back(), "chat_removed");
        EXPECT_EQ(world.broadcast.room_events(made.id),
                  (std::vector<std::string>{"member_removed", "member_removed"}));
    };

    world.run(body());
}

}  // namespace
}  // namespace loquat::chat
