#include <gtest/gtest.h>

#include "base/failure.hpp"
#include "services/chat/domain/cursor.hpp"
#include "services/chat/domain/mentions.hpp"
#include "services/chat/domain/rules.hpp"
#include "services/chat/domain/text.hpp"

namespace loquat::chat {
namespace {

template <class Call>
std::string code_of_call(Call call) {
    try {
        call();
    } catch (const Failure& failure) {
        return failure.code;
    }
    return "ok";
}

std::string code_of(Action action, const Standing& standing) {
    return code_of_call([&] { require(action, standing); });
}

constexpr auto no_one = std::optional<MemberRole>{};

TEST(Rules, hide_private_conversations_from_strangers) {
    for (int action = 0; action <= static_cast<int>(Action::destroy); ++action) {
        const Standing standing{ChatKind::group, Visibility::only_members, false, no_one};

        EXPECT_EQ(code_of(static_cast<Action>(action), standing), "chat.not_found");
    }
}

TEST(Rules, let_strangers_only_see_and_join_public_rooms) {
    for (int index = 0; index <= static_cast<int>(Action::destroy); ++index) {
        const auto action = static_cast<Action>(index);
        const Standing standing{ChatKind::group, Visibility::everyone, false, no_one};
        const bool may = action == Action::see || action == Action::join;

        EXPECT_EQ(code_of(action, standing), may ? "ok" : "chat.not_a_member") << index;
    }
}

struct RoleCase {
    Action action;
    const char* member;
    const char* admin;
    const char* owner;
};

TEST(Rules, give_each_role_in_a_group_what_the_table_says) {
    constexpr const char* no = "chat.forbidden";
    const std::vector<RoleCase> cases{
        {Action::see, "ok", "ok", "ok"},      {Action::read, "ok", "ok", "ok"},
        {Action::send, "ok", "ok", "ok"},     {Action::take_back, "ok", "ok", "ok"},
        {Action::moderate, no, "ok", "ok"},   {Action::change, no, "ok", "ok"},
        {Action::invite, no, "ok", "ok"},     {Action::remove, no, "ok", "ok"},
        {Action::change_roles, no, no, "ok"}, {Action::destroy, no, no, "ok"},
        {Action::join, "ok", "ok", "ok"},     {Action::leave, "ok", "ok", "ok"},
    };

    for (const RoleCase& one : cases) {
        Standing standing{ChatKind::group, Visibility::only_members, false, MemberRole::member};
        EXPECT_EQ(code_of(one.action, standing), one.member) << static_cast<int>(one.action);
        standing.role = MemberRole::admin;
        EXPECT_EQ(code_of(one.action, standing), one.admin) << static_cast<int>(one.action);
        standing.role = MemberRole::owner;
        EXPECT_EQ(code_of(one.action, standing), one.owner) << static_cast<int>(one.action);
    }
}

TEST(Rules, keep_direct_conversations_as_they_are) {
    const Standing standing{ChatKind::direct, Visibility::only_members, false, MemberRole::member};

    for (const Action action : {Action::change, Action::invite, Action::remove,
                                Action::change_roles, Action::leave, Action::destroy}) {
        EXPECT_EQ(code_of(action, standing), "chat.direct_is_fixed");
    }
    EXPECT_EQ(code_of(Action::moderate, standing), "chat.forbidden");
    // Whatever role is written down.
    const Standing owner{ChatKind::direct, Visibility::only_members, false, MemberRole::owner};
    EXPECT_EQ(code_of(Action::moderate, owner), "chat.forbidden");
    EXPECT_EQ(code_of(Action::send, standing), "ok");
}

TEST(Rules, make_archived_conversations_read_only) {
    const Standing member{ChatKind::group, Visibility::everyone, true, MemberRole::member};
    const Standing stranger{ChatKind::group, Visibility::everyone, true, no_one};

    EXPECT_EQ(code_of(Action::send, member), "chat.archived");
    EXPECT_EQ(code_of(Action::read, member), "ok");
    EXPECT_EQ(code_of(Action::take_back, member), "ok");
    EXPECT_EQ(code_of(Action::join, stranger), "chat.archived");
}

TEST(Rules, let_admins_remove_members_only) {
    EXPECT_TRUE(may_remove(MemberRole::owner, MemberRole::admin));
    EXPECT_TRUE(may_remove(MemberRole::admin, MemberRole::member));
    EXPECT_FALSE(may_remove(MemberRole::admin, MemberRole::admin));
    EXPECT_FALSE(may_remove(MemberRole::admin, MemberRole::owner));
    EXPECT_FALSE(may_remove(MemberRole::member, MemberRole::member));
}

TEST(Pair, is_the_same_from_both_sides) {
    const UserId a = UserId::make();
    const UserId b = UserId::make();

    EXPECT_EQ(Pair::of(a, b), Pair::of(b, a));
    EXPECT_EQ(Pair::of(a, b).other_than(a), b);
}

std::string text_code(const std::string& text) {
    return code_of_call([&] { to_message_text(text, 10); });
}

TEST(MessageText, is_refused_with_a_code_for_each_reason) {
    EXPECT_EQ(text_code(""), "message.empty");
    EXPECT_EQ(text_code("12345678901"), "message.too_long");
    EXPECT_EQ(text_code("a\x01"), "message.control_character");
    EXPECT_EQ(text_code("a\x7f"), "message.control_character");
    EXPECT_EQ(text_code("\xc2\x85"), "message.control_character");
    EXPECT_EQ(text_code(std::string{"a\0b", 3}), "message.control_character");
    EXPECT_EQ(text_code("tab\tline\n"), "ok");
    EXPECT_EQ(text_code("äöüäöüäöüä"), "ok");
    EXPECT_EQ(text_code("\r\n\r\n\r\n\r\n\r\n\r\n"), "ok");
}

TEST(MessageText, names_its_field) {
    try {
        to_message_text("", 10);
        ADD_FAILURE() << "must be refused";
    } catch (const Failure& failure) {
        EXPECT_EQ(failure.kind, Kind::invalid);
        EXPECT_EQ(failure.fields.front().field, "text");
    }
}

TEST(MessageText, has_its_line_ends_normalised) {
    EXPECT_EQ(to_message_text("a\r\nb\rc\n", 10), "a\nb\nc\n");
}

TEST(Title, is_trimmed_and_has_no_control_characters) {
    EXPECT_EQ(to_title("  Plans  ", 5), "Plans");
    EXPECT_EQ(code_of_call([] { to_title("Plans!", 5); }), "request.invalid");
    EXPECT_EQ(code_of_call([] { to_title("a\nb", 5); }), "request.invalid");
    for (const char* bad :
         {"\u202Ecod", "a\u202C", "\u2067ab", "a\u2028b", "\u200B", "\u3164", "\u2800"}) {
        EXPECT_EQ(code_of_call([bad] { to_title(bad, 5); }), "request.invalid") << bad;
    }
    for (const char* good : {"", "שלום", "👩\u200D💻", "a\u200Fb", "日本"}) {
        EXPECT_EQ(to_title(good, 5), good);
    }
}

TEST(ClientId, has_1_to_64_characters) {
    EXPECT_EQ(code_of_call([] { check_client_id(""); }), "request.invalid");
    EXPECT_EQ(code_of_call([] { check_client_id(std::string(65, 'x')); }), "request.invalid");
    EXPECT_EQ(code_of_call([] { check_client_id("a\nb"); }), "request.invalid");
    EXPECT_EQ(code_of_call([] { check_client_id(std::string(64, 'x')); }), "ok");
}

using Names = std::vector<std::string>;

TEST(Mentions, are_found_outside_of_code) {
    EXPECT_EQ(find_mentions("@ana and (@Bob), @ana again", 10), (Names{"ana", "bob"}));
    EXPECT_EQ(find_mentions("mail ana@example.org or @@ana or x@ana", 10), Names{});
    EXPECT_EQ(find_mentions("`@ana` ``@b ` @bob`` @eve", 10), (Names{"eve"}));
    EXPECT_EQ(find_mentions("```\n@ana\n```\n@bob", 10), (Names{"bob"}));
    EXPECT_EQ(find_mentions("~~~ c++\n@ana\n```\n~~~\n@bob", 10), (Names{"bob"}));
    EXPECT_EQ(find_mentions("```\n@ana never closed", 10), Names{});
    EXPECT_EQ(find_mentions("a stray ` does not hide @ana", 10), (Names{"ana"}));
    EXPECT_EQ(find_mentions("a stray `\n\n@ana `", 10), (Names{"ana"}));
    EXPECT_EQ(find_mentions("```@ana``` @bob", 10), (Names{"bob"}));
    EXPECT_EQ(find_mentions("@ab @", 10), Names{});
    EXPECT_EQ(find_mentions("", 10), Names{});
}

TEST(Mentions, are_limited) {
    EXPECT_EQ(find_mentions("@ana @bob @eve", 2), (Names{"ana", "bob"}));
}

TEST(Mentions, give_back_the_full_stop_of_their_sentence) {
    std::string name = "ana..";

    EXPECT_TRUE(shorten_mention(name));
    EXPECT_TRUE(shorten_mention(name));
    EXPECT_FALSE(shorten_mention(name));
    EXPECT_EQ(name, "ana");
}

TEST(Cursor, reads_back_what_it_wrote) {
    const ActivityCursor mine{from_unix_ms(1'767'225'600'123), ChatId::make()};
    const TitleCursor rooms{"Äpfel %", ChatId::make()};
    const UserId member = UserId::make();

    const ActivityCursor mine_again = decode_activity_cursor(encode_cursor(mine));
    const TitleCursor rooms_again = decode_title_cursor(encode_cursor(rooms));

    EXPECT_EQ(mine_again.active_at, mine.active_at);
    EXPECT_EQ(mine_again.chat, mine.chat);
    EXPECT_EQ(rooms_again.folded_title, rooms.folded_title);
    EXPECT_EQ(rooms_again.chat, rooms.chat);
    EXPECT_EQ(decode_user_cursor(encode_cursor(member)), member);
}

TEST(Cursor, of_one_list_is_none_of_another_that_looks_the_same) {
    const std::string audit = encode_cursor(AuditCursor{Time{}, Uuid::make()});
    const std::string mine = encode_cursor(ActivityCursor{Time{}, ChatId::make()});

    EXPECT_EQ(code_of_call([&] { decode_activity_cursor(audit); }), "request.invalid");
    EXPECT_EQ(code_of_call([&] { decode_audit_cursor(mine); }), "request.invalid");
}

TEST(Cursor, refuses_what_is_not_one_of_its_list) {
    const std::string other = encode_cursor(UserId::make());

    for (const std::string& text : {std::string{}, std::string{"%"}, std::string{"AQ"}, other,
                                    other + "AA", std::string(5000, 'A')}) {
        EXPECT_EQ(code_of_call([&] { decode_activity_cursor(text); }), "request.invalid") << text;
        EXPECT_EQ(code_of_call([&] { decode_title_cursor(text); }), "request.invalid") << text;
    }
}

}  // namespace
}  // namespace loquat::chat
