#include <array>

#include "aio/scope.hpp"
#include "aio/signal.hpp"
#include "services/chat/cache/conversation_cache.hpp"
#include "services/chat/cache/last_messages.hpp"
#include "services/chat/cache/people.hpp"
#include "services/chat/cache/write_behind.hpp"
#include "services/chat/tests/store_changes.hpp"
#include "services/chat/tests/world.hpp"

namespace loquat::chat {
namespace {

TEST(People, asks_once_for_all_who_are_wanted_in_one_turn) {
    World world;
    const std::array users{world.person("ana"), world.person("bob"), world.person("eve")};
    People people{world.loop, world.directory, world.clock, {std::chrono::minutes{1}, 100}};
    int found = 0;
    auto one = [&](UserId user) -> Task<void> {
        const auto person = co_await people.find(user);
        found += person ? 1 : 0;
    };
    auto body = [&]() -> Task<void> {
        aio::Scope scope{world.loop, "test"};
        for (int i = 0; i < 9; ++i) {
            scope.start(one(users[static_cast<std::size_t>(i) % 3]));
        }
        while (found < 9) {
            co_await aio::yield();
        }
        co_await scope.close();
        co_await people.close();
    };

    world.run(body());

    EXPECT_EQ(world.directory.calls, 1);
}

TEST(People, are_asked_for_again_when_no_longer_fresh) {
    World world;
    const UserId ana = world.person("ana");
    People people{world.loop, world.directory, world.clock, {std::chrono::minutes{1}, 100}};
    auto body = [&]() -> Task<void> {
        co_await people.find(ana);
        world.directory.users.at(ana).display_name = "New";
        world.clock.advance(std::chrono::minutes{2});

        EXPECT_EQ(people.peek(ana)->display_name, "Display ana");
        EXPECT_EQ(people.peek(ana)->display_name, "Display ana");
        for (int i = 0; i < 5; ++i) {
            co_await aio::yield();
        }

        EXPECT_EQ(people.peek(ana)->display_name, "New");
        EXPECT_EQ(world.directory.calls, 2);
        co_await people.close();
    };

    world.run(body());
}

TEST(People, who_are_known_are_given_however_old_while_the_directory_is_down) {
    World world;
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    People people{world.loop, world.directory, world.clock, {std::chrono::minutes{1}, 100}};
    auto body = [&]() -> Task<void> {
        co_await people.find(ana);
        world.clock.advance(std::chrono::minutes{2});
        world.directory.is_down = true;

        const auto known = co_await people.find(ana);
        const auto code = co_await code_of(people.find(bob));

        EXPECT_EQ(known->username, "ana");
        EXPECT_EQ(code, "upstream.unavailable");
        co_await people.close();
    };

    world.run(body());
}

TEST(ConversationCache, stay_one_copy_while_somebody_holds_them) {
    ChatConfig tiny;
    tiny.members_cached_max = 0;
    World world{tiny};
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        WriteBehind unsaved{*world.chats, 10};
        ConversationCache rooms{*world.chats, unsaved, 0};
        const auto made = co_await world.make_group(ana, {});
        const ConversationPtr held = co_await rooms.find(made.id);
        const auto other = co_await world.make_group(ana, {});
        co_await rooms.find(other.id);

        const ConversationPtr again = co_await rooms.find(made.id);

        EXPECT_EQ(held, again);
    };

    world.run(body());
}

TEST(ConversationCache, gives_the_latest_where_it_was_not_told_what_another_instance_changed) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        WriteBehind unsaved{*world.chats, 10};
        ConversationCache rooms{*world.chats, unsaved, 100,
                                SharedConversations{.now = [&] { return world.clock.steady(); }}};
        const auto made = co_await world.make_group(ana, {});
        const ConversationPtr held = co_await rooms.get(made.id, ana, Action::send);
        ChatRecord archived = held->chat;
        archived.is_archived = true;
        co_await change_settings(*world.chats, archived);

        const ConversationPtr known = co_await rooms.get(made.id, ana, Action::send);
        const std::string latest =
            co_await test::code_of(rooms.get_latest(made.id, ana, Action::send));

        EXPECT_EQ(known, held);
        EXPECT_EQ(latest, "chat.archived");
    };

    world.run(body());
}

