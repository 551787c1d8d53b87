#include <gtest/gtest.h>

#include "services/chat/conversations/views.hpp"
#include "services/chat/domain/assistant.hpp"
#include "services/chat/domain/rules.hpp"

// What is sent with a conversation is what its calls do: over every kind, role and setting.
namespace loquat::chat {
namespace {

struct Situation {
    ChatRecord chat;
    std::optional<MemberRole> role;

    Standing standing() const { return {chat.kind, chat.visibility, chat.is_archived, role}; }
    contracts::Chat view() const {
        const store::Head head;
        std::optional<MemberRecord> me;
        if (role) {
            me = MemberRecord{.role = *role};
        }
        const auto deleted = std::make_shared<const std::vector<std::int64_t>>();
        return to_wire(ChatView{
            .chat = chat, .me = me, .head = head, .deleted = deleted, .text_characters_max = 77});
    }
    bool allows(Action action) const {
        try {
            require(action, standing());
            return true;
        } catch (const Failure&) {
            return false;
        }
    }
};

std::vector<Situation> all_situations() {
    std::vector<Situation> all;
    const std::vector<std::optional<MemberRole>> roles{std::nullopt, MemberRole::member,
                                                       MemberRole::admin, MemberRole::owner};
    const std::vector<std::optional<AssistantSettings>> settings{
        std::nullopt, AssistantSettings{}, AssistantSettings{.enabled = false},
        AssistantSettings{.enabled = true}};
    for (const ChatKind kind : {ChatKind::direct, ChatKind::group, ChatKind::assistant}) {
        for (const Visibility visibility : {Visibility::only_members, Visibility::everyone}) {
            for (int bits = 0; bits < 4; ++bits) {
                for (const auto& role : roles) {
                    for (const auto& assistant : settings) {
                        Situation one{.role = role};
                        one.chat.kind = kind;
                        one.chat.visibility = visibility;
                        one.chat.is_archived = (bits & 1) != 0;
                        one.chat.member_count = (bits & 2) != 0 ? 1 : 3;
                        one.chat.assistant = assistant;
                        all.push_back(one);
                    }
                }
            }
        }
    }
    return all;
}

TEST(SentWithAConversation, are_the_rights_that_its_calls_grant) {
    for (const Situation& one : all_situations()) {
        const contracts::ChatRights may = one.view().may;

        EXPECT_EQ(may.send, one.allows(Action::send));
        EXPECT_EQ(may.moderate, one.allows(Action::moderate));
        EXPECT_EQ(may.change, one.allows(Action::change));
        EXPECT_EQ(may.invite, one.allows(Action::invite));
        EXPECT_EQ(may.remove, one.allows(Action::remove));
        EXPECT_EQ(may.change_roles, one.allows(Action::change_roles));
        EXPECT_EQ(may.destroy, one.allows(Action::destroy));
        EXPECT_EQ(may.join, !one.role && one.allows(Action::join));
    }
}

TEST(SentWithAConversation, is_that_owners_leave_only_alone_and_members_always) {
    for (const Situation& one : all_situations()) {
        const bool is_kept = one.role == MemberRole::owner && one.chat.member_count > 1;
        const bool may_go = one.role && one.chat.kind != ChatKind::direct && !is_kept;

        EXPECT_EQ(one.view().may.leave, may_go);
    }
}

TEST(SentWithAConversation, is_whether_the_assistant_may_be_asked_by_who_may_write) {
    for (const Situation& one : all_situations()) {
        const bool may_ask =
            one.allows(Action::send) && may_be_asked(one.chat.kind, one.chat.assistant);

        EXPECT_EQ(one.view().assistant_may_be_asked, may_ask);
    }
}

TEST(SentWithAConversation, is_how_long_a_message_may_be) {
    EXPECT_EQ(all_situations().front().view().text_characters_max, 77);
}

}  // namespace
}  // namespace loquat::chat
