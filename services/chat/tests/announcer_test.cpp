#include "services/chat/cache/write_behind.hpp"
#include "services/chat/conversations/event_publisher.hpp"

#include "services/chat/tests/world.hpp"

// What a full queue may drop, and what it must not: who was removed is told whatever waits.
namespace loquat::chat {
namespace {

constexpr int queue_max = 10'000;

struct FullQueue {
    World world;
    WriteBehind unsaved{*world.chats, 10};
    ConversationCache rooms{*world.chats, unsaved, 10};
    LastMessages heads{*world.messages, 1 << 20};
    DeletedMessages deletions{*world.messages, 1 << 20};
    People people{world.loop, world.directory, world.clock, {std::chrono::milliseconds{1'000}, 10}};
    EventPublisher publisher{
        {world.broadcast, rooms, heads, deletions, people, *world.messages, world.metrics, 16'000}};
    UserId ana = world.person("ana");
    ChatId chat = ChatId::make();

    FullQueue() {
        for (int i = 0; i < queue_max; ++i) {
            publisher.chat_added(ChatId::make(), {ana});
        }
    }
};

TEST(EventPublisher, counts_what_its_full_queue_drops) {
    FullQueue at;
    const auto before = at.world.metrics.events_dropped.value();

    at.publisher.chat_changed(at.chat);
    at.publisher.chat_changed(at.chat);
    at.publisher.chat_added(at.chat, {at.ana});

    EXPECT_EQ(before, 0U);
    EXPECT_EQ(at.world.metrics.events_dropped.value(), 3U);  // none waits for a change that is gone
    EXPECT_TRUE(at.world.broadcast.published.empty());
}

TEST(EventPublisher, tells_of_a_removal_at_once_though_its_queue_is_full) {
    FullQueue at;

    at.publisher.member_removed(at.chat, at.ana);
    at.publisher.chat_removed(at.chat, at.ana);

    EXPECT_EQ(at.world.broadcast.room_events(at.chat), std::vector<std::string>{"member_removed"});
    EXPECT_EQ(at.world.broadcast.user_events(at.ana), std::vector<std::string>{"chat_removed"});
}

TEST(EventPublisher, tells_everybody_of_a_deletion_at_once_when_its_queue_is_full) {
    FullQueue at;
    const UserId bob = at.world.person("bob");

    at.publisher.chat_deleted(at.chat, {at.ana, bob});

    EXPECT_EQ(at.world.broadcast.room_events(at.chat),
              (std::vector<std::string>{"member_removed", "member_removed"}));
    EXPECT_EQ(at.world.broadcast.user_events(at.ana), std::vector<std::string>{"chat_removed"});
    EXPECT_EQ(at.world.broadcast.user_events(bob), std::vector<std::string>{"chat_removed"});
    EXPECT_EQ(at.world.metrics.events_dropped.value(), 0U);
}

}  // namespace
}  // namespace loquat::chat