TEST(WriteBehind, lies_over_what_is_stored_until_a_save_after_the_one_that_wrote_it) {
    World world;
    const UserId ana = world.person("ana");
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {});
        const Seat seat{made.id, ana};
        WriteBehind unsaved{*world.chats, 10};

        unsaved.note_marker(seat, 7);
        unsaved.note_marker(seat, 5);
        EXPECT_EQ(unsaved.newest_marker(seat, 1), 7);
        EXPECT_EQ(unsaved.newest_marker(seat, 9), 9);
        co_await unsaved.save();
        EXPECT_EQ(unsaved.newest_marker(seat, 1), 7);
        co_await unsaved.save();
        EXPECT_EQ(unsaved.newest_marker(seat, 1), 1);

        const auto loaded = co_await world.chats->load(made.id);
        EXPECT_EQ(loaded->members.front().read_seq, 7);
    };

    world.run(body());
}

// A store whose heads come only when they are let go.
class SlowHeads final : public store::MessageHistory {
  public:
    explicit SlowHeads(store::MessageHistory& inner) : inner_(inner) {}
    Task<store::Progress> stored() override { return inner_.stored(); }
    Task<std::optional<contracts::StoredMessage>> find_by_id(MessageId id) override {
        return inner_.find_by_id(id);
    }
    Task<std::optional<contracts::StoredMessage>> find_by_client_id(
        ChatId chat, UserId sender, std::string client_id) override {
        return inner_.find_by_client_id(chat, sender, std::move(client_id));
    }
    Task<std::optional<contracts::Outcome>> find_repeat(ChatId chat, UserId sender,
                                                        std::string client_id,
                                                        std::int64_t sum) override {
        return inner_.find_repeat(chat, sender, std::move(client_id), sum);
    }
    Task<store::Page> page(store::PageQuery query) override {
        return inner_.page(std::move(query));
    }
    Task<std::vector<store::Head>> heads(std::vector<ChatId> chats) override {
        ++asked;
        std::vector<store::Head> answer;
        for (const ChatId& chat : chats) {
            answer.push_back({chat, current.seq, current});
        }
        if (is_held) {
            co_await let_go.wait();
        }
        co_return answer;
    }
    Task<std::vector<std::vector<std::int64_t>>> list_deleted(std::vector<ChatId> chats) override {
        std::vector<std::vector<std::int64_t>> answer(chats.size(), deleted);
        if (is_held) {
            co_await let_go.wait();
        }
        co_return answer;
    }
    Task<std::vector<std::vector<std::int64_t>>> list_mentions(
        std::vector<store::MentionQuery> queries) override {
        return inner_.list_mentions(std::move(queries));
    }
    Task<store::Scanned> scan_sender(UserId sender, store::ScanPlace after) override {
        return inner_.scan_sender(sender, after);
    }

    contracts::StoredMessage current;
    std::vector<std::int64_t> deleted;
    bool is_held = true;
    int asked = 0;
    aio::Signal let_go;

  private:
    store::MessageHistory& inner_;
};

TEST(LastMessagesWhileLoading, keep_nothing_that_was_read_before_a_loss_of_events) {
    World world;
    SlowHeads slow{*world.messages};
    LastMessages heads{slow, 1 << 20};
    const ChatId chat = ChatId::make();
    slow.current.chat = chat;
    slow.current.seq = 1;
    slow.current.text = "deleted meanwhile";
    store::Head loaded;
    store::Head later;
    auto body = [&]() -> Task<void> {
        aio::Scope scope{world.loop, "loading"};
        scope.start([](LastMessages& of, ChatId wanted, store::Head& out) -> Task<void> {
            out = co_await of.find(wanted);
        }(heads, chat, loaded));
        co_await aio::yield();
        slow.current.text = "";
        heads.clear();
        slow.is_held = false;
        slow.let_go.set();
        while (slow.asked < 2) {
            co_await aio::yield();
        }
        later = co_await heads.find(chat);
        co_await scope.close();
    };

    world.run(body());

    EXPECT_EQ(loaded.last->text, "");
    EXPECT_EQ(later.last->text, "");
    EXPECT_EQ(slow.asked, 2);
}

}  // namespace
}  // namespace loquat::chat
