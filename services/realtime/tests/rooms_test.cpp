#include "services/realtime/tests/harness.hpp"

namespace loquat::realtime::testing {
namespace {

using net::stomp::Command;
using Announce = FakeChat::Announce;
using Seqs = std::vector<std::int64_t>;

class Rooms : public RealtimeTest {
  protected:
    void post_many(int count, Announce announce = Announce::no) {
        for (int i = 0; i < count; ++i) {
            chat.post(room, "m" + std::to_string(chat.messages[room].size() + 1), announce);
        }
    }
    // Runs until a call of that name has been made.
    void run_until_called(const std::string& name, std::ptrdiff_t times = 1) {
        const Steady latest = std::chrono::steady_clock::now() + 10s;
        while (std::ranges::count(chat.calls, name) < times &&
               std::chrono::steady_clock::now() < latest) {
            run();
        }
        run();
    }
};

TEST_F(Rooms, a_message_reaches_every_follower_with_its_own_subscription) {
    Client& ann = following("ann", room);
    Client& bob = connected("bob");
    bob.send("SUBSCRIBE\nid:other\ndestination:/topic/chat.room." + room.to_string() + "\n\n");

    chat.post(room, "hello");
    run();

    const auto first = ann.take_one();
    EXPECT_EQ(first.command, Command::message);
    EXPECT_EQ(header(first, "subscription"), "s1");
    EXPECT_EQ(header(first, "destination"), "/topic/chats/" + room.to_string());
    EXPECT_EQ(header(first, "seq"), "1");
    EXPECT_EQ(header(first, "content-type"), "application/json");
    EXPECT_EQ(text_of(first.body), "hello");
    const auto second = bob.take_one();
    EXPECT_EQ(header(second, "subscription"), "other");
    EXPECT_EQ(header(second, "destination"), "/topic/chat.room." + room.to_string());
}

TEST_F(Rooms, all_events_of_a_tick_are_one_write) {
    Client& ann = following("ann", room);
    const std::size_t before = ann.end->writes;

    post_many(50, Announce::yes);
    run();

    EXPECT_EQ(ann.take_seqs().size(), 50U);
    EXPECT_EQ(ann.end->writes - before, 1U);
}

TEST_F(Rooms, subscribing_to_what_one_may_not_see_is_not_found) {
    chat.removed.insert({room, tokens.users["ann"]});

    Client& ann = following("ann", room);

    EXPECT_EQ(header(ann.take_one(), "code"), "chat.not_found");
    EXPECT_EQ(node->counts().rooms, 0U);
    EXPECT_EQ(broadcast.count(contracts::topics::chat_room.name(room)), 0U);
}

TEST_F(Rooms, a_receipt_for_send_comes_after_the_message_is_durable) {
    Client& ann = connected();
    chat.held.insert("accept");

    ann.send("SEND\ndestination:/app/chat\nreceipt:r\n\n{\"chat_id\":\"" + room.to_string() +
             "\",\"client_id\":\"c\",\"text\":\"t\"}");
    EXPECT_TRUE(ann.take().empty());
    release();

    EXPECT_EQ(header(ann.take_one(), "receipt-id"), "r");
    EXPECT_EQ(chat.messages[room].size(), 1U);
}

TEST_F(Rooms, a_failed_send_is_an_error_with_the_service_s_code) {
    Client& ann = connected();
    chat.next_failure = Failure{Kind::invalid, "message.too_long", "The message is too long."};

    ann.send("SEND\ndestination:/app/chats/" + room.to_string() +
             "/messages\nreceipt:r\n\n{\"client_id\":\"c\",\"text\":\"t\"}");

    const auto frame = ann.take_one();
    EXPECT_EQ(header(frame, "code"), "message.too_long");
    EXPECT_EQ(header(frame, "receipt-id"), "r");
}

TEST_F(Rooms, bad_bodies_are_refused) {
    for (const char* body :
         {"", "[]", "{\"text\":1}", "{\"client_id\":\"\",\"text\":\"x\"}", "{"}) {
        Client& ann = connected();
        ann.send("SEND\ndestination:/app/chats/" + room.to_string() + "/messages\n\n" + body);
        const std::string code = header(ann.take_one(), "code");
        EXPECT_TRUE(code == "request.invalid" || code == "request.malformed_json") << code;
    }
}

TEST_F(Rooms, typing_and_reading_reach_the_others) {
    Client& ann = following("ann", room);
    Client& bob = connected("bob");

    bob.send("SEND\ndestination:/app/chats/" + room.to_string() + "/typing\n\n{}");
    bob.send("SEND\ndestination:/app/chats/" + room.to_string() + "/read\n\n{\"seq\":3}");

    const auto bodies = ann.take_bodies();
    ASSERT_EQ(bodies.size(), 2U);
    EXPECT_NE(bodies[0].find("typing"), std::string::npos);
    EXPECT_NE(bodies[1].find("\"seq\":3"), std::string::npos);
}

TEST_F(Rooms, catch_up_brings_exactly_what_was_missed_and_then_live) {
    post_many(120);

    Client& ann = following("ann", room, "last-seq:7\n");
    chat.post(room, "live");
    run();

    Seqs expected;
    for (std::int64_t seq = 8; seq <= 121; ++seq) {
        expected.push_back(seq);
    }
    EXPECT_EQ(ann.take_seqs(), expected);
}

TEST_F(Rooms, a_page_that_repeats_itself_is_shown_once) {
    post_many(2);
    chat.messages[room].insert(chat.messages[room].begin() + 1, chat.messages[room].front());

    Client& ann = following("ann", room, "last-seq:0\n");

    EXPECT_EQ(ann.take_seqs(), (Seqs{1, 2}));
}

TEST_F(Rooms, what_the_store_cannot_give_is_a_resync_and_then_live) {
    post_many(6);
    chat.stored_max = 3;
    Client& ann = following("ann", room, "last-seq:0\n");

    run_until_called("list", 6);

    const auto bodies = ann.take_bodies();
    ASSERT_EQ(bodies.size(), 4U);
    EXPECT_EQ(bodies[3], R"({"type":"resync","from_seq":4,"to_seq":6})");
    chat.post(room, "live");
    run();
    EXPECT_EQ(ann.take_seqs(), Seqs{7});
}

TEST_F(Rooms, messages_that_come_while_history_is_read_are_neither_lost_nor_doubled) {
    post_many(10);
    chat.held.insert("list");
    Client& ann = following("ann", room, "last-seq:5\n");
    run_until_called("list");

    post_many(3, Announce::yes);
    run();
    release();
    post_many(2, Announce::yes);
    run();

    EXPECT_EQ(ann.take_seqs(), (Seqs{6, 7, 8, 9, 10, 11, 12, 13, 14, 15}));
}

TEST_F(Rooms, a_store_ahead_of_the_broadcast_gives_no_doubles) {
    Client& bob = following("bob", room);
    post_many(4);

    Client& ann = following("ann", room, "last-seq:0\n");
    run();
    EXPECT_EQ(ann.take_seqs(), (Seqs{1, 2, 3, 4}));
    for (std::int64_t seq = 1; seq <= 4; ++seq) {
        chat.announce(room, seq);
    }
    chat.post(room, "five");
    run();

    EXPECT_EQ(ann.take_seqs(), Seqs{5});
    EXPECT_EQ(bob.take_seqs(), (Seqs{1, 2, 3, 4, 5}));
}

TEST_F(Rooms, an_edit_during_catch_up_comes_after_the_message) {
    post_many(3);
    chat.held.insert("list");
    Client& ann = following("ann", room, "last-seq:0\n");
    run_until_called("list");

    chat.publish(room, {"message_edited", 0, {}, "{\"type\":\"message_edited\"}"});
    run();
    release();

    const auto bodies = ann.take_bodies();
    ASSERT_EQ(bodies.size(), 4U);
    EXPECT_EQ(bodies[3], "{\"type\":\"message_edited\"}");
}

TEST_F(Rooms, a_hole_in_the_broadcast_is_closed_from_the_store) {
    Client& ann = following("ann", room);
    Client& bob = following("bob", room);
    post_many(3);

    chat.post(room, "four");
    run();

    EXPECT_EQ(ann.take_seqs(), (Seqs{1, 2, 3, 4}));
    EXPECT_EQ(bob.take_seqs(), (Seqs{1, 2, 3, 4}));
    EXPECT_EQ(std::ranges::count(chat.calls, "list"), 1) << "once for the whole room";
}

TEST_F(Rooms, a_lossy_broadcast_is_caught_up_from_the_store) {
    Client& ann = following("ann", room);
    post_many(2);

    broadcast.announce_loss(contracts::topics::chat_room.name(room));
    run();

    EXPECT_EQ(ann.take_seqs(), (Seqs{1, 2}));
}

TEST_F(Rooms, an_edit_that_the_broadcast_lost_is_announced) {
    Client& ann = following("ann", room);
    chat.post(room, "one");
    run();
    ann.take();

    broadcast.announce_loss(contracts::topics::chat_room.name(room));
    run();

    EXPECT_EQ(ann.take_one().body,
              R"({"type":"resync","from_seq":1,"to_seq":1,"generations":true})");
}

TEST_F(Rooms, a_repeated_broadcast_is_shown_once) {
    Client& ann = following("ann", room);
    chat.post(room, "one");

    chat.announce(room, 1);
    run();

    EXPECT_EQ(ann.take_seqs(), Seqs{1});
}

TEST_F(Rooms, a_backlog_beyond_the_limit_is_a_resync) {
    post_many(static_cast<int>(config.backlog_max) + 5);

    Client& ann = following("ann", room, "last-seq:2\n");

    EXPECT_EQ(ann.take_bodies(), std::vector{R"({"type":"resync","from_seq":3,"to_seq":2005})"s});
    chat.post(room, "live");
    run();
    EXPECT_EQ(ann.take_seqs(), Seqs{2006});
}

TEST_F(Rooms, a_backlog_at_the_limit_is_given_and_one_more_is_a_resync) {
    const auto limit = static_cast<int>(config.backlog_max);
    post_many(limit + 1);

    Client& at_limit = following("ann", room, "last-seq:1\n");
    Client& one_more = following("bob", room, "last-seq:0\n");

    const Seqs given = at_limit.take_seqs();
    EXPECT_EQ(given.size(), static_cast<std::size_t>(limit));
    EXPECT_EQ(given.front(), 2);
    EXPECT_EQ(given.back(), limit + 1);
    EXPECT_EQ(one_more.take_bodies(),
              std::vector{R"({"type":"resync","from_seq":1,"to_seq":2001})"s});
}

TEST_F(Rooms, a_last_seq_that_is_no_number_is_refused) {
    Client& ann = following("ann", room, "last-seq:-3\n");

    EXPECT_EQ(header(ann.take_one(), "code"), "request.invalid");
}

TEST_F(Rooms, removal_ends_live_subscriptions_at_once_with_a_notice) {
    Client& ann = following("ann", room);
    Client& bob = following("bob", room);
    const UserId user = tokens.users["ann"];

    chat.publish(room, contracts::room_event(contracts::MemberRemoved{user}, user));
    rights.end(runtime::StandingRights::Member{room, user});
    chat.post(room, "secret");
    run();

    const auto bodies = ann.take_bodies();
    ASSERT_EQ(bodies.size(), 1U);
    EXPECT_NE(bodies[0].find("member_removed"), std::string::npos);
    EXPECT_EQ(bob.take().size(), 2U);
    ann.subscribe("s1", room, "receipt:again\n");
    EXPECT_EQ(header(ann.take_one(), "receipt-id"), "again") << "the id is free again";
}

TEST_F(Rooms, removal_while_a_subscribe_is_under_way_is_not_overlooked) {
    Client& bob = following("bob", room);
    chat.held.insert("check");
    Client& ann = following("ann", room);
    const UserId user = tokens.users["ann"];

    chat.removed.insert({room, user});
    rights.end(runtime::StandingRights::Member{room, user});
    run();
    release();

    EXPECT_EQ(header(ann.take_one(), "code"), "chat.not_found");
    bob.run();
    EXPECT_FALSE(bob.close_code);
}

TEST_F(Rooms, removal_ends_subscriptions_although_the_broadcast_lost_everything) {
    Client& ann = following("ann", room);
    Client& bob = following("bob", room);

    rights.end(runtime::StandingRights::Member{room, tokens.users["ann"]});
    broadcast.announce_loss(contracts::topics::chat_room.name(room));
    chat.post(room, "secret");
    run();

    EXPECT_TRUE(ann.take().empty());
    EXPECT_FALSE(bob.take().empty());
}

TEST_F(Rooms, removal_while_history_is_read_shows_nothing_of_it) {
    for (int i = 0; i < 3; ++i) {
        chat.post(room, "secret", FakeChat::Announce::no);
    }
    chat.held.insert("list");
    Client& ann = following("ann", room, "last-seq:0\n");

    rights.end(runtime::StandingRights::Member{room, tokens.users["ann"]});
    run();
    release();

    EXPECT_TRUE(ann.take().empty());
    EXPECT_FALSE(ann.close_code);
}

TEST_F(Rooms, a_room_without_followers_costs_nothing) {
    Client& ann = following("ann", room);
    EXPECT_EQ(broadcast.count(contracts::topics::chat_room.name(room)), 1U);

    ann.go_away();

    EXPECT_EQ(node->counts().rooms, 0U);
    EXPECT_EQ(broadcast.count(contracts::topics::chat_room.name(room)), 0U);
}

TEST_F(Rooms, large_messages_are_compressed_where_agreed) {
    Upgraded upgraded;
    upgraded.deflate_bits = 15;
    Client ann{loop, *node, std::move(upgraded)};
    ann.connect();
    ann.subscribe("s1", room);
    (void)ann.take();
    const std::string text(8000, 'x');

    chat.post(room, text);
    loop.poll();
    const std::size_t sent = ann.end->to_client.size();

    EXPECT_LT(sent, 2000U);
    EXPECT_EQ(text_of(ann.take_one().body), text);
    ann.go_away();
}

}  // namespace
}  // namespace loquat::realtime::testing
