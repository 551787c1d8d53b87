#include <gtest/gtest.h>

#include "services/chat/tests/two_instances.hpp"

// One suite over both kinds of book: whichever instance is asked, the answers are the same.
namespace loquat::chat {
namespace {

using test::Keeping;

struct Kind {
    Instances instances;
    Keeping keeping;
};

class Book : public testing::TestWithParam<Kind> {
  protected:
    TwoInstances world{GetParam().instances, GetParam().keeping};
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");
    const UserId eve = world.person("eve");

    Task<void> put(std::size_t instance, UserId actor, ChatId chat, UserId user, MemberRole role) {
        const contracts::PutMemberRequest request{chat, user, role};
        co_await world.at(instance).put_member(world.as(actor), request);
    }
    Task<void> remove(std::size_t instance, UserId actor, ChatId chat, UserId user) {
        const contracts::MemberRef request{chat, user};
        co_await world.at(instance).remove_member(world.as(actor), request);
    }
    Task<contracts::Chat> rename(std::size_t instance, UserId actor, ChatId chat,
                                 std::string title) {
        contracts::UpdateChatRequest request;
        request.id = chat;
        request.title = std::move(title);
        co_return co_await world.at(instance).update_chat(world.as(actor), request);
    }
    Task<contracts::Chat> show(std::size_t instance, UserId user, ChatId chat) {
        const contracts::ChatRef request{chat};
        co_return co_await world.at(instance).get_chat(world.as(user), request);
    }
    Task<contracts::Reply<contracts::Chat>> direct(std::size_t instance, UserId one, UserId other) {
        contracts::CreateChatRequest request;
        request.kind = ChatKind::direct;
        request.member_ids = {other};
        co_return co_await world.at(instance).create_chat(world.as(one), request);
    }
};

TEST_P(Book, shows_a_change_to_whoever_asks_next_anywhere) {
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {bob});
        co_await show(1, ana, made.id);

        co_await rename(0, ana, made.id, "Orchard");
        co_await world.settle();
        const auto there = co_await show(1, bob, made.id);
        co_await rename(1, ana, made.id, "Garden");
        co_await world.settle();
        const auto here = co_await show(0, bob, made.id);

        EXPECT_EQ(there.title, "Orchard");
        EXPECT_EQ(here.title, "Garden");
    };

    world.run_both(body());
}

TEST_P(Book, changes_what_another_instance_has_changed_before) {
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {bob});
        co_await show(0, ana, made.id);
        co_await show(1, ana, made.id);

        co_await put(0, ana, made.id, eve, MemberRole::member);
        co_await put(1, ana, made.id, eve, MemberRole::admin);
        co_await rename(0, eve, made.id, "Eve's");
        co_await remove(1, ana, made.id, bob);
        const auto stored = co_await world.stored(made.id);

        EXPECT_EQ(stored->chat.title, "Eve's");
        EXPECT_EQ(stored->members.size(), 2U);
        EXPECT_EQ(stored->chat.member_count, 2);
        EXPECT_EQ(stored->find(eve)->role, MemberRole::admin);
    };

    world.run_both(body());
}

TEST_P(Book, judges_a_change_by_what_is_so_not_by_what_was_read) {
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {bob, eve});
        co_await put(0, ana, made.id, bob, MemberRole::admin);
        co_await show(0, bob, made.id);
        co_await show(1, bob, made.id);
        world.broadcast.is_losing = true;

        co_await put(0, ana, made.id, bob, MemberRole::member);
        const std::string late = co_await test::code_of(remove(1, bob, made.id, eve));
        co_await put(1, ana, made.id, bob, MemberRole::admin);
        co_await remove(0, bob, made.id, eve);

        EXPECT_EQ(late, "chat.forbidden");
        EXPECT_EQ((co_await world.stored(made.id))->members.size(), 2U);
    };

    world.run_both(body());
}

TEST_P(Book, makes_one_direct_conversation_of_two_people) {
    auto body = [&]() -> Task<void> {
        const auto first = co_await direct(0, ana, bob);
        const auto second = co_await direct(1, bob, ana);

        EXPECT_EQ(first.status, 201);
        EXPECT_EQ(second.status, 200);
        EXPECT_EQ(first.body.id, second.body.id);
    };

    world.run_both(body());
}

