#include "services/chat/tests/world.hpp"

// Every operation of the contract for every kind of person.
namespace loquat::chat {
namespace {

using contracts::Caller;
using contracts::ChatRef;

constexpr const char* unseen = "chat.not_found";
constexpr const char* outside = "chat.not_a_member";
constexpr const char* no = "chat.forbidden";
constexpr const char* ok = "ok";

// One conversation with one person of each kind, made anew for each case.
struct Scene {
    explicit Scene(World& world)
        : owner(world.person("owner")),
          admin(world.person("admin")),
          member(world.person("member")),
          gone(world.person("gone")),
          stranger(world.person("stranger")),
          other(world.person("other")) {}

    UserId owner;
    UserId admin;
    UserId member;
    UserId gone;      // was a member
    UserId stranger;  // never was
    UserId other;     // another plain member
    ChatId chat;
    MessageId message;  // of `other`
};

Task<void> furnish(World& world, Scene& scene, std::string_view visibility) {
    const auto made = co_await world.make_group(
        scene.owner, {scene.admin, scene.member, scene.gone, scene.other}, visibility);
    scene.chat = made.id;
    co_await world.set_role(scene.owner, made.id, scene.admin, MemberRole::admin);
    const ChatRef ref{made.id};
    co_await world.chat.leave_chat(world.as(scene.gone), ref);
    const auto sent = co_await world.send(scene.other, made.id, "text");
    scene.message = sent.id;
}

using Call = std::function<Task<std::string>(World&, const Scene&, Caller)>;

struct Row {
    const char* name;
    Call call;
    const char* member;
    const char* admin;
    const char* owner;
    const char* outside_public;   // a stranger or former member of a public room
    const char* outside_private;  // and of a private one
};

std::vector<Row> reading_rows() {
    return {
        {"get_chat",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.get_chat(c, ChatRef{s.chat}));
         },
         ok, ok, ok, ok, unseen},
        {"list_members",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.list_members(c, contracts::ListMembersRequest{.id = s.chat}));
         },
         ok, ok, ok, outside, unseen},
        {"list_messages",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.list_messages(c, contracts::ListMessagesRequest{.id = s.chat}));
         },
         ok, ok, ok, outside, unseen},
        {"put_read",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.put_read(c, contracts::ReadRequest{s.chat, 1}));
         },
         ok, ok, ok, outside, unseen},
        {"post_typing",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.post_typing(c, ChatRef{s.chat}));
         },
         ok, ok, ok, outside, unseen},
        {"check_subscription",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.check_subscription(c, ChatRef{s.chat}));
         },
         ok, ok, ok, outside, unseen},
        // What is one's own is there for everyone.
        {"list_chats",
         [](World& w, const Scene&, Caller c) {
             return code_of(w.chat.list_chats(c, contracts::ListChatsRequest{}));
         },
         ok, ok, ok, ok, ok},
        {"list_public_chats",
         [](World& w, const Scene&, Caller c) {
             return code_of(w.chat.list_public_chats(c, contracts::ListPublicRequest{}));
         },
         ok, ok, ok, ok, ok},
        {"list_places",
         [](World& w, const Scene&, Caller c) {
             return code_of(w.chat.list_places(c, contracts::Empty{}));
         },
         ok, ok, ok, ok, ok},
        {"filter_peers",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.filter_peers(c, contracts::PeopleRequest{{s.member}}));
         },
         ok, ok, ok, ok, ok},
    };
}

