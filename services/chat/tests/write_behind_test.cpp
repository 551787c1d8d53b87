#include "services/chat/cache/write_behind.hpp"

#include <algorithm>
#include <set>

#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/tests/world.hpp"

// What was to be written down when writing failed.
namespace loquat::chat {
namespace {

// Saves as it is told to, and remembers what it was given.
class ProgressStore final : public ChatStore {
  public:
    Task<void> save_progress(Progress progress) override {
        if (gate) {
            co_await gate->wait();
        }
        if (failures_left > 0) {
            --failures_left;
            throw Failure{Kind::unavailable, "store.unavailable", "not now"};
        }
        for (const Progress::Activity& activity : progress.activities) {
            activities[activity.chat] = std::max(activities[activity.chat], activity.at);
        }
        for (const Progress::Marker& marker : progress.markers) {
            markers[marker.seat] = std::max(markers[marker.seat], marker.read_seq);
        }
    }

    int failures_left = 0;
    std::unique_ptr<aio::Signal> gate;
    std::unordered_map<ChatId, Time> activities;
    std::unordered_map<Seat, std::int64_t> markers;

    Task<Created> create(NewChat) override { co_return Created{}; }
    Task<std::optional<LoadedChat>> load(ChatId) override { co_return std::nullopt; }
    Task<std::vector<ChatRecord>> list_by_id(std::vector<ChatId>) override {
        co_return std::vector<ChatRecord>{};
    }
    Task<std::vector<Place>> list_places(UserId) override { co_return std::vector<Place>{}; }
    Task<Time> find_newest_activity() override { co_return Time{}; }
    Task<std::vector<Place>> list_page(PlaceQuery) override { co_return std::vector<Place>{}; }
    Task<std::vector<Place>> list_places_in(UserId, std::vector<ChatId>) override {
        co_return std::vector<Place>{};
    }
    Task<std::vector<ChatRecord>> list_rooms(RoomQuery) override {
        co_return std::vector<ChatRecord>{};
    }
    Task<std::vector<UserId>> filter_peers(UserId, std::vector<UserId>) override {
        co_return std::vector<UserId>{};
    }
    Task<std::vector<std::vector<ChatId>>> list_memberships(std::vector<UserId>) override {
        co_return std::vector<std::vector<ChatId>>{};
    }
    Task<std::optional<Judged>> change(ChatId, Proposal) override { co_return std::nullopt; }
    Task<std::vector<ChatVersion>> list_versions(std::vector<ChatId>) override {
        co_return std::vector<ChatVersion>{};
    }
    Task<contracts::MembershipChanges> list_membership_changes(contracts::MembershipMark) override {
        co_return contracts::MembershipChanges{};
    }
    Task<void> move_marker(Seat, std::int64_t) override { co_return; }
    Task<std::optional<ChatId>> find_creation(UserId, std::string) override {
        co_return std::nullopt;
    }
    Task<Claim> claim_key(RequestKey, Time) override { co_return Claim{}; }
    Task<void> forget_keys(Time) override { co_return; }
};

TEST(WriteBehind, keeps_marks_and_activity_when_saving_failed_once) {
    World world;
    ProgressStore store;
    const Seat seat{ChatId::make(), UserId::make()};
    auto body = [&]() -> Task<void> {
        WriteBehind unsaved{store, 10};
        unsaved.note_marker(seat, 7);
        unsaved.note_activity(seat.chat, from_unix_ms(70));
        store.failures_left = 1;

        const auto code = co_await code_of(unsaved.save());
        const auto shown = unsaved.newest_marker(seat, 1);
        co_await unsaved.save();

        EXPECT_EQ(code, "store.unavailable");
        EXPECT_EQ(shown, 7);
        EXPECT_EQ(store.markers[seat], 7);
        EXPECT_EQ(store.activities[seat.chat], from_unix_ms(70));
    };

    world.run(body());
}

TEST(WriteBehind, keeps_the_newest_of_what_failed_and_what_came_meanwhile) {
    World world;
    ProgressStore store;
    const Seat older{ChatId::make(), UserId::make()};
    const Seat newer{ChatId::make(), UserId::make()};
    auto body = [&]() -> Task<void> {
        WriteBehind unsaved{store, 10};
        unsaved.note_marker(older, 7);
        unsaved.note_marker(newer, 7);
        store.failures_left = 1;
        store.gate = std::make_unique<aio::Signal>();
        aio::Scope scope{world.loop, "test"};
        const auto save = [&]() -> Task<void> { co_await code_of(unsaved.save()); };
        scope.start(save());
        co_await aio::yield();
        unsaved.note_marker(older, 5);
        unsaved.note_marker(newer, 9);
        store.gate->set();
        co_await aio::yield();
        co_await aio::yield();
        store.gate.reset();
        co_await scope.close();

        co_await unsaved.save();

        EXPECT_EQ(store.markers[older], 7);
        EXPECT_EQ(store.markers[newer], 9);
    };

    world.run(body());
}

CachedConversation make_room(const std::vector<UserId>& people) {
    LoadedChat loaded;
    loaded.chat.id = ChatId::make();
    CachedConversation room{std::move(loaded)};
    for (const UserId& user : people) {
        room.add({user, MemberRole::member, {}, 0});
    }
    return room;
}

TEST(WriteBehind,
     gives_a_person_only_the_small_conversations_of_that_person_and_those_of_unknown_people) {
    World world;
    ProgressStore store;
    WriteBehind unsaved{store, 100};
    const UserId ana = UserId::make();
    const UserId bob = UserId::make();
    CachedConversation pair = make_room({ana, bob});
    const CachedConversation own = make_room({bob});
    std::vector<UserId> many(ChatStore::listed_members_max + 1);
    std::ranges::generate(many, [] { return UserId::make(); });
    many.front() = ana;
    const CachedConversation large = make_room(many);
    const ChatId unknown = ChatId::make();
    for (const CachedConversation* room : {&std::as_const(pair), &own, &large}) {
        unsaved.note_activity(room->chat.id, from_unix_ms(70), room);
        unsaved.note_activity(room->chat.id, from_unix_ms(71), room);
    }
    unsaved.note_activity(unknown, from_unix_ms(70));
    const auto set_of = [](std::vector<ChatId> chats) {
        return std::set<ChatId>{chats.begin(), chats.end()};
    };
    using Chats = std::set<ChatId>;

    EXPECT_EQ(set_of(unsaved.active_chats_of(ana)), (Chats{pair.chat.id, unknown}));
    EXPECT_EQ(set_of(unsaved.active_chats_of(bob)), (Chats{pair.chat.id, own.chat.id, unknown}));

    const UserId eve = UserId::make();
    pair.add({eve, MemberRole::member, {}, 0});
    unsaved.note_people(pair);
    EXPECT_EQ(set_of(unsaved.active_chats_of(eve)), (Chats{pair.chat.id, unknown}));

    auto body = [&]() -> Task<void> {
        store.failures_left = 1;
        co_await code_of(unsaved.save());
        EXPECT_EQ(set_of(unsaved.active_chats_of(eve)), (Chats{pair.chat.id, unknown}));
        co_await unsaved.save();
        EXPECT_EQ(set_of(unsaved.active_chats_of(eve)), (Chats{pair.chat.id, unknown}));
        co_await unsaved.save();
        EXPECT_EQ(unsaved.active_chats_of(eve).size(), 0U);
    };
    world.run(body());
}

TEST(WriteBehind, has_room_for_what_failed_however_much_came_meanwhile) {
    World world;
    ProgressStore store;
    std::vector<Seat> first;
    std::vector<Seat> second;
    for (int i = 0; i < 10; ++i) {
        first.push_back({ChatId::make(), UserId::make()});
        second.push_back({ChatId::make(), UserId::make()});
    }
    auto body = [&]() -> Task<void> {
        WriteBehind unsaved{store, 10};
        for (const Seat& seat : first) {
            unsaved.note_marker(seat, 7);
            unsaved.note_activity(seat.chat, from_unix_ms(70));
        }
        store.failures_left = 1;
        store.gate = std::make_unique<aio::Signal>();
        aio::Scope scope{world.loop, "test"};
        const auto save = [&]() -> Task<void> { co_await code_of(unsaved.save()); };
        scope.start(save());
        co_await aio::yield();
        for (const Seat& seat : second) {
            unsaved.note_marker(seat, 7);
            unsaved.note_activity(seat.chat, from_unix_ms(70));
        }
        store.gate->set();
        co_await aio::yield();
        co_await aio::yield();
        store.gate.reset();
        co_await scope.close();

        co_await unsaved.save();

        for (const Seat& seat : first) {
            EXPECT_EQ(store.markers[seat], 7);
            EXPECT_EQ(store.activities[seat.chat], from_unix_ms(70));
        }
    };

    world.run(body());
}

}  // namespace
}  // namespace loquat::chat
