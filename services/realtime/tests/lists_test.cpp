#include <algorithm>

#include "services/realtime/tests/harness.hpp"
#include "wire/codec.hpp"

namespace loquat::realtime::testing {
namespace {

// The events of `/user/queue/chats` that the edge makes itself.
class Lists : public RealtimeTest {
  protected:
    Lists() {
        chat.places.items = {{room, 3, 2}};
        chat.messages[room].resize(3);
    }
    void remove_from_room(const std::string& name) {
        rights.end(runtime::StandingRights::Member{room, tokens.users.at(name)});
        run();
    }
    void change(std::string_view type, std::int64_t seq, const std::string& text) {
        contracts::Message message = chat.messages[room].at(static_cast<std::size_t>(seq - 1));
        message.seq = seq;
        message.text = text;
        chat.publish(room, contracts::message_told(type == "message_edited"
                                                       ? contracts::OutcomeKind::edited
                                                       : contracts::OutcomeKind::deleted,
                                                   message));
        run();
    }
};

TEST_F(Lists, tell_once_how_much_is_unread_after_a_burst) {
    Client& ann = listing("ann");
    ann.take();

    chat.post(room, "four");
    chat.post(room, "five");
    wait_until_told();
    ann.run();
    const auto bodies = ann.take_bodies();

    ASSERT_EQ(bodies.size(), 1U);
    EXPECT_NE(bodies[0].find("\"type\":\"unread\""), std::string::npos) << bodies[0];
    EXPECT_NE(bodies[0].find("\"last_seq\":5,\"unread\":3"), std::string::npos) << bodies[0];
    EXPECT_NE(bodies[0].find("\"last_message\":{"), std::string::npos) << bodies[0];
}

TEST_F(Lists, count_only_what_is_still_there) {
    Client& ann = listing("ann");
    ann.take();

    chat.post(room, "four");
    chat.post(room, "five");
    change("message_deleted", 4, "");
    wait_until_told();
    ann.run();
    const auto bodies = ann.take_bodies();

    ASSERT_EQ(bodies.size(), 1U);
    EXPECT_NE(bodies[0].find("\"last_seq\":5,\"unread\":2"), std::string::npos) << bodies[0];
}

TEST_F(Lists, tell_when_an_unread_message_further_up_is_deleted) {
    Client& ann = listing("ann");
    chat.post(room, "four");
    wait_until_told();
    ann.run();
    ann.take();

    change("message_deleted", 3, "");
    wait_until_told();
    ann.run();
    const auto bodies = ann.take_bodies();

    ASSERT_EQ(bodies.size(), 1U);
    EXPECT_NE(bodies[0].find("\"last_seq\":4,\"unread\":1"), std::string::npos) << bodies[0];
    EXPECT_NE(bodies[0].find("\"text\":\"four\""), std::string::npos) << bodies[0];
}

TEST_F(Lists, say_nothing_when_a_message_is_deleted_that_was_read) {
    Client& ann = listing("ann");
    ann.take();
    change("message_deleted", 1, "");
    wait_until_told();
    ann.run();

    EXPECT_TRUE(ann.take_bodies().empty()) << "it was read";
}

TEST_F(Lists, begin_without_what_was_deleted_before) {
    chat.places.items = {{room, 3, 0, {1, 2}}};
    Client& ann = listing("ann");
    ann.take();

    chat.post(room, "four");
    wait_until_told();
    ann.run();
    const auto bodies = ann.take_bodies();

    ASSERT_EQ(bodies.size(), 1U);
    EXPECT_NE(bodies[0].find("\"last_seq\":4,\"unread\":2"), std::string::npos) << bodies[0];
}

TEST_F(Lists, are_in_force_before_the_receipt) {
    chat.held.insert("places");
    Client& ann = listing("ann");
    EXPECT_TRUE(ann.take().empty()) << "the list is still being read";

    release();

    EXPECT_EQ(header(ann.take_one(), "receipt-id"), "in-force");
    chat.post(room, "four");
    wait_until_told();
    ann.run();
    EXPECT_EQ(ann.take_bodies().size(), 1U);
}

TEST_F(Lists, read_before_a_removal_are_applied_without_it) {
    Client& bob = listing("bob");
    bob.take();
    chat.held.insert("places");
    Client& ann = listing("ann");

    remove_from_room("ann");
    release();
    ann.take();
    chat.post(room, "secret");
    wait_until_told();
    ann.run();
    bob.run();

    EXPECT_TRUE(ann.take_bodies().empty());
    EXPECT_EQ(bob.take_bodies().size(), 1U);
}

TEST_F(Lists, end_for_a_person_with_the_removal_whatever_the_broadcast_brings) {
    Client& ann = listing("ann");
    ann.take();

    remove_from_room("ann");
    chat.post(room, "secret");
    wait_until_told();
    ann.run();

    EXPECT_TRUE(ann.take_bodies().empty());
}

TEST_F(Lists, removed_while_an_event_waits_to_be_told_is_not_told) {
    Client& ann = listing("ann");
    ann.take();

    chat.post(room, "secret");
    run();
    remove_from_room("ann");
    wait_until_told();
    ann.run();

    EXPECT_TRUE(ann.take_bodies().empty());
}

TEST_F(Lists, are_read_again_after_a_loss_that_may_hide_a_removal) {
    for (const std::string& topic : {contracts::topics::chat_room.name(room), std::string{}}) {
        Client& ann = listing("ann");
        ann.take();
        const contracts::ChatPlaces before = std::exchange(chat.places, {});

        broadcast.announce_loss(topic.empty() ? contracts::topics::user.name(tokens.users.at("ann"))
                                              : topic);
        run();
        chat.post(room, "secret");
        wait_until_told();
        ann.run();

        const auto bodies = ann.take_bodies();
        ASSERT_EQ(bodies.size(), 1U);
        EXPECT_NE(bodies[0].find("resync"), std::string::npos) << bodies[0];
        chat.places = before;
        ann.go_away();
    }
}

TEST_F(Lists, are_read_again_a_few_at_a_time_where_a_whole_room_lost_events) {
    std::vector<Client*> people;
    for (int i = 0; i < 40; ++i) {
        const std::string name = "person" + std::to_string(i);
        tokens.issue(name);
        people.push_back(&listing(name));
        people.back()->take();
    }
    chat.calls.clear();
    chat.held.insert("places");

    broadcast.announce_loss(contracts::topics::chat_room.name(room));
    run();
    EXPECT_EQ(std::ranges::count(chat.calls, "places"),
              static_cast<std::ptrdiff_t>(Places::rereads_max));
    chat.next_failure = Failure{Kind::unavailable, "upstream.unavailable", "Not now."};
    release();

    EXPECT_EQ(std::ranges::count(chat.calls, "places"), std::ssize(people));
    int told = 0;
    for (Client* one : people) {
        one->run();
        const auto bodies = one->take_bodies();
        told += bodies.size() == 1 && bodies[0].contains("resync") ? 1 : 0;
    }
    EXPECT_EQ(told, 39) << "one that cannot be read holds up no other";
}

TEST_F(Lists, say_read_again_only_once_what_comes_after_that_is_told) {
    for (const std::string& topic : {contracts::topics::chat_room.name(room), std::string{}}) {
        Client& ann = listing("ann");
        ann.take();
        chat.held.insert("places");

        broadcast.announce_loss(topic.empty() ? contracts::topics::user.name(tokens.users.at("ann"))
                                              : topic);
        run();
        chat.post(room, "nobody is told of this");
        wait_until_told();
        ann.run();
        EXPECT_TRUE(ann.take_bodies().empty()) << "who reads now would miss what comes meanwhile";
        chat.held.clear();
        release();
        ann.run();

        const auto bodies = ann.take_bodies();
        ASSERT_EQ(bodies.size(), 1U);
        EXPECT_NE(bodies[0].find("resync"), std::string::npos) << bodies[0];
        ann.go_away();
    }
}

TEST_F(Lists, asked_for_in_the_moment_of_going_away_are_not_followed) {
    Client& ann = connected("ann");

    ann.end->client_gone = true;
    ann.send("SUBSCRIBE\nid:q\ndestination:/user/queue/chats\n\n");
    run();

    EXPECT_EQ(broadcast.count(contracts::topics::user.name(tokens.users.at("ann"))), 0U);
    EXPECT_EQ(broadcast.count(contracts::topics::chat_room.name(room)), 0U);
}

TEST_F(Lists, asked_for_by_somebody_who_came_back_meanwhile_do_not_count) {
    chat.held.insert("places");
    Client& first = listing("ann");
    first.go_away();
    chat.held.clear();
    chat.places.items.clear();
    Client& ann = listing("ann");

    release();
    ann.take();
    chat.post(room, "secret");
    wait_until_told();
    ann.run();

    EXPECT_TRUE(ann.take_bodies().empty());
}

TEST_F(Lists, join_again_after_a_removal_that_crossed_the_answer) {
    chat.held.insert("places");
    Client& ann = listing("ann");

    remove_from_room("ann");
    contracts::Chat joined;
    joined.id = room;
    joined.last_seq = 3;
    broadcast.publish(
        contracts::topics::user.name(tokens.users.at("ann")),
        contracts::encode(contracts::UserEvent{"chats", wire::encode(contracts::ChatAdded{joined}),
                                               contracts::ListedPlace{room, 3, 0, {}}}));
    run();
    release();
    ann.take();
    chat.post(room, "hello again");
    wait_until_told();
    ann.run();

    EXPECT_EQ(ann.take_bodies().size(), 1U);
}

TEST_F(Lists, tell_many_people_with_one_encoded_event) {
    Client& ann = listing("ann");
    Client& bob = listing("bob");
    tokens.issue("eve");
    Client& eve = connected("eve");
    eve.send("SUBSCRIBE\nid:other\ndestination:/user/queue/chats\n\n");
    eve.run();
    ann.take();
    bob.take();
    eve.take();

    chat.post(room, "four");
    wait_until_told();

    for (Client* one : {&ann, &bob, &eve}) {
        one->run();
    }
    const auto frame = ann.take_one();
    EXPECT_EQ(frame.body, bob.take_one().body);
    const auto other = eve.take_one();
    EXPECT_EQ(header(other, "subscription"), "other");
    EXPECT_EQ(other.body, frame.body);
    EXPECT_EQ(header(other, "message-id"), header(frame, "message-id"));
}

TEST_F(Lists, hold_of_a_long_text_only_what_a_preview_shows) {
    Client& ann = listing("ann");
    ann.take();
    std::string text;
    while (text.size() < 16'000) {
        text += "\u00e9";
    }

    chat.post(room, text);
    wait_until_told();
    ann.run();

    const std::string body = ann.take_one().body;
    EXPECT_LT(body.size(), 1'200U);
    const std::string shown = text.substr(0, contracts::preview_bytes_max);
    EXPECT_NE(body.find("\"text\":\"" + shown + "\""), std::string::npos) << body;
}

TEST_F(Lists, never_show_what_was_deleted_before_they_are_told) {
    Client& ann = listing("ann");
    ann.take();

    chat.post(room, "secret");
    run();
    change("message_deleted", 4, "");
    wait_until_told();
    ann.run();

    const auto bodies = ann.take_bodies();
    ASSERT_EQ(bodies.size(), 1U);
    EXPECT_EQ(bodies[0].find("secret"), std::string::npos) << bodies[0];
    EXPECT_NE(bodies[0].find("\"last_seq\":4"), std::string::npos) << bodies[0];
}

TEST_F(Lists, tell_of_a_change_of_the_last_message_only) {
    Client& ann = listing("ann");
    ann.take();
    chat.post(room, "four");
    wait_until_told();
    ann.run();
    ann.take();

    change("message_edited", 4, "better");
    change("message_edited", 2, "older");
    wait_until_told();
    ann.run();

    const auto bodies = ann.take_bodies();
    ASSERT_EQ(bodies.size(), 1U);
    EXPECT_NE(bodies[0].find("better"), std::string::npos) << bodies[0];
    EXPECT_NE(bodies[0].find("\"last_seq\":4"), std::string::npos) << bodies[0];
}

}  // namespace
}  // namespace loquat::realtime::testing
