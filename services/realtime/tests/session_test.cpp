#include "services/realtime/domain/resync.hpp"
#include "services/realtime/tests/harness.hpp"

namespace loquat::realtime::testing {
namespace {

using net::stomp::Command;

class Sessions : public RealtimeTest {
  protected:
    Client& listening() {
        Client& ann = connected("ann");
        ann.send("SUBSCRIBE\nid:q\ndestination:/user/queue/session\n\n");
        return ann;
    }
    // Time passes while the client keeps beating.
    void pass_with_beats(Client& one, std::chrono::seconds time) {
        for (std::chrono::seconds at{0}; at < time; at += 10s) {
            one.send_message("\n");
            pass(10s);
        }
    }
};

TEST_F(Sessions, are_warned_a_minute_before_their_token_expires) {
    Client& ann = listening();

    pass_with_beats(ann, 13min);
    EXPECT_TRUE(ann.take().empty());
    pass_with_beats(ann, 70s);

    const auto frame = ann.take_one();
    EXPECT_EQ(header(frame, "destination"), "/user/queue/session");
    EXPECT_EQ(frame.body, R"({"type":"token_expiring","expires_at":"2026-01-01T00:15:00.000Z"})");
}

TEST_F(Sessions, end_when_their_token_expires) {
    Client& ann = following("ann", room);

    pass_with_beats(ann, 15min);

    const auto frame = ann.take_one();
    EXPECT_EQ(header(frame, "code"), "auth.token_expired");
    EXPECT_EQ(ann.close_code, 4401);
    chat.post(room, "secret");
    run();
    EXPECT_TRUE(ann.take().empty());
}

TEST_F(Sessions, an_expired_token_may_not_send_even_before_the_timer) {
    Client& ann = connected("ann");
    clock.advance(15min);

    ann.send("SEND\ndestination:/app/chats/" + room.to_string() +
             "/messages\n\n{\"client_id\":\"c\",\"text\":\"t\"}");

    EXPECT_EQ(header(ann.take_one(), "code"), "auth.token_expired");
    EXPECT_TRUE(chat.messages[room].empty());
}

TEST_F(Sessions, get_no_event_after_an_error) {
    Client& ann = following("ann", room);
    chat.post(room, "in the same tick");

    ann.send("SEND\n\n{}");

    EXPECT_EQ(ann.take().back().command, Command::error);
}

TEST_F(Sessions, live_on_with_a_new_token) {
    Client& ann = listening();
    pass_with_beats(ann, 14min + 10s);
    EXPECT_EQ(ann.take().size(), 1U);
    tokens.issue("ann", "second");

    ann.send("SEND\ndestination:/app/auth.refresh\nreceipt:r\n\n{\"access_token\":\"second\"}");
    EXPECT_EQ(header(ann.take_one(), "receipt-id"), "r");
    pass_with_beats(ann, 10min);

    EXPECT_FALSE(ann.close_code);
    pass_with_beats(ann, 5min);
    ann.run();
    EXPECT_EQ(ann.close_code, 4401);
}

TEST_F(Sessions, are_not_continued_with_a_token_that_ends_at_this_very_moment) {
    Client& ann = connected("ann");
    tokens.issue("ann", "ending").expires_at = clock.now();

    ann.send("SEND\ndestination:/app/auth.refresh\n\n{\"access_token\":\"ending\"}");

    EXPECT_EQ(header(ann.take_one(), "code"), "auth.token_expired");
    EXPECT_EQ(ann.close_code, 4401);
}

TEST_F(Sessions, are_not_continued_with_another_person_s_token) {
    Client& ann = connected("ann");

    ann.send("SEND\ndestination:/app/auth.refresh\n\n{\"access_token\":\"bob\"}");

    EXPECT_EQ(header(ann.take_one(), "code"), "auth.invalid_token");
    EXPECT_EQ(ann.close_code, 4401);
}

TEST_F(Sessions, end_at_once_when_revoked_and_say_so_first) {
    Client& ann = listening();
    Client& bob = connected("bob");
    const SessionId session = tokens.tokens["ann"].session;

    rights.end(contracts::Revocation{.session_id = session, .until = clock.now() + 1h});
    run();

    const auto frames = ann.take();
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_EQ(frames[0].body, R"({"type":"session_ended"})");
    EXPECT_EQ(header(frames[1], "code"), "auth.session_ended");
    EXPECT_EQ(ann.close_code, 4401);
    bob.run();
    EXPECT_FALSE(bob.close_code);
}

TEST_F(Sessions, that_ended_while_they_signed_in_are_refused) {
    rights.end(contracts::Revocation{.session_id = tokens.tokens["ann"].session,
                                     .until = clock.now() + 1h});
    Client& ann = client();

    ann.connect("ann");

    EXPECT_EQ(header(ann.take_one(), "code"), "auth.token_revoked");
    EXPECT_EQ(ann.close_code, 4401);
}

TEST_F(Sessions, get_nothing_after_their_token_has_expired) {
    Client& ann = following("ann", room);
    ann.take();

    clock.advance(15min);
    chat.post(room, "late");
    run();

    EXPECT_EQ(header(ann.take_one(), "code"), "auth.token_expired");
    EXPECT_EQ(ann.close_code, 4401);
}

TEST_F(Sessions, of_a_person_end_when_issued_before_the_time) {
    Client& old = connected("ann");
    clock.advance(10s);
    const Time before = clock.now();
    tokens.issue("ann", "later");
    Client& fresh = connected("later");

    rights.end(contracts::Revocation{
        .user_id = tokens.users["ann"], .before = before, .until = before + 1h});
    run();
    old.run();
    fresh.run();

    EXPECT_EQ(old.close_code, 4401);
    EXPECT_FALSE(fresh.close_code);
}

TEST_F(Sessions, get_events_of_their_own_queues) {
    Client& phone = connected("ann");
    phone.send("SUBSCRIBE\nid:c\ndestination:/user/queue/chats\n\n");
    phone.send("SUBSCRIBE\nid:p\ndestination:/user/queue/presence\n\n");
    Client& laptop = connected("ann");
    laptop.send("SUBSCRIBE\nid:x\ndestination:/user/queue/chats\n\n");
    const std::string topic = contracts::topics::user.name(tokens.users["ann"]);

    broadcast.publish(
        topic, contracts::encode(contracts::UserEvent{"chats", "{\"type\":\"unread\"}", {}}));
    broadcast.publish(contracts::topics::presence_told.name(),
                      contracts::encode(contracts::PeopleEvent{{tokens.users["ann"]},
                                                               "{\"type\":\"presence\"}"}));
    run();

    const auto frames = phone.take();
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_EQ(header(frames[0], "subscription"), "c");
    EXPECT_EQ(header(frames[1], "subscription"), "p");
    EXPECT_EQ(laptop.take_one().body, "{\"type\":\"unread\"}");
}

TEST_F(Sessions, presence_knows_who_listens_and_gets_each_line_as_an_event) {
    Client& ann = connected("ann");
    const UserId user = tokens.users.at("ann");
    EXPECT_FALSE(presence.watching.at(user)) << "a bare socket";

    ann.send("SUBSCRIBE\nid:p\ndestination:/user/queue/presence\n\n");
    ann.run();
    EXPECT_TRUE(presence.watching.at(user));
    broadcast.publish(contracts::topics::presence_told.name(),
                      contracts::encode(contracts::PeopleEvent{{user}, "{\"a\":1}\n{\"b\":2}"}));
    run();
    ann.run();
    EXPECT_EQ(ann.take_bodies(), (std::vector<std::string>{"{\"a\":1}", "{\"b\":2}"}));

    ann.send("UNSUBSCRIBE\nid:p\n\n");
    ann.run();
    EXPECT_FALSE(presence.watching.at(user));
}

TEST_F(Sessions, are_told_to_ask_again_when_presence_was_lost) {
    Client& ann = connected("ann");
    ann.send("SUBSCRIBE\nid:p\ndestination:/user/queue/presence\n\n");
    ann.run();
    Client& bob = connected("bob");
    bob.send("SUBSCRIBE\nid:c\ndestination:/user/queue/chats\n\n");
    bob.run();

    broadcast.announce_loss(contracts::topics::presence_told.name());
    run();
    ann.run();
    bob.run();

    EXPECT_EQ(ann.take_bodies(), std::vector<std::string>{resync_event(0, 0)});
    EXPECT_TRUE(bob.take_bodies().empty()) << "who does not listen has missed nothing";
}

TEST_F(Sessions, get_no_presence_that_others_are_told) {
    Client& ann = connected("ann");
    Client& bob = connected("bob");
    for (Client* one : {&ann, &bob}) {
        one->send("SUBSCRIBE\nid:p\ndestination:/user/queue/presence\n\n");
        one->run();
    }

    broadcast.publish(
        contracts::topics::presence_told.name(),
        contracts::encode(contracts::PeopleEvent{{tokens.users.at("bob")}, "{\"a\":1}"}));
    run();
    ann.run();
    bob.run();

    EXPECT_TRUE(ann.take_bodies().empty());
    EXPECT_EQ(bob.take_bodies(), std::vector<std::string>{"{\"a\":1}"});
}

TEST_F(Sessions, are_told_to_ask_again_after_presence_that_cannot_be_read) {
    Client& ann = connected("ann");
    ann.send("SUBSCRIBE\nid:p\ndestination:/user/queue/presence\n\n");
    ann.run();

    broadcast.publish(contracts::topics::presence_told.name(), "7\nnot readable");
    run();
    ann.run();

    const std::string resync = R"({"type":"resync","from_seq":0,"to_seq":0})";
    EXPECT_EQ(ann.take_bodies(), std::vector<std::string>{resync});
}

TEST_F(Sessions, beat_in_stomp_whatever_pings_pass) {
    Client& ann = connected("ann", "");
    std::chrono::milliseconds silence{0};

    for (int i = 0; i < 240; ++i) {
        ann.send_raw("\x89\x80\x01\x02\x03\x04"s);
        pass(250ms);
        const int before = std::exchange(ann.beats, 0);
        ann.run();
        silence = before + ann.beats > 0 ? 0ms : silence + 250ms;
        EXPECT_LT(silence, 10s);
    }
}

TEST_F(Sessions, that_send_a_message_above_the_limit_are_told_the_limit) {
    Client& ann = connected("ann");
    const std::size_t limit = Intake{config}.websocket.message_bytes_max;

    ann.send_message(std::string(limit + 1, 'x'));

    const auto error = ann.take_one();
    EXPECT_EQ(header(error, "code"), "request.too_large");
    EXPECT_NE(error.body.find(std::to_string(limit)), std::string::npos);
    EXPECT_EQ(ann.close_code, 1009);
}

TEST_F(Sessions, get_errors_of_whole_characters) {
    for (std::size_t bytes = 190; bytes < 210; ++bytes) {
        Client& ann = connected("ann");
        std::string name(bytes % 2, 'x');
        while (name.size() < bytes + 100) {
            name += "\xC3\xA9";
        }

        ann.send("SUBSCRIBE\nid:s\ndestination:" + name + "\n\n");

        EXPECT_EQ(header(ann.take_one(), "code"), "stomp.unknown_destination");
    }
}

// What was asked for is in force when its RECEIPT comes, however long that takes.
TEST_F(Sessions, give_a_receipt_when_what_it_is_for_is_in_force) {
    const std::string chat_path = room.to_string();
    struct Case {
        std::string frame;
        std::string awaits;  // the call whose answer it needs; empty: none
    };
    const Case cases[] = {
        {"SUBSCRIBE\nid:a\ndestination:/topic/chats/" + chat_path + "\n", "check"},
        {"SUBSCRIBE\nid:p\ndestination:/user/queue/presence\n", ""},
        {"UNSUBSCRIBE\nid:s1\n", ""},
        {"SEND\ndestination:/app/chats/" + chat_path + "/messages\n", "accept"},
        {"SEND\ndestination:/app/chats/" + chat_path + "/typing\n", "typing"},
        {"SEND\ndestination:/app/chats/" + chat_path + "/read\n", "read"},
        {"BEGIN\ntransaction:t\n", ""},
    };
    const std::map<std::string, std::string> bodies{
        {"accept", R"({"client_id":"c","text":"t"})"}, {"read", R"({"seq":1})"}, {"typing", "{}"}};
    for (const Case& one : cases) {
        Client& ann = following("ann", room);
        const auto body = bodies.find(one.awaits);
        chat.held.insert(one.awaits);

        ann.send(one.frame + "receipt:r\n\n" + (body == bodies.end() ? "" : body->second));
        const std::size_t early = ann.take().size();
        release();

        EXPECT_EQ(early, one.awaits.empty() ? 1U : 0U) << one.frame;
        bool has_receipt = false;
        for (const auto& frame : ann.take()) {
            has_receipt |= header(frame, "receipt-id") == "r";
        }
        EXPECT_EQ(has_receipt, !one.awaits.empty()) << one.frame;
    }
}

}  // namespace
}  // namespace loquat::realtime::testing
