#include <gtest/gtest.h>

#include <set>

#include "aio/latch.hpp"
#include "aio/run.hpp"
#include "services/chat/adapters/memory_chats.hpp"
#include "services/chat/adapters/sql_chats.hpp"
#include "services/chat/tests/store_changes.hpp"
#include "testing/database_place.hpp"
#include "testing/failure_code.hpp"

// One suite over every adapter of ChatStore.
namespace loquat::chat {
namespace {

struct MemoryWorld {
    std::unique_ptr<ChatStore> store = make_memory_chats();
};

template <test::Keeping keeping>
struct SqlWorld {
    test::DatabasePlace place{keeping};
    std::unique_ptr<store::Database> database =
        place.open({.name = "chat", .schema = chat_schema()});
    std::unique_ptr<ChatStore> store = make_sql_chats(*database);
};

template <class Adapter>
class ChatStoreTest : public testing::Test {
  protected:
    void run(Task<void> body) { aio::run_to_end(loop_, std::move(body)); }

    ChatStore& store() { return *adapter_.store; }

    static constexpr std::int64_t claims_at_once = 100;

    // As many keys as are claimed at once, from number `begin` on; several share a commit.
    Task<void> claim(UserId who, std::int64_t begin, std::vector<Uuid>& names) {
        const std::int64_t end =
            std::min(begin + claims_at_once, static_cast<std::int64_t>(names.size()));
        std::int64_t left = end - begin;
        aio::Latch all;
        auto one = [&](std::int64_t i) -> Task<void> {
            const RequestKey key{who, "send_chat", std::to_string(i), 1};
            names[static_cast<std::size_t>(i)] =
                (co_await store().claim_key(key, from_unix_ms(i))).name;
            if (--left == 0) {
                all.open();
            }
        };
        for (std::int64_t i = begin; i < end; ++i) {
            loop_.spawn(one(i));
        }
        co_await all.wait_until(Steady::max());
    }

