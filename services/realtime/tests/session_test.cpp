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

    loop.post([&] { tokens.revoked({.session_id = session, .until = clock.now() + 1h}); });
    run();

    const auto frames = ann.take();
    ASSERT_EQ(frames.size(), 2U);
    EXPECT_EQ(frames[0].body, R"({"type":"session_ended"})");
    EXPECT_EQ(header(frames[1], "code"), "auth.session_ended");
    EXPECT_EQ(ann.close_code, 4401);
    bob.run();
    EXPECT_FALSE(bob.close_code);
}

TEST_F(Sessions, of_a_person_end_when_issued_before_the_time) {
    Client& old = connected("ann");
    clock.advance(10s);
    const Time before = clock.now();
    tokens.issue("ann", "later");
    Client& fresh = connected("later");

    loop.post([&] {
        tokens.revoked({.user_id = tokens.users["ann"], .before = before, .until = before + 1h});
    });
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
    const std::string topic = contracts::user_topic(tokens.users["ann"]);

    broadcast.publish(topic, contracts::encode_user_event("chats", "{\"type\":\"unread\"}"));
    broadcast.publish(topic, contracts::encode_user_event("presence", "{\"type\":\"presence\"}"));
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
    broadcast.publish(contracts::user_topic(user),
                      contracts::encode_user_event("presence", "{\"a\":1}\n{\"b\":2}"));
    run();
    ann.run();
    EXPECT_EQ(ann.take_bodies(), (std::vector<std::string>{"{\"a\":1}", "{\"b\":2}"}));

    ann.send("UNSUBSCRIBE\nid:p\n\n");
    ann.run();
    EXPECT_FALSE(presence.watching.at(user));
}

}  // namespace
}  // namespace loquat::realtime::testing