std::vector<Row> writing_rows() {
    return {
        {"post_message",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.post_message(c, text_of(s.chat, "c", "x")));
         },
         ok, ok, ok, outside, unseen},
        {"accept_message",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.accept_message(c, text_of(s.chat, "c", "x")));
         },
         ok, ok, ok, outside, unseen},
        {"edit_message of another",
         [](World& w, const Scene& s, Caller c) {
             return code_of(
                 w.chat.edit_message(c, contracts::EditMessageRequest{s.chat, s.message, "y"}));
         },
         no, no, no, outside, unseen},
        {"delete_message of another",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.delete_message(c, contracts::MessageRef{s.chat, s.message}));
         },
         no, ok, ok, outside, unseen},
        {"create_chat",
         [](World& w, const Scene&, Caller c) {
             contracts::CreateChatRequest request;
             request.title = "Own";
             return code_of(w.chat.create_chat(c, request));
         },
         ok, ok, ok, ok, ok},
        {"update_chat",
         [](World& w, const Scene& s, Caller c) {
             contracts::UpdateChatRequest request;
             request.id = s.chat;
             request.title = "New";
             return code_of(w.chat.update_chat(c, request));
         },
         no, ok, ok, outside, unseen},
        {"delete_chat",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.delete_chat(c, ChatRef{s.chat}));
         },
         no, no, ok, outside, unseen},
        {"join_chat",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.join_chat(c, ChatRef{s.chat}));
         },
         ok, ok, ok, ok, unseen},
        {"leave_chat",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.leave_chat(c, ChatRef{s.chat}));
         },
         ok, ok, "chat.owner_cannot_leave", outside, unseen},
        {"put_member who is new",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.put_member(
                 c, contracts::PutMemberRequest{s.chat, w.person("new"), MemberRole::member}));
         },
         no, ok, ok, outside, unseen},
        {"put_member as admin",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.put_member(
                 c, contracts::PutMemberRequest{s.chat, s.other, MemberRole::admin}));
         },
         no, no, ok, outside, unseen},
        {"remove_member",
         [](World& w, const Scene& s, Caller c) {
             return code_of(w.chat.remove_member(c, contracts::MemberRef{s.chat, s.other}));
         },
         no, ok, ok, outside, unseen},
    };
}

void check(const Row& row, UserId Scene::* who, const char* visibility, const char* expected) {
    World world;
    Scene scene{world};
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        co_await furnish(world, scene, visibility);
        const auto code = co_await row.call(world, scene, world.as(scene.*who));
        EXPECT_EQ(code, expected) << row.name << " in a " << visibility << " room";
    };
    world.run(body());
}

void check_all(const std::vector<Row>& rows) {
    for (const Row& row : rows) {
        for (const char* visibility : {"private", "public"}) {
            const bool is_public = visibility == std::string_view{"public"};
            const char* from_outside = is_public ? row.outside_public : row.outside_private;
            check(row, &Scene::owner, visibility, row.owner);
            check(row, &Scene::admin, visibility, row.admin);
            check(row, &Scene::member, visibility, row.member);
            check(row, &Scene::gone, visibility, from_outside);
            check(row, &Scene::stranger, visibility, from_outside);
        }
    }
}

TEST(Authorization, of_reading_holds_for_every_kind_of_person) { check_all(reading_rows()); }

TEST(Authorization, of_writing_holds_for_every_kind_of_person) { check_all(writing_rows()); }

TEST(Authorization, refuses_whoever_is_not_signed_in) {
    World world;
    Scene scene{world};
    auto rows = reading_rows();
    std::ranges::move(writing_rows(), std::back_inserter(rows));
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        co_await furnish(world, scene, "public");
        for (const Row& row : rows) {
            const auto code = co_await row.call(world, scene, Caller{});
            EXPECT_EQ(code, "auth.required") << row.name;
        }
    };

    world.run(body());
}

TEST(Authorization, keeps_direct_conversations_between_two) {
    World world;
    Scene scene{world};
    std::vector<Row> rows = writing_rows();
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto direct = co_await world.make_direct(scene.member, scene.other);
        scene.chat = direct.id;
        for (const Row& row : rows) {
            const std::string name = row.name;
            if (name == "create_chat") {
                continue;
            }
            const auto from_outside = co_await row.call(world, scene, world.as(scene.stranger));
            EXPECT_EQ(from_outside, unseen) << name;
            const bool is_allowed =
                name == "post_message" || name == "accept_message" || name == "join_chat";
            const bool is_of_message =
                name.starts_with("edit") || name.starts_with("delete_message");
            const auto from_inside = co_await row.call(world, scene, world.as(scene.member));
            EXPECT_EQ(from_inside, is_allowed      ? ok
                                   : is_of_message ? "message.not_found"
                                                   : "chat.direct_is_fixed")
                << name;
        }
    };

    world.run(body());
}

}  // namespace
}  // namespace loquat::chat
