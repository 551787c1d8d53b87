#include <gtest/gtest.h>

#include "services/chat/tests/world.hpp"

namespace loquat::chat {
namespace {

// Runs `body` with the trail open; gives what was written as "action subject", with names for ids.
struct AuditTest : testing::Test {
    World world;
    UserId ann = world.person("ann");
    UserId bob = world.person("bob");
    UserId cid = world.person("cid");

    std::vector<contracts::AuditRecord> run(Task<void> body) {
        std::vector<contracts::AuditRecord> records;
        world.run(observe(std::move(body), records));
        return records;
    }

  private:
    Task<void> observe(Task<void> body, std::vector<contracts::AuditRecord>& records) {
        world.audit.start();
        world.start_consumer();
        co_await std::move(body);
        co_await world.audit.stop(std::chrono::steady_clock::now() + std::chrono::seconds{5});
        const auto found =
            co_await world.log.read({std::string{contracts::records::audit.topic}}, 0, {});
        for (const store::LogRecordPtr& record : found) {
            records.push_back(contracts::decode<contracts::AuditRecord>(record->payload).value());
        }
    }
};

using Acts = std::vector<std::string>;

Acts actions_of(const std::vector<contracts::AuditRecord>& records) {
    Acts actions;
    for (const contracts::AuditRecord& record : records) {
        actions.push_back(record.action);
    }
    return actions;
}

TEST_F(AuditTest, tells_who_changed_members_and_roles_of_a_conversation) {
    ChatId chat;
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ann, {bob});
        chat = group.id;
        const contracts::PutMemberRequest invite{chat, cid, MemberRole::member};
        co_await world.chat.put_member(world.as(ann), invite);
        co_await world.chat.put_member(world.as(ann), invite);
        co_await world.set_role(ann, chat, bob, MemberRole::admin);
        const contracts::MemberRef removal{chat, cid};
        co_await world.chat.remove_member(world.as(bob), removal);
        const contracts::ChatRef ref{chat};
        co_await world.chat.leave_chat(world.as(bob), ref);
        co_await world.chat.leave_chat(world.as(ann), ref);
    };

    const auto records = run(body());

    ASSERT_EQ(actions_of(records), (Acts{"chat.member_added", "chat.role_changed",
                                         "chat.member_removed", "chat.deleted"}));
    EXPECT_EQ(records[0].actor, ann);
    EXPECT_EQ(records[0].subject, chat.to_string() + "/" + cid.to_string());
    EXPECT_EQ(records[1].subject, chat.to_string() + "/" + bob.to_string());
    EXPECT_EQ(records[2].actor, bob);
    EXPECT_EQ(records[3].subject, chat.to_string());
}

TEST_F(AuditTest, tells_when_a_moderator_deletes_a_message_and_not_when_its_sender_does) {
    MessageId moderated;
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ann, {bob});
        const auto own = co_await world.send(bob, group.id, "own");
        const auto other = co_await world.send(bob, group.id, "other");
        moderated = other.id;
        const contracts::MessageRef by_sender{group.id, own.id};
        co_await world.chat.delete_message(world.as(bob), by_sender);
        const contracts::MessageRef by_owner{group.id, other.id};
        co_await world.chat.delete_message(world.as(ann), by_owner);
        co_await world.chat.delete_message(world.as(ann), by_owner);
    };

    const auto records = run(body());

    ASSERT_EQ(actions_of(records), (Acts{"chat.message_deleted"}));
    EXPECT_EQ(records[0].actor, ann);
    EXPECT_TRUE(records[0].subject.ends_with(moderated.to_string()));
}

TEST_F(AuditTest, tells_when_an_assistant_is_switched_on_and_off) {
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ann, {bob});
        for (const auto& settings :
             {contracts::AssistantChange{}, contracts::AssistantChange{.model = "small"},
              contracts::AssistantChange{.enabled = false},
              contracts::AssistantChange{.enabled = true}}) {
            const contracts::UpdateChatRequest change{.id = group.id, .assistant = settings};
            co_await world.chat.update_chat(world.as(ann), change);
        }
        const contracts::ChatRef ref{group.id};
        co_await world.chat.delete_chat(world.as(ann), ref);
    };

    const auto records = run(body());

    EXPECT_EQ(actions_of(records), (Acts{"chat.assistant_on", "chat.assistant_off",
                                         "chat.assistant_on", "chat.deleted"}));
}

TEST_F(AuditTest, says_nothing_of_what_was_refused) {
    auto body = [&]() -> Task<void> {
        const auto group = co_await world.make_group(ann, {bob});
        const contracts::ChatRef ref{group.id};
        EXPECT_EQ(co_await code_of(world.chat.delete_chat(world.as(bob), ref)), "chat.forbidden");
        EXPECT_EQ(co_await code_of(world.chat.delete_chat(world.as(cid), ref)), "chat.not_found");
    };

    EXPECT_EQ(run(body()).size(), 0U);
}

}  // namespace
}  // namespace loquat::chat