TEST_P(Book, makes_one_conversation_for_one_key) {
    auto body = [&]() -> Task<void> {
        contracts::CreateChatRequest request;
        request.title = "Once";
        auto caller = world.as(ana);
        caller.idempotency_key = "a key";

        const auto first = co_await world.at(0).create_chat(caller, request);
        const auto again = co_await world.at(1).create_chat(caller, request);
        request.title = "Another";
        const std::string other = co_await test::code_of(world.at(1).create_chat(caller, request));

        EXPECT_EQ(first.body.id, again.body.id);
        EXPECT_EQ(again.status, 200);
        EXPECT_EQ(other, "request.idempotency_conflict");
    };

    world.run_both(body());
}

TEST_P(Book, has_one_feed_of_memberships) {
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {});
        const auto begin = co_await world.at(0).list_membership_changes(world.as(ana), {});
        co_await put(1, ana, made.id, bob, MemberRole::member);
        co_await put(0, ana, made.id, eve, MemberRole::member);
        co_await remove(1, ana, made.id, bob);
        const contracts::ChatRef chat{made.id};
        co_await world.at(0).delete_chat(world.as(ana), chat);

        const auto there = co_await world.at(1).list_membership_changes(world.as(ana), begin.mark);
        const auto here = co_await world.at(0).list_membership_changes(world.as(ana), begin.mark);
        const auto none = co_await world.at(1).list_membership_changes(world.as(ana), here.mark);

        std::vector<std::string> told;
        for (const contracts::MembershipChange& change : there.items) {
            const std::string who = !change.user_id          ? "all"
                                    : *change.user_id == bob ? "bob"
                                                             : "eve";
            told.push_back((change.is_member ? "+" : "-") + who);
        }
        EXPECT_TRUE(there.complete);
        EXPECT_EQ(told, (std::vector<std::string>{"+bob", "+eve", "-bob", "-all"}));
        EXPECT_EQ(here.items.size(), 4U);
        EXPECT_TRUE(none.complete);
        EXPECT_TRUE(none.items.empty());
    };

    world.run_both(body());
}

TEST_P(Book, shows_everywhere_how_far_one_has_read) {
    auto body = [&]() -> Task<void> {
        world.start_consumer();
        const auto made = co_await world.make_group(ana, {bob});
        co_await show(1, bob, made.id);
        co_await world.send(ana, made.id, "one");
        co_await world.send(ana, made.id, "two");
        const contracts::ReadRequest request{made.id, 2};

        co_await world.at(0).put_read(world.as(bob), request);
        const auto there = co_await show(1, bob, made.id);

        EXPECT_EQ(there.me->read_seq, 2);
        EXPECT_EQ(there.me->unread, 0);
    };

    world.run_both(body());
}

TEST_P(Book, keeps_one_message_of_those_that_are_sent_again_elsewhere) {
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {bob});
        const auto request = text_of(made.id, "once", "hello");

        const auto first = co_await world.at(0).accept_message(world.as(ana), request);
        const auto again = co_await world.at(1).accept_message(world.as(ana), request);
        co_await world.drain();
        const auto late = co_await world.at(1).accept_message(world.as(ana), request);
        co_await world.drain();
        contracts::ListMessagesRequest list;
        list.id = made.id;
        const auto page = co_await world.at(0).list_messages(world.as(bob), list);

        EXPECT_EQ(first.id, again.id);
        EXPECT_EQ(first.id, late.id);
        EXPECT_EQ(page.items.size(), 1U);
        EXPECT_EQ(page.items.back().id, first.id);
    };

    world.run_both(body());
}

TEST_P(Book, loses_no_promised_message_to_another_one_under_its_client_id) {
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {bob});

        co_await world.at(0).accept_message(world.as(ana), text_of(made.id, "same", "hello"));
        const std::string second = co_await test::code_of(
            world.at(1).accept_message(world.as(ana), text_of(made.id, "same", "good bye")));
        co_await world.drain();
        contracts::ListMessagesRequest list;
        list.id = made.id;
        const auto page = co_await world.at(0).list_messages(world.as(bob), list);

        // Refused where it is known, else kept.
        EXPECT_EQ(page.items.size(), second == "ok" ? 2U : 1U) << second;
    };

    world.run_both(body());
}