    aio::Loop loop_{"test"};
    Adapter adapter_;
};

NewChat group_of(UserId owner, std::vector<UserId> others, std::string title = "Group") {
    NewChat made;
    made.chat.id = ChatId::make();
    made.chat.title = std::move(title);
    made.chat.created_at = made.chat.active_at = from_unix_ms(1000);
    made.creator = owner;
    made.members.push_back({owner, MemberRole::owner, from_unix_ms(1000), 0});
    for (const UserId& other : others) {
        made.members.push_back({other, MemberRole::member, from_unix_ms(1000), 0});
    }
    std::ranges::sort(made.members, {}, &MemberRecord::user);
    made.chat.member_count = static_cast<std::int64_t>(made.members.size());
    return made;
}

NewChat direct_of(UserId one, UserId other) {
    NewChat made = group_of(one, {other}, "");
    made.chat.kind = ChatKind::direct;
    made.chat.pair = Pair::of(one, other);
    return made;
}

using Adapters =
    testing::Types<MemoryWorld, SqlWorld<test::Keeping::sqlite>, SqlWorld<test::Keeping::postgres>>;
TYPED_TEST_SUITE(ChatStoreTest, Adapters);

TYPED_TEST(ChatStoreTest, gives_back_what_was_created) {
    const UserId ana = UserId::make();
    const UserId bob = UserId::make();
    auto body = [&]() -> Task<void> {
        NewChat made = group_of(ana, {bob}, "Täst 100%");
        made.chat.visibility = Visibility::everyone;
        made.chat.assistant = AssistantSettings{.model = "m", .temperature = 0.25};

        const Created created = co_await this->store().create(made);
        const auto loaded = co_await this->store().load(made.chat.id);
        const auto missing = co_await this->store().load(ChatId::make());

        EXPECT_EQ(created.outcome, CreateOutcome::created);
        EXPECT_EQ(loaded->chat.title, "Täst 100%");
        EXPECT_EQ(loaded->chat.visibility, Visibility::everyone);
        EXPECT_EQ(loaded->chat.assistant->temperature, 0.25);
        EXPECT_EQ(loaded->chat.assistant->system_prompt, std::nullopt);
        EXPECT_EQ(loaded->chat.member_count, 2);
        EXPECT_EQ(loaded->members.size(), 2U);
        EXPECT_LT(loaded->members[0].user, loaded->members[1].user);
        EXPECT_FALSE(missing.has_value());
    };

    this->run(body());
}

TYPED_TEST(ChatStoreTest, keeps_one_direct_chat_for_a_pair) {
    const UserId ana = UserId::make();
    const UserId bob = UserId::make();
    auto body = [&]() -> Task<void> {
        const NewChat first = direct_of(ana, bob);
        NewChat second = direct_of(bob, ana);
        second.creation_key = "k";

        const Created made = co_await this->store().create(first);
        const Created again = co_await this->store().create(second);
        const Created keyed = co_await this->store().create(second);

        EXPECT_EQ(made.outcome, CreateOutcome::created);
        EXPECT_EQ(again.outcome, CreateOutcome::pair_exists);
        EXPECT_EQ(again.chat, first.chat.id);
        EXPECT_EQ(keyed.outcome, CreateOutcome::key_known);
        EXPECT_EQ(keyed.chat, first.chat.id);
    };

    this->run(body());
}

TYPED_TEST(ChatStoreTest, remembers_creation_keys_until_they_are_forgotten) {
    const UserId ana = UserId::make();
    auto body = [&]() -> Task<void> {
        NewChat first = group_of(ana, {});
        first.creation_key = "k";
        first.request_hash = 0xffff'ffff'ffff'ffffULL;
        NewChat same = group_of(ana, {});
        same.creation_key = "k";
        same.request_hash = first.request_hash;
        NewChat other = same;
        other.request_hash = 1;
        co_await this->store().create(first);

        const Created known = co_await this->store().create(same);
        const Created conflict = co_await this->store().create(other);
        const auto found = co_await this->store().find_creation(ana, "k");
        const auto of_another = co_await this->store().find_creation(UserId::make(), "k");
        co_await this->store().forget_keys(from_unix_ms(1001));
        const Created anew = co_await this->store().create(same);

        EXPECT_EQ(known.outcome, CreateOutcome::key_known);
        EXPECT_EQ(known.chat, first.chat.id);
        EXPECT_EQ(conflict.outcome, CreateOutcome::key_conflict);
        EXPECT_EQ(anew.outcome, CreateOutcome::created);
        EXPECT_EQ(found, first.chat.id);
        EXPECT_EQ(of_another, std::nullopt);
    };

    this->run(body());
}

TYPED_TEST(ChatStoreTest, gives_a_request_key_to_the_first_who_claims_it) {
    const UserId ana = UserId::make();
    const std::string end = "\u00e9";
    const std::string beginning(253, 'k');
    const RequestKey key{ana, "send_chat", beginning + end, 7};
    auto body = [&]() -> Task<void> {
        RequestKey other_body = key;
        other_body.request_hash = 8;
        RequestKey other_person = key;
        other_person.user = UserId::make();
        RequestKey other_operation = key;
        other_operation.operation = "start_generation";
        RequestKey other_end = key;
        other_end.key = beginning + "ee";

        const Claim first = co_await this->store().claim_key(key, from_unix_ms(1000));
        const Claim again = co_await this->store().claim_key(key, from_unix_ms(2000));
        const Claim conflict = co_await this->store().claim_key(other_body, from_unix_ms(2000));
        const Claim of_another = co_await this->store().claim_key(other_person, from_unix_ms(2000));
        const Claim elsewhere =
            co_await this->store().claim_key(other_operation, from_unix_ms(2000));
        const Claim ends_otherwise =
            co_await this->store().claim_key(other_end, from_unix_ms(2000));
        co_await this->store().forget_keys(from_unix_ms(1000));
        const Claim kept = co_await this->store().claim_key(key, from_unix_ms(2000));
        co_await this->store().forget_keys(from_unix_ms(1001));
        const Claim anew = co_await this->store().claim_key(other_body, from_unix_ms(3000));

        EXPECT_TRUE(first.is_same);
        EXPECT_TRUE(again.is_same);
        EXPECT_EQ(again.name, first.name);
        EXPECT_FALSE(conflict.is_same);
        EXPECT_NE(of_another.name, first.name);
        EXPECT_NE(elsewhere.name, first.name);
        EXPECT_NE(ends_otherwise.name, first.name);
        EXPECT_EQ(kept.name, first.name);
        EXPECT_TRUE(anew.is_same);
        EXPECT_NE(anew.name, first.name);
    };

    this->run(body());
}

TYPED_TEST(ChatStoreTest, forgets_the_oldest_keys_beyond_their_number) {
    const UserId ana = UserId::make();
    auto body = [&]() -> Task<void> {
        const std::int64_t most = ChatStore::keys_per_user_max;
        std::vector<Uuid> names(static_cast<std::size_t>(most) + 1);
        for (std::int64_t begin = 0; begin <= most; begin += TestFixture::claims_at_once) {
            co_await this->claim(ana, begin, names);
        }

        const RequestKey second{ana, "send_chat", "1", 1};
        const Claim kept = co_await this->store().claim_key(second, from_unix_ms(most));
        const RequestKey first{ana, "send_chat", "0", 1};
        const Claim forgotten = co_await this->store().claim_key(first, from_unix_ms(most + 1));

        EXPECT_EQ(kept.name, names[1]);
        EXPECT_NE(forgotten.name, names[0]);
    };

    this->run(body());
}

TYPED_TEST(ChatStoreTest, refuses_a_person_who_is_in_too_many_chats) {
    const UserId ana = UserId::make();
    const UserId bob = UserId::make();
    auto body = [&]() -> Task<void> {
        NewChat first = group_of(ana, {bob});
        co_await this->store().create(first);
        NewChat second = group_of(ana, {});
        second.chats_per_user_max = 1;
        const MemberRecord guest{UserId::make(), MemberRole::member, from_unix_ms(1), 0};
        const MemberRecord busy{bob, MemberRole::member, from_unix_ms(1), 0};
        NewChat third = group_of(guest.user, {});

        const Created refused = co_await this->store().create(second);
        co_await this->store().create(third);

        EXPECT_EQ(refused.outcome, CreateOutcome::chat_limit);
        EXPECT_EQ(refused.user, ana);
        const std::string again =
            co_await test::code_of(add_member(this->store(), third.chat.id, busy, 1));
        EXPECT_EQ(again, "chat.chat_limit");
        EXPECT_TRUE(co_await add_member(this->store(), third.chat.id, busy, 2));
    };

    this->run(body());
}

TYPED_TEST(ChatStoreTest, moves_markers_and_activity_forward_only) {
    const UserId ana = UserId::make();
    auto body = [&]() -> Task<void> {
        const NewChat made = group_of(ana, {});
        const Seat seat{made.chat.id, ana};
        co_await this->store().create(made);

        co_await this->store().move_marker(seat, 5);
        co_await this->store().move_marker(seat, 3);
        Progress progress;
        progress.activities = {{made.chat.id, from_unix_ms(5000)},
                               {made.chat.id, from_unix_ms(4000)},
                               {ChatId::make(), from_unix_ms(1)}};
        progress.markers = {{seat, 9}, {seat, 8}, {Seat{ChatId::make(), ana}, 1}};
        co_await this->store().save_progress(progress);
        const auto loaded = co_await this->store().load(made.chat.id);

        EXPECT_EQ(loaded->members.front().read_seq, 9);
        EXPECT_EQ(loaded->chat.active_at, from_unix_ms(5000));
    };

    this->run(body());
}

TYPED_TEST(ChatStoreTest, changes_settings_roles_and_members) {
    const UserId ana = UserId::make();
    const UserId bob = UserId::make();
    auto body = [&]() -> Task<void> {
        const NewChat made = group_of(ana, {bob});
        co_await this->store().create(made);
        ChatRecord changed = made.chat;
        changed.title = "New";
        changed.is_archived = true;
        changed.visibility = Visibility::everyone;
        changed.assistant = AssistantSettings{.max_tokens = 7};
        changed.active_at = from_unix_ms(1);
        std::vector<MemberRecord> roles{{bob, MemberRole::admin, {}, 0}};

        co_await change_settings(this->store(), changed);
        co_await set_roles(this->store(), made.chat.id, roles);
        co_await remove_member(this->store(), Seat{made.chat.id, ana});
        co_await remove_member(this->store(), Seat{made.chat.id, ana});
        const auto loaded = co_await this->store().load(made.chat.id);

        EXPECT_EQ(loaded->chat.title, "New");
        EXPECT_TRUE(loaded->chat.is_archived);
        EXPECT_EQ(loaded->chat.assistant->max_tokens, 7);
        EXPECT_EQ(loaded->chat.active_at, made.chat.active_at);
        EXPECT_EQ(loaded->chat.member_count, 1);
        EXPECT_EQ(loaded->members.size(), 1U);
        EXPECT_EQ(loaded->members.front().role, MemberRole::admin);
    };

    this->run(body());
}

TYPED_TEST(ChatStoreTest, lists_places_peers_and_chats_by_id) {
    const UserId ana = UserId::make();
    const UserId bob = UserId::make();
    const UserId eve = UserId::make();
    auto body = [&]() -> Task<void> {
        const NewChat group = group_of(ana, {bob, eve});
        const NewChat direct = direct_of(ana, bob);
        const NewChat foreign = group_of(eve, {});
        co_await this->store().create(group);
        co_await this->store().create(direct);
        co_await this->store().create(foreign);
        std::vector<ChatId> ids{direct.chat.id, ChatId::make(), group.chat.id};

        const auto places = co_await this->store().list_places(ana);
        std::vector<UserId> asked{eve, UserId::make(), bob, ana};
        const auto peers = co_await this->store().filter_peers(ana, asked);
        const auto rooms = co_await this->store().list_memberships(asked);
        const auto chats = co_await this->store().list_by_id(ids);

        EXPECT_EQ(places.size(), 2U);
        for (const Place& place : places) {
            EXPECT_EQ(place.pair.has_value(), place.chat == direct.chat.id);
            EXPECT_EQ(place.role, MemberRole::owner);
        }
        EXPECT_EQ(peers, (std::vector<UserId>{eve, bob, ana}));
        EXPECT_EQ(std::set<ChatId>(rooms.at(3).begin(), rooms.at(3).end()),
                  (std::set<ChatId>{direct.chat.id, group.chat.id}));
        EXPECT_EQ(chats.size(), 2U);
        EXPECT_EQ(chats.front().id, direct.chat.id);
        EXPECT_EQ(chats.front().pair, direct.chat.pair);
    };

    this->run(body());
}

TYPED_TEST(ChatStoreTest, lists_public_rooms_by_folded_title) {
    const UserId ana = UserId::make();
    auto body = [&]() -> Task<void> {
        for (const char* title : {"beta", "Alpha", "100% c_x", "hidden", "old"}) {
            NewChat made = group_of(ana, {}, title);
            made.chat.visibility = std::string_view{title} == "hidden" ? Visibility::only_members
                                                                       : Visibility::everyone;
            made.chat.is_archived = std::string_view{title} == "old";
            co_await this->store().create(made);
        }
        const auto titles = [&](RoomQuery query) -> Task<std::vector<std::string>> {
            std::vector<std::string> found;
            auto rooms = co_await this->store().list_rooms(std::move(query));
            for (const ChatRecord& room : rooms) {
                found.push_back(room.title);
            }
            co_return found;
        };
        using Titles = std::vector<std::string>;
        RoomQuery page{.limit = 2};
        const auto first = co_await this->store().list_rooms(page);
        page.after = TitleCursor{"alpha", first.back().id};

        EXPECT_EQ(co_await titles(RoomQuery{.limit = 9}), (Titles{"100% c_x", "Alpha", "beta"}));
        EXPECT_EQ(co_await titles(page), (Titles{"beta"}));
        EXPECT_EQ(co_await titles(RoomQuery{.folded_query = "lph"}), (Titles{"Alpha"}));
        EXPECT_EQ(co_await titles(RoomQuery{.folded_query = "0%"}), (Titles{"100% c_x"}));
        EXPECT_EQ(co_await titles(RoomQuery{.folded_query = "_"}), (Titles{"100% c_x"}));
        EXPECT_EQ(co_await titles(RoomQuery{.folded_query = "\\"}), Titles{});
    };

    this->run(body());
}

TYPED_TEST(ChatStoreTest, forgets_all_of_a_removed_chat) {
    const UserId ana = UserId::make();
    auto body = [&]() -> Task<void> {
        const NewChat made = group_of(ana, {UserId::make()});
        co_await this->store().create(made);

        co_await end_chat(this->store(), made.chat.id);
        const auto loaded = co_await this->store().load(made.chat.id);
        const auto places = co_await this->store().list_places(ana);

        EXPECT_FALSE(loaded.has_value());
        EXPECT_TRUE(places.empty());
    };

    this->run(body());
}

}  // namespace
}  // namespace loquat::chat
