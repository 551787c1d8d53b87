#include <algorithm>

#include "contracts/auth/broadcasts.hpp"
#include "services/chat/tests/world.hpp"
#include "wire/codec.hpp"

namespace loquat::chat {
namespace {

// Auth tells that somebody is another one now.
Task<void> tell(World& world, UserId user) {
    const contracts::UserList list{{world.directory.users.at(user)}};
    world.broadcast.publish(contracts::topics::auth_users.name(), wire::encode(list));
    for (int i = 0; i < 50; ++i) {
        co_await aio::yield();
    }
}

Task<void> rename(World& world, UserId user, std::string name) {
    world.directory.users.at(user).display_name = std::move(name);
    world.directory.users.at(user).name_shared = true;
    co_await tell(world, user);
}

Task<void> remove(World& world, UserId user) {
    world.directory.users.at(user).state = contracts::AccountState::removed;
    world.directory.users.at(user).display_name = "Removed account";
    world.directory.leaving.push_back(user);
    co_await tell(world, user);
}

TEST(PresentName, stands_at_once_in_messages_old_and_new) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {bob});
        const auto sent = co_await world.send(bob, group.id, "old");
        EXPECT_EQ(sent.sender.display_name, "Display bob");

        co_await rename(world, bob, "Robert");

        const auto fresh = co_await world.send(bob, group.id, "new");
        const contracts::ListMessagesRequest all{.id = group.id};
        const auto page = co_await world.chat.list_messages(world.as(ana), all);
        const contracts::ListChatsRequest mine;
        const auto chats = co_await world.chat.list_chats(world.as(ana), mine);
        const auto members = co_await world.chat.list_members(world.as(ana), {.id = group.id});
        EXPECT_EQ(fresh.sender.display_name, "Robert");
        EXPECT_TRUE(fresh.sender.name_shared);
        EXPECT_EQ(page.items.size(), 2U);
        for (const contracts::Message& message : page.items) {
            EXPECT_EQ(message.sender.display_name, "Robert");
            EXPECT_TRUE(message.sender.name_shared);
        }
        EXPECT_EQ(chats.items.at(0).last_message->sender.display_name, "Robert");
        for (const contracts::Member& member : members.items) {
            EXPECT_TRUE(member.user.id != bob || member.user.display_name == "Robert");
        }
    };

    world.run(body());
}

TEST(PresentName, is_told_with_an_edit_and_a_deletion_of_ones_own) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {});
        const auto sent = co_await world.send(ana, group.id, "old");
        co_await rename(world, ana, "Anna");

        const contracts::EditMessageRequest edit{group.id, sent.id, "edited"};
        const auto edited = co_await world.chat.edit_message(world.as(ana), edit);
        const contracts::MessageRef ref{group.id, sent.id};
        const auto deleted = co_await world.chat.delete_message(world.as(ana), ref);

        EXPECT_EQ(edited.sender.display_name, "Anna");
        EXPECT_EQ(deleted.sender.display_name, "Anna");
    };

    world.run(body());
}

TEST(PresentName, is_the_title_of_a_direct_chat_and_told_to_the_other) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto direct = co_await world.make_direct(ana, bob);

        co_await rename(world, bob, "Robert");

        const auto seen = co_await world.chat.get_chat(world.as(ana), {direct.id});
        EXPECT_EQ(seen.title, "Robert");
        const auto events = world.broadcast.user_events(ana);
        EXPECT_EQ(std::ranges::count(events, "chat_changed"), 1);
        EXPECT_EQ(events.back(), "chat_changed");
    };

    world.run(body());
}

TEST(PresentName, of_a_removed_account_is_not_the_one_it_had) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto group = co_await world.make_group(ana, {bob});
        co_await world.send(bob, group.id, "stays");

        co_await remove(world, bob);

        const auto page = co_await world.chat.list_messages(world.as(ana), {.id = group.id});
        EXPECT_EQ(page.items.at(0).text, "stays");
        EXPECT_EQ(page.items.at(0).sender.display_name, "Removed account");
    };

    world.run(body());
}

TEST(RemovedPerson, leaves_every_conversation_and_passes_on_what_was_owned) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    const UserId eve = world.person("eve");
    auto body = [&]() -> Task<void> {
        const auto owned = co_await world.make_group(bob, {ana, eve});
        co_await world.set_role(bob, owned.id, eve, MemberRole::admin);
        const auto joined = co_await world.make_group(ana, {bob});
        const auto alone = co_await world.make_group(bob, {});
        const auto direct = co_await world.make_direct(bob, ana);

        co_await remove(world, bob);

        EXPECT_TRUE(world.directory.leaving.empty());
        const auto passed = co_await world.chat.get_chat(world.as(eve), {owned.id});
        const auto left = co_await world.chat.get_chat(world.as(ana), {joined.id});
        const auto kept = co_await world.chat.get_chat(world.as(ana), {direct.id});
        EXPECT_EQ(passed.me->role, MemberRole::owner);
        EXPECT_EQ(passed.member_count, 2);
        EXPECT_EQ(left.member_count, 1);
        EXPECT_EQ(kept.title, "Removed account");
        const contracts::ChatRef gone{alone.id};
        EXPECT_EQ(co_await code_of(world.chat.get_chat(world.as(bob), gone)), "chat.not_found");
        const contracts::PutMemberRequest again{.id = joined.id, .user_id = bob};
        EXPECT_EQ(co_await code_of(world.chat.put_member(world.as(ana), again)),
                  "auth.user_not_found");
    };

    world.run(body());
}

TEST(RemovedPerson, whose_removal_was_not_heard_leaves_when_the_loss_is) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ana, {bob});
        world.broadcast.is_losing = true;
        co_await remove(world, bob);
        EXPECT_FALSE(world.directory.leaving.empty());

        world.broadcast.announce_loss();
        co_await tell(world, ana);

        EXPECT_TRUE(world.directory.leaving.empty());
        const auto seen = co_await world.chat.get_chat(world.as(ana), {group.id});
        EXPECT_EQ(seen.member_count, 1);
    };

    world.run(body());
}

TEST(Titles, are_found_without_regard_to_case_and_marks) {
    World world;
    const UserId ana = world.person("ana");
    const UserId zoe = world.person("zoe");
    world.directory.users.at(zoe).display_name = "Zo\u00EB \u0141ukasz";
    auto body = [&]() -> Task<void> {
        contracts::CreateChatRequest room{.title = "\u00C4PFEL in der Stra\u00DFe",
                                          .visibility = contracts::Visibility::public_};
        co_await world.chat.create_chat(world.as(ana), room);
        co_await world.make_direct(ana, zoe);

        for (const char* query : {"\u00E4pfel", "apfel", "A\u0308PFEL", "STRASSE", "stra\u00DFe"}) {
            const contracts::ListChatsRequest mine{.query = query};
            const auto found = co_await world.chat.list_chats(world.as(ana), mine);
            EXPECT_EQ(found.items.size(), 1U) << query;
            const contracts::ListPublicRequest all{.query = query};
            const auto rooms = co_await world.chat.list_public_chats(world.as(zoe), all);
            EXPECT_EQ(rooms.items.size(), 1U) << query;
        }
        for (const char* query : {"zoe", "ZO\u00CB", "lukasz", "\u0142UKASZ"}) {
            const contracts::ListChatsRequest mine{.query = query};
            const auto found = co_await world.chat.list_chats(world.as(ana), mine);
            EXPECT_EQ(found.items.size(), 1U) << query;
        }
    };

    world.run(body());
}

}  // namespace
}  // namespace loquat::chat
