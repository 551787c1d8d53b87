#include "services/realtime/tests/harness.hpp"

namespace loquat::realtime::testing {
namespace {

using net::stomp::Command;
using Seqs = std::vector<std::int64_t>;

class Acks : public RealtimeTest {
  protected:
    std::vector<std::string> post_and_take(Client& one, int count) {
        for (int i = 0; i < count; ++i) {
            chat.post(room, "m");
        }
        run();
        std::vector<std::string> acks;
        for (const auto& frame : one.take()) {
            acks.push_back(header(frame, "ack"));
        }
        return acks;
    }
    void ack(Client& one, const std::string& id) { one.send("ACK\nid:" + id + "\n\n"); }
};

TEST_F(Acks, the_ack_header_is_there_only_when_wanted) {
    Client& automatic = following("ann", room);
    Client& manual = following("bob", room, "ack:client-individual\n");

    chat.post(room, "m");
    run();

    EXPECT_FALSE(automatic.take_one().find("ack"));
    EXPECT_TRUE(manual.take_one().find("ack"));
}

TEST_F(Acks, client_individual_takes_each_and_again) {
    Client& ann = following("ann", room, "ack:client-individual\n");
    const auto acks = post_and_take(ann, 2);

    ack(ann, acks[1]);
    ann.send("NACK\nid:" + acks[0] + "\nreceipt:r\n\n");
    EXPECT_EQ(header(ann.take_one(), "receipt-id"), "r");
    ack(ann, acks[0]);

    EXPECT_TRUE(ann.take().empty());
}

TEST_F(Acks, of_what_was_never_sent_are_refused) {
    for (const char* id : {"1-1", "nonsense", "", "4294967295-18446744073709551615"}) {
        Client& ann = following("ann", room, "ack:client-individual\n");
        const auto acks = post_and_take(ann, 1);

        ann.send("NACK\nid:" + (id == "1-1"s ? acks[0] + "9" : id) + "\nreceipt:r\n\n");

        const auto error = ann.take_one();
        EXPECT_EQ(header(error, "code"), "stomp.unknown_ack") << id;
        EXPECT_EQ(header(error, "receipt-id"), "r");
    }
}

TEST_F(Acks, without_the_header_of_their_version_are_told_which) {
    for (const auto& [version, wanted] :
         std::map<std::string, std::string>{{"1.2", " id:"}, {"1.1", " message-id."}}) {
        Client& ann = client();
        ann.send("CONNECT\naccept-version:" + version + "\ntoken:ann\n\n");
        (void)ann.take();

        ann.send("ACK\nsubscription:s\nreceipt:r\n\n");

        const auto error = ann.take_one();
        EXPECT_EQ(header(error, "code"), "stomp.missing_header");
        EXPECT_NE(error.body.find(version), std::string::npos);
        EXPECT_NE(error.body.find(wanted), std::string::npos) << error.body;
    }
}

TEST_F(Acks, may_cross_the_end_of_their_subscription) {
    Client& ann = following("ann", room, "ack:client\n");
    const auto acks = post_and_take(ann, 3);
    ann.send("UNSUBSCRIBE\nid:s1\n\n");
    ann.subscribe("s1", room, "ack:client\n");

    ack(ann, acks[0]);
    ann.send("NACK\nid:" + acks[2] + "\nreceipt:r\n\n");

    EXPECT_EQ(header(ann.take_one(), "receipt-id"), "r");
    ack(ann, acks[2] + "7");
    EXPECT_EQ(header(ann.take_one(), "code"), "stomp.unknown_ack");
}

TEST_F(Acks, may_cross_an_end_by_the_server) {
    Client& ann = following("ann", room, "ack:client-individual\n");
    const auto acks = post_and_take(ann, 2);
    rights.end(runtime::StandingRights::Member{room, tokens.users["ann"]});
    run();
    (void)ann.take();

    ack(ann, acks[1]);
    ann.send("UNSUBSCRIBE\nid:s1\n\n");
    ann.send("ACK\nid:" + acks[0] + "\nreceipt:r\n\n");

    EXPECT_EQ(header(ann.take_one(), "receipt-id"), "r");
}

TEST_F(Acks, of_many_ended_subscriptions_are_all_known) {
    Client& ann = connected("ann");
    std::vector<std::string> acks;
    for (std::size_t i = 0; i < 2 * EndedSubscriptions::remembered_max; ++i) {
        ann.subscribe("s", room, "ack:client\n");
        acks.push_back(post_and_take(ann, 1).front());
        ann.send("UNSUBSCRIBE\nid:s\n\n");
    }

    for (const std::string& id : acks) {
        ack(ann, id);
    }

    EXPECT_TRUE(ann.take().empty());
}

TEST_F(Acks, of_what_was_delivered_are_taken_after_an_overflow) {
    config.queue_bytes_max = 2'000;
    restart();
    Client& ann = following("ann", room, "ack:client-individual\n");
    const auto acks = post_and_take(ann, 3);
    ann.end->window = 500;
    for (int i = 0; i < 20; ++i) {
        chat.post(room, std::string(300, 'x'));
        run();
    }
    ann.drain();
    std::vector<std::string> late = acks;
    for (const auto& frame : ann.take()) {
        late.push_back(header(frame, "ack"));
    }

    for (const std::string& id : late) {
        ack(ann, id);
    }

    EXPECT_GT(late.size(), acks.size() + 1) << "one that had begun, and the notice";
    EXPECT_TRUE(ann.take().empty());
}

TEST_F(Acks, client_is_cumulative) {
    Client& ann = following("ann", room, "ack:client\n");
    const auto acks = post_and_take(ann, 3);

    ack(ann, acks[1]);
    EXPECT_TRUE(ann.take().empty());
    ack(ann, acks[0]);

    EXPECT_TRUE(ann.take().empty());
}

TEST_F(Acks, in_1_1_name_message_and_subscription) {
    Client& ann = client();
    ann.send("CONNECT\naccept-version:1.1\ntoken:ann\n\n");
    ann.subscribe("s1", room, "ack:client\n");
    (void)ann.take();
    chat.post(room, "m");
    run();
    const std::string id = header(ann.take_one(), "message-id");

    ann.send("ACK\nmessage-id:" + id + "\nsubscription:s1\nreceipt:r\n\n");

    EXPECT_EQ(header(ann.take_one(), "receipt-id"), "r");
}

TEST_F(Acks, in_1_0_name_only_the_message) {
    Client& ann = client();
    ann.send("CONNECT\ntoken:ann\n\n");
    ann.send("SUBSCRIBE\ndestination:/topic/chats/" + room.to_string() + "\nack:client\n\n");
    (void)ann.take();
    chat.post(room, "m");
    run();
    const auto message = ann.take_one();
    EXPECT_EQ(header(message, "subscription"), "/topic/chats/" + room.to_string());

    ann.send("ACK\nmessage-id:" + header(message, "message-id") + "\nreceipt:r\n\n");

    EXPECT_EQ(header(ann.take_one(), "receipt-id"), "r");
}

TEST_F(Acks, what_is_not_acknowledged_stops_the_flow_until_it_is) {
    config.unacked_max = 10;
    restart();
    Client& ann = following("ann", room, "ack:client\n");
    std::string last;
    for (int i = 0; i < 20; ++i) {
        chat.post(room, "m");
        run();
        for (const auto& frame : ann.take()) {
            last = header(frame, "ack");
        }
    }

    ack(ann, last);

    EXPECT_EQ(ann.take_one().body, R"({"type":"resync","from_seq":11,"to_seq":20})");
    chat.post(room, "m");
    run();
    EXPECT_EQ(ann.take_seqs(), Seqs{21});
}

class Transactions : public RealtimeTest {
  protected:
    void send(Client& one, const std::string& client_id, const std::string& headers) {
        one.send("SEND\ndestination:/app/chats/" + room.to_string() + "/messages\n" + headers +
                 "\n{\"client_id\":\"" + client_id + "\",\"text\":\"" + client_id + "\"}");
    }
};

TEST_F(Transactions, take_effect_at_commit_in_order) {
    Client& ann = connected();
    ann.send("BEGIN\ntransaction:t\n\n");
    send(ann, "a", "transaction:t\n");
    send(ann, "b", "transaction:t\n");
    EXPECT_TRUE(chat.messages[room].empty());

    ann.send("COMMIT\ntransaction:t\nreceipt:done\n\n");

    EXPECT_EQ(header(ann.take_one(), "receipt-id"), "done");
    ASSERT_EQ(chat.messages[room].size(), 2U);
    EXPECT_EQ(chat.messages[room][0].text, "a");
}

TEST_F(Transactions, are_done_whole_or_not_at_all) {
    const ChatId other = ChatId::make();
    chat.removed.insert({other, tokens.users["ann"]});
    const std::string bad[] = {
        "SEND\ndestination:/app/chats/" + other.to_string() +
            "/messages\ntransaction:t\n\n{\"client_id\":\"b\",\"text\":\"b\"}",
        "SEND\ndestination:/app/chats/" + room.to_string() + "/messages\ntransaction:t\n\n{",
        "SEND\ndestination:/nowhere\ntransaction:t\n\n{}",
        "SEND\ntransaction:t\n\n{}",
        "SEND\ndestination:/app/chats/" + room.to_string() + "/typing\ntransaction:t\n\n{}",
        "SEND\ndestination:/app/presence\ntransaction:t\n\n{\"state\":\"away\"}",
        "ACK\nid:1-999\ntransaction:t\n\n",
        "NACK\ntransaction:t\n\n",
    };
    const std::string codes[] = {
        "chat.not_found",       "request.malformed_json",  "stomp.unknown_destination",
        "stomp.missing_header", "stomp.not_transactional", "stomp.not_transactional",
        "stomp.unknown_ack",    "stomp.missing_header"};
    for (std::size_t i = 0; i < std::size(bad); ++i) {
        Client& ann = connected();
        ann.send("BEGIN\ntransaction:t\n\n");
        send(ann, "good", "transaction:t\nreceipt:sent\n");
        ann.send(bad[i]);
        send(ann, "good too", "transaction:t\n");

        ann.send("COMMIT\ntransaction:t\nreceipt:done\n\n");

        const auto error = ann.take_one();
        EXPECT_EQ(header(error, "code"), codes[i]);
        EXPECT_EQ(header(error, "receipt-id"), "done");
        EXPECT_TRUE(chat.messages[room].empty());
    }
}

TEST_F(Transactions, travel_as_one_and_give_receipts_when_all_is_durable) {
    Client& ann = connected();
    ann.send("BEGIN\ntransaction:t\n\n");
    send(ann, "a", "transaction:t\nreceipt:a\n");
    send(ann, "b", "transaction:t\nreceipt:b\n");
    chat.held.insert("accept");
    ann.send("COMMIT\ntransaction:t\nreceipt:done\n\n");
    EXPECT_TRUE(ann.take().empty());

    release();

    std::vector<std::string> receipts;
    for (const auto& frame : ann.take()) {
        receipts.push_back(header(frame, "receipt-id"));
    }
    EXPECT_EQ(receipts, (std::vector<std::string>{"a", "b", "done"}));
    EXPECT_EQ(std::ranges::count(chat.calls, "accept"), 1);
}

TEST_F(Transactions, are_whole_when_the_client_goes_right_after_commit) {
    Client& ann = connected();
    ann.send("BEGIN\ntransaction:t\n\n");
    for (int i = 0; i < 100; ++i) {
        send(ann, std::to_string(i), "transaction:t\n");
    }
    chat.held.insert("accept");
    ann.send("COMMIT\ntransaction:t\n\n");
    ann.go_away();

    release();

    EXPECT_EQ(chat.messages[room].size(), 100U);
}

TEST_F(Transactions, that_are_aborted_give_no_receipts_of_what_they_held) {
    Client& ann = connected();
    ann.send("BEGIN\ntransaction:t\n\n");
    send(ann, "a", "transaction:t\nreceipt:a\n");

    ann.send("ABORT\ntransaction:t\nreceipt:aborted\n\n");

    EXPECT_EQ(header(ann.take_one(), "receipt-id"), "aborted");
}

TEST_F(Transactions, take_as_many_frames_and_bytes_as_they_may) {
    config.transaction_frames_max = 3;
    restart();
    Client& full = connected();
    full.send("BEGIN\ntransaction:t\n\n");
    for (int i = 0; i < 3; ++i) {
        send(full, std::to_string(i), "transaction:t\n");
    }
    Client& large = connected("bob");
    large.send("BEGIN\ntransaction:t\n\n");
    const std::string third(config.inbox_bytes_max / 3, 'x');

    full.send("COMMIT\ntransaction:t\nreceipt:done\n\n");
    send(large, third, "transaction:t\n");
    EXPECT_TRUE(large.take().empty());
    send(large, third, "transaction:t\n");

    EXPECT_EQ(header(full.take_one(), "receipt-id"), "done");
    EXPECT_EQ(header(large.take_one(), "code"), "stomp.transaction_limit");
}

TEST_F(Transactions, leave_nothing_behind_when_aborted_or_cut_off) {
    Client& ann = connected();
    ann.send("BEGIN\ntransaction:t\n\n");
    send(ann, "a", "transaction:t\n");
    ann.send("ABORT\ntransaction:t\n\n");
    Client& bob = connected("bob");
    bob.send("BEGIN\ntransaction:t\n\n");
    send(bob, "b", "transaction:t\n");

    bob.go_away();

    EXPECT_TRUE(chat.messages[room].empty());
    ann.send("COMMIT\ntransaction:t\n\n");
    EXPECT_EQ(header(ann.take_one(), "code"), "stomp.unknown_transaction");
}

TEST_F(Transactions, cannot_be_begun_twice_nor_grow_without_limit) {
    config.transaction_frames_max = 3;
    restart();
    Client& twice = connected();
    twice.send("BEGIN\ntransaction:t\n\n");
    twice.send("BEGIN\ntransaction:t\n\n");
    Client& large = connected("bob");
    large.send("BEGIN\ntransaction:t\n\n");
    for (int i = 0; i < 4; ++i) {
        send(large, std::to_string(i), "transaction:t\n");
    }
    Client& many = connected("cat");
    for (std::size_t i = 0; i <= config.transactions_max; ++i) {
        many.send("BEGIN\ntransaction:" + std::to_string(i) + "\n\n");
    }

    EXPECT_EQ(header(twice.take_one(), "code"), "stomp.transaction_exists");
    EXPECT_EQ(header(large.take_one(), "code"), "stomp.transaction_limit");
    EXPECT_EQ(header(many.take_one(), "code"), "stomp.transaction_limit");
}

TEST_F(Transactions, hold_acknowledgements_too) {
    Client& ann = following("ann", room, "ack:client-individual\n");
    chat.post(room, "m");
    run();
    const std::string id = header(ann.take_one(), "ack");
    ann.send("BEGIN\ntransaction:t\n\n");

    ann.send("ACK\nid:" + id + "\ntransaction:t\n\n");
    ann.send("COMMIT\ntransaction:t\nreceipt:r\n\n");

    EXPECT_EQ(header(ann.take_one(), "receipt-id"), "r");
}

}  // namespace
}  // namespace loquat::realtime::testing