std::string name_of_kind(const testing::TestParamInfo<Kind>& info) {
    const std::string who =
        info.param.instances == Instances::one ? "only_writer" : "one_of_several";
    return who + "_" + test::name_of(info.param.keeping);
}

INSTANTIATE_TEST_SUITE_P(Kinds, Book,
                         testing::Values(Kind{Instances::one, Keeping::memory},
                                         Kind{Instances::one, Keeping::sqlite},
                                         Kind{Instances::several, Keeping::memory},
                                         Kind{Instances::several, Keeping::postgres}),
                         name_of_kind);

// What is in memory may be old where several decide.
class OldMemory : public testing::Test {
  protected:
    TwoInstances world{Instances::several, Keeping::memory};
    const UserId ana = world.person("ana");
    const UserId bob = world.person("bob");

    Task<void> remove_bob(ChatId chat) {
        const contracts::MemberRef request{chat, bob};
        co_await world.at(0).remove_member(world.as(ana), request);
    }
    Task<std::string> send_at(std::size_t instance, ChatId chat) {
        auto request = text_of(chat, Uuid::make().to_string(), "hello");
        co_return co_await test::code_of(
            world.at(instance).accept_message(world.as(bob), std::move(request)));
    }
};

TEST_F(OldMemory, lets_nobody_write_who_was_removed_elsewhere_once_that_was_told) {
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {bob});
        const std::string before = co_await send_at(1, made.id);

        co_await remove_bob(made.id);
        co_await world.settle();

        EXPECT_EQ(before, "ok");
        EXPECT_EQ(co_await send_at(1, made.id), "chat.not_found");
    };

    world.run_both(body());
}

TEST_F(OldMemory, is_gone_by_for_two_seconds_at_most_when_nothing_is_told) {
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {bob});
        co_await send_at(1, made.id);
        world.broadcast.is_losing = true;

        co_await remove_bob(made.id);
        world.clock.advance(std::chrono::milliseconds{1'999});
        const std::string within = co_await send_at(1, made.id);
        world.clock.advance(std::chrono::milliseconds{1});
        const std::string after = co_await send_at(1, made.id);

        EXPECT_EQ(within, "ok");
        EXPECT_EQ(after, "chat.not_found");
    };

    world.run_both(body());
}

TEST_F(OldMemory, is_not_gone_by_after_something_may_have_been_missed) {
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {bob});
        co_await send_at(1, made.id);
        world.broadcast.is_losing = true;

        co_await remove_bob(made.id);
        world.clock.advance(std::chrono::milliseconds{1});
        world.broadcast.announce_loss();
        co_await world.settle();

        EXPECT_EQ(co_await send_at(1, made.id), "chat.not_found");
    };

    world.run_both(body());
}

TEST_F(OldMemory, refuses_nobody_who_was_added_elsewhere) {
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {});
        const std::string before = co_await send_at(1, made.id);
        world.broadcast.is_losing = true;
        const contracts::PutMemberRequest request{made.id, bob, MemberRole::member};

        co_await world.at(0).put_member(world.as(ana), request);

        EXPECT_EQ(before, "chat.not_found");
        EXPECT_EQ(co_await send_at(1, made.id), "ok");
    };

    world.run_both(body());
}

TEST_F(OldMemory, is_read_again_by_a_change_that_finds_it_old) {
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {bob});
        co_await send_at(1, made.id);
        world.broadcast.is_losing = true;
        co_await remove_bob(made.id);
        contracts::UpdateChatRequest request;
        request.id = made.id;
        request.title = "Orchard";

        co_await world.at(1).update_chat(world.as(ana), request);

        EXPECT_EQ(co_await send_at(1, made.id), "chat.not_found");
    };

    world.run_both(body());
}

TEST_F(OldMemory, ends_rights_that_stand_at_another_instance) {
    auto body = [&]() -> Task<void> {
        const auto made = co_await world.make_group(ana, {bob});
        const runtime::StandingRights::Member holder{made.id, bob};
        const auto right = world.other_rights.open(holder);

        co_await remove_bob(made.id);
        co_await world.settle();

        EXPECT_FALSE(right->holds());
    };

    world.run_both(body());
}

}  // namespace
}  // namespace loquat::chat
