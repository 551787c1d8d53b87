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

TEST_F(Acks, client_individual_takes_each_once) {
    Client& ann = following("ann", room, "ack:client-individual\n");
    const auto acks = post_and_take(ann, 2);

    ack(ann, acks[1]);
    ann.send("NACK\nid:" + acks[0] + "\nreceipt:r\n\n");
    EXPECT_EQ(header(ann.take_one(), "receipt-id"), "r");
    ack(ann, acks[0]);

    EXPECT_EQ(header(ann.take_one(), "code"), "stomp.unknown_ack");
}

TEST_F(Acks, client_is_cumulative) {
    Client& ann = following("ann", room, "ack:client\n");
    const auto acks = post_and_take(ann, 3);

    ack(ann, acks[1]);
    EXPECT_TRUE(ann.take().empty());
    ack(ann, acks[0]);

    EXPECT_EQ(header(ann.take_one(), "code"), "stomp.unknown_ack");
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
    for (int i = 0; i <= config.transactions_max; ++i) {
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
