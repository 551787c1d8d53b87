#include "services/chat/tests/world.hpp"

namespace loquat::chat {
namespace {

using contracts::CreateChatRequest;
using contracts::ListChatsRequest;
using contracts::UpdateChatRequest;

CreateChatRequest group_of(std::string title, std::vector<UserId> others) {
    CreateChatRequest request;
    request.title = std::move(title);
    request.member_ids = std::move(others);
    return request;
}

std::vector<std::string> titles_of(const contracts::Page<contracts::Chat>& page) {
    std::vector<std::string> titles;
    for (const contracts::Chat& chat : page.items) {
        titles.push_back(chat.title);
    }
    return titles;
}

TEST(ListChats, puts_the_newest_activity_first_and_pages_through) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        std::vector<ChatId> ids;
        for (const char* title : {"one", "two", "three"}) {
            const auto request = group_of(title, {});
            const auto made = co_await world.chat.create_chat(world.as(ana), request);
            ids.push_back(made.body.id);
            world.clock.advance(std::chrono::seconds{1});
        }
        co_await world.send(ana, ids[0], "up");
        ListChatsRequest request;
        request.limit = 2;

        const auto first = co_await world.chat.list_chats(world.as(ana), request);
        request.cursor = first.next_cursor;
        const auto second = co_await world.chat.list_chats(world.as(ana), request);

        EXPECT_EQ(titles_of(first), (std::vector<std::string>{"one", "three"}));
        EXPECT_EQ(titles_of(second), (std::vector<std::string>{"two"}));
        EXPECT_EQ(second.next_cursor, std::nullopt);
        EXPECT_EQ(first.items[0].last_message->text, "up");
        EXPECT_EQ(first.items[0].last_seq, 1);
        EXPECT_EQ(first.items[0].me->unread, 0);
    };

    world.run(body());
}

TEST(ListChats, shows_at_once_what_was_active_a_moment_ago_however_old_it_is) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        std::vector<ChatId> ids;
        for (int i = 0; i < 8; ++i) {
            const auto made = co_await world.make_group(ana, {});
            ids.push_back(made.id);
            world.clock.advance(std::chrono::seconds{1});
        }
        co_await world.send(ana, ids[0], "up");
        co_await world.send(ana, ids[1], "up, too");
        ListChatsRequest request;
        request.limit = 3;

        std::vector<ChatId> listed;
        for (int page = 0; page < 4; ++page) {
            const auto found = co_await world.chat.list_chats(world.as(ana), request);
            for (const contracts::Chat& chat : found.items) {
                listed.push_back(chat.id);
            }
            request.cursor = found.next_cursor;
            if (!request.cursor) {
                break;
            }
        }

        // The same moment: the later id first.
        EXPECT_EQ(listed, (std::vector<ChatId>{ids[1], ids[0], ids[7], ids[6], ids[5], ids[4],
                                               ids[3], ids[2]}));
    };

    world.run(body());
}

TEST(ListChats, keeps_its_order_over_a_restart) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto old = co_await world.make_group(ana, {});
        world.clock.advance(std::chrono::seconds{1});
        co_await world.make_group(ana, {});
        world.clock.advance(std::chrono::seconds{1});
        co_await world.send(ana, old.id, "up");
        co_await world.stop();

        const auto places = co_await world.chats->list_places(ana);

        for (const Place& place : places) {
            EXPECT_EQ(place.active_at == world.clock.now(), place.chat == old.id);
            EXPECT_EQ(place.read_seq, place.chat == old.id ? 1 : 0);
        }
    };

    world.run(body());
}

TEST(ListChats, filters_by_kind_archive_and_words) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        const auto plans = group_of("Plans", {});
        const auto made = co_await world.chat.create_chat(world.as(ana), plans);
        co_await world.make_direct(ana, bob);
        UpdateChatRequest archive;
        archive.id = made.body.id;
        archive.archived = true;
        co_await world.chat.update_chat(world.as(ana), archive);
        ListChatsRequest direct;
        direct.kind = ChatKind::direct;
        ListChatsRequest archived;
        archived.archived = true;
        ListChatsRequest words;
        words.query = "LAN";
        ListChatsRequest person;
        person.query = "play bo";
        ListChatsRequest bad;
        bad.cursor = "x!";

        EXPECT_EQ(titles_of(co_await world.chat.list_chats(world.as(ana), direct)),
                  std::vector<std::string>{"Display bob"});
        EXPECT_EQ(titles_of(co_await world.chat.list_chats(world.as(ana), archived)),
                  std::vector<std::string>{"Plans"});
        EXPECT_EQ(titles_of(co_await world.chat.list_chats(world.as(ana), words)),
                  std::vector<std::string>{"Plans"});
        EXPECT_EQ(titles_of(co_await world.chat.list_chats(world.as(ana), person)),
                  std::vector<std::string>{"Display bob"});
        EXPECT_EQ(co_await code_of(world.chat.list_chats(world.as(ana), bad)), "request.invalid");
    };

    world.run(body());
}

TEST(ListPublicChats, shows_rooms_to_join_by_title) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    auto body = [&]() -> Task<void> {
        for (const char* title : {"beta", "Alpha", "gamma"}) {
            auto request = group_of(title, {});
            request.visibility = contracts::Visibility::public_;
            co_await world.chat.create_chat(world.as(ana), request);
        }
        co_await world.make_group(ana, {});
        contracts::ListPublicRequest request;
        request.limit = 2;
        contracts::ListPublicRequest words;
        words.query = "MM";

        const auto first = co_await world.chat.list_public_chats(world.as(bob), request);
        request.cursor = first.next_cursor;
        const auto second = co_await world.chat.list_public_chats(world.as(bob), request);
        const auto found = co_await world.chat.list_public_chats(world.as(ana), words);

        EXPECT_EQ(titles_of(first), (std::vector<std::string>{"Alpha", "beta"}));
        EXPECT_EQ(titles_of(second), (std::vector<std::string>{"gamma"}));
        EXPECT_EQ(second.next_cursor, std::nullopt);
        EXPECT_FALSE(first.items[0].me.has_value());
        EXPECT_EQ(titles_of(found), (std::vector<std::string>{"gamma"}));
        EXPECT_EQ(found.items[0].me->role, MemberRole::owner);
    };

    world.run(body());
}

}  // namespace
}  // namespace loquat::chat
