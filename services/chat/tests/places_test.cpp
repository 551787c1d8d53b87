#include <gtest/gtest.h>

#include <random>

#include "services/chat/adapters/memory_chats.hpp"
#include "services/chat/adapters/sql_chats.hpp"
#include "services/chat/tests/store_changes.hpp"
#include "testing/await.hpp"
#include "testing/database_place.hpp"

// Pages of one's conversations beside a list of all of them.
namespace loquat::chat {
namespace {

using test::await;
using test::Keeping;

constexpr std::int64_t large = 17;  // members: such a conversation is not moved with every message

bool is_before(const Place& a, const Place& b) {
    return a.active_at != b.active_at ? a.active_at > b.active_at : a.chat > b.chat;
}

struct Places : testing::TestWithParam<Keeping> {
    test::DatabasePlace place{GetParam()};
    aio::Loop loop{"test"};
    std::unique_ptr<store::Database> database =
        place.open({.name = "chat", .schema = chat_schema()});
    std::unique_ptr<ChatStore> store = make_sql_chats(*database);
    UserId ana = UserId::make();
    std::vector<ChatId> chats;
    std::mt19937_64 random{7};

    ChatId make(std::int64_t others, std::int64_t at) {
        NewChat made;
        made.chat.id = ChatId::make();
        made.chat.title = "room";
        made.chat.created_at = made.chat.active_at = from_unix_ms(at);
        made.creator = ana;
        made.members.push_back({ana, MemberRole::owner, from_unix_ms(at), 0});
        for (std::int64_t i = 0; i < others; ++i) {
            made.members.push_back({UserId::make(), MemberRole::member, from_unix_ms(at), 0});
        }
        std::ranges::sort(made.members, {}, &MemberRecord::user);
        made.chat.member_count = others + 1;
        await(loop, store->create(made));
        chats.push_back(made.chat.id);
        return made.chat.id;
    }
    void be_active(const ChatId& chat, std::int64_t at) {
        Progress progress;
        progress.activities.push_back({chat, from_unix_ms(at)});
        await(loop, store->save_progress(progress));
    }
    std::vector<ChatId> all() {
        auto places = await(loop, store->list_places(ana));
        std::ranges::sort(places, is_before);
        std::vector<ChatId> ids;
        for (const Place& place : places) {
            ids.push_back(place.chat);
        }
        return ids;
    }
    // As a caller cuts pages, until there is none.
    std::vector<ChatId> paged(std::size_t limit) {
        std::vector<ChatId> ids;
        PlaceQuery query{.user = ana, .limit = limit};
        for (;;) {
            auto places = await(loop, store->list_page(query));
            std::erase_if(places, [&](const Place& place) {
                Place last;
                last.active_at = query.after ? query.after->active_at : Time::max();
                last.chat = query.after ? query.after->chat : ChatId{};
                return query.after && !is_before(last, place);
            });
            std::ranges::sort(places, is_before);
            places.resize(std::min(places.size(), limit));
            if (places.empty()) {
                return ids;
            }
            for (const Place& place : places) {
                ids.push_back(place.chat);
            }
            query.after = ActivityCursor{places.back().active_at, places.back().chat};
        }
    }
};

TEST_P(Places, are_the_same_page_by_page_whatever_happens_to_conversations) {
    std::vector<std::pair<ChatId, UserId>> added;
    for (int step = 0; step < 300; ++step) {
        const auto at = static_cast<std::int64_t>(random() % 500);
        const ChatId chat = chats.empty() ? ChatId{} : chats[random() % chats.size()];
        switch (chats.empty() ? 0 : random() % 6) {
            case 0:
                make(static_cast<std::int64_t>(random() % (large + 2)), at);
                break;
            case 1:
            case 2:
                be_active(chat, at);
                break;
            case 3: {
                const UserId newcomer = UserId::make();
                const MemberRecord member{newcomer, MemberRole::member, from_unix_ms(at), 0};
                await(loop, add_member(*store, chat, member, 1000));
                added.emplace_back(chat, newcomer);
                break;
            }
            case 4:
                if (!added.empty()) {
                    const auto [left, who] = added[random() % added.size()];
                    await(loop, remove_member(*store, {left, who}));
                }
                break;
            default: {
                auto record = await(loop, store->load(chat))->chat;
                record.active_at = from_unix_ms(at);
                await(loop, change_settings(*store, record));
            }
        }
        if (step % 10 == 9) {
            ASSERT_EQ(paged(4), all()) << "step " << step;
        }
    }
    EXPECT_GT(chats.size(), 20U);
}

TEST_P(Places, of_a_conversation_that_grows_and_shrinks_stay_where_they_belong) {
    const ChatId old = make(large - 2, 10);
    make(0, 20);
    const UserId newcomer = UserId::make();

    await(loop, add_member(*store, old, {newcomer, MemberRole::member, from_unix_ms(11), 0}, 1000));
    be_active(old, 30);
    const auto while_large = paged(1);
    await(loop, remove_member(*store, {old, newcomer}));
    be_active(chats[1], 40);
    const auto while_small = paged(1);

    EXPECT_EQ(while_large, (std::vector<ChatId>{old, chats[1]}));
    EXPECT_EQ(while_small, (std::vector<ChatId>{chats[1], old}));
}

TEST_P(Places, of_a_conversation_that_became_small_are_looked_at_only_where_they_belong) {
    const ChatId chat = make(large - 2, 10);
    const UserId newcomer = UserId::make();
    const auto listed_at = [&] {
        const auto rows = await(
            loop, database->query("SELECT DISTINCT listed_at FROM members ORDER BY listed_at"));
        return rows.size() == 1 ? rows.front().integer(0) : -1;
    };

    await(loop,
          add_member(*store, chat, {newcomer, MemberRole::member, from_unix_ms(11), 0}, 1000));
    const std::int64_t while_large = listed_at();
    await(loop, remove_member(*store, {chat, newcomer}));

    EXPECT_EQ(while_large, INT64_MAX);
    EXPECT_EQ(listed_at(), 10);
}

TEST_P(Places, that_are_also_asked_for_come_beside_a_full_page) {
    const ChatId oldest = make(0, 1);
    for (int i = 0; i < 5; ++i) {
        make(0, 10 + i);
    }
    const ChatId foreign = ChatId::make();
    PlaceQuery query{.user = ana, .limit = 2, .also = {oldest, foreign, chats[5]}};

    const auto places = await(loop, store->list_page(query));
    const auto mine = await(loop, store->list_places_in(ana, {foreign, oldest}));

    EXPECT_EQ(std::ranges::count(places, oldest, &Place::chat), 1);
    EXPECT_EQ(std::ranges::count(places, chats[5], &Place::chat), 1);
    EXPECT_GE(places.size(), 4U);  // two more than the page, which may belong to another one
    EXPECT_EQ(mine.size(), 1U);
}

TEST_P(Places, are_chosen_by_kind_and_archive) {
    const ChatId kept = make(0, 1);
    const ChatId archived = make(0, 2);
    auto record = await(loop, store->load(archived))->chat;
    record.is_archived = true;
    await(loop, change_settings(*store, record));

    PlaceQuery query{.user = ana, .is_archived = false};
    const auto open = await(loop, store->list_page(query));
    query.is_archived = true;
    const auto closed = await(loop, store->list_page(query));
    query = {.user = ana, .kind = ChatKind::direct};
    const auto direct = await(loop, store->list_page(query));

    EXPECT_EQ(open.size(), 1U);
    EXPECT_EQ(open.front().chat, kept);
    EXPECT_EQ(closed.size(), 1U);
    EXPECT_EQ(closed.front().chat, archived);
    EXPECT_TRUE(direct.empty());
}

// How a plan looks is SQLite's own.
struct PlacesInFile : Places {};

TEST_P(PlacesInFile, of_a_page_are_read_from_the_index_alone) {
    for (int i = 0; i < 50; ++i) {
        make(0, i);
    }
    const PlaceQuery query{.user = ana, .limit = 3};

    const auto places = await(loop, store->list_page(query));
    const auto plan = await(
        loop, database->query("EXPLAIN QUERY PLAN SELECT chat_id FROM members WHERE user_id = x'00'"
                              " AND (listed_at, chat_id) < (1, x'00') ORDER BY listed_at DESC, "
                              "chat_id DESC LIMIT 3"));

    EXPECT_EQ(places.size(), 3U);
    EXPECT_EQ(plan.size(), 1U);
    EXPECT_NE(plan.front().text(3).find("members_by_activity"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(Adapters, PlacesInFile, testing::Values(Keeping::sqlite),
                         [](const auto& suite) { return test::name_of(suite.param); });
INSTANTIATE_TEST_SUITE_P(Adapters, Places, testing::Values(Keeping::sqlite, Keeping::postgres),
                         [](const auto& suite) { return test::name_of(suite.param); });

}  // namespace
}  // namespace loquat::chat
