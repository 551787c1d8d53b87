#include "services/realtime/tests/harness.hpp"
#include "wire/codec.hpp"

namespace loquat::realtime::testing {
namespace {

// Unread messages that mention one, as the edge counts them.
class ListedMentions : public RealtimeTest {
  protected:
    ListedMentions() {
        chat.places.items = {{room, 3, 2}};
        chat.messages[room].resize(3);
    }
    void remove_from_room(const std::string& name) {
        rights.end(runtime::StandingRights::Member{room, tokens.users.at(name)});
        run();
    }
    // A new message that mentions them.
    void say(std::int64_t seq, std::vector<UserId> mentions) {
        contracts::Message message;
        message.seq = seq;
        message.sender.id = UserId::make();
        message.mentions = mentions;
        chat.messages[room].push_back(message);
        chat.publish(room, contracts::message_told(contracts::OutcomeKind::stored, message));
        run();
    }
    void tell_user(const UserId& user, std::string body, contracts::ListedPlace listed) {
        broadcast.publish(
            contracts::topics::user.name(user),
            contracts::encode(contracts::UserEvent{"chats", std::move(body), listed}));
        run();
    }
    std::string told(Client& one) {
        wait_until_told();
        one.run();
        const auto bodies = one.take_bodies();
        return bodies.size() == 1 ? bodies.front() : std::to_string(bodies.size()) + " bodies";
    }
    void change(std::string_view type, std::int64_t seq, const std::string& text,
                std::vector<UserId> mentions = {}) {
        contracts::Message message = chat.messages[room].at(static_cast<std::size_t>(seq - 1));
        message.seq = seq;
        message.text = text;
        message.mentions = mentions;
        chat.publish(room, contracts::message_told(type == "message_edited"
                                                       ? contracts::OutcomeKind::edited
                                                       : contracts::OutcomeKind::deleted,
                                                   message));
        run();
    }
};

TEST_F(ListedMentions, count_mentions_and_follow_edits_and_deletions) {
    chat.places.items = {{room, 3, 1, {}, {2}}};
    Client& ann = listing("ann");
    const UserId me = tokens.users.at("ann");
    ann.take();

    say(4, {me});
    EXPECT_NE(told(ann).find("\"last_seq\":4,\"unread\":3,\"mentions\":2"), std::string::npos);
    change("message_edited", 2, "not any more");
    EXPECT_NE(told(ann).find("\"last_seq\":4,\"unread\":3,\"mentions\":1"), std::string::npos);
    change("message_edited", 3, "now", {me});
    EXPECT_NE(told(ann).find("\"last_seq\":4,\"unread\":3,\"mentions\":2"), std::string::npos);
    change("message_deleted", 4, "");
    EXPECT_NE(told(ann).find("\"last_seq\":4,\"unread\":2,\"mentions\":1"), std::string::npos);
    change("message_edited", 3, "again", {UserId::make()});
    EXPECT_NE(told(ann).find("\"last_seq\":4,\"unread\":2,\"mentions\":0"), std::string::npos);
    change("message_edited", 1, "was read", {me});
    EXPECT_EQ(told(ann), "0 bodies");
}

TEST_F(ListedMentions, ask_again_for_what_an_added_conversation_does_not_say) {
    const ChatId other = ChatId::make();
    Client& ann = listing("ann");
    ann.take();
    chat.messages[other].resize(3);
    chat.places.items.push_back({other, 3, 0, {1}, {2}});
    const contracts::ChatMe me{contracts::MemberRole::member, 0, 2, 1};
    const contracts::Chat added{.id = other, .last_seq = 3, .me = me};
    tell_user(tokens.users.at("ann"), wire::encode(contracts::ChatAdded{added}),
              {other, added.last_seq, added.me->read_seq, {added.me->unread, added.me->mentions}});
    ann.run();
    ann.take();
    chat.post(other, "four");
    const std::string body = told(ann);

    EXPECT_NE(body.find("\"last_seq\":4,\"unread\":3,\"mentions\":1"), std::string::npos) << body;
}

}  // namespace
}  // namespace loquat::realtime::testing
