#include "services/realtime/tests/harness.hpp"

// One test for each known trap of STOMP over WebSocket that is not the parser's own (those are in
// net/tests/stomp_parser.cpp: 2, 3, 4, 8, 9, 17).

namespace loquat::realtime::testing {
namespace {

using net::stomp::Command;

class Trap : public RealtimeTest {
  protected:
    std::string send_to(ChatId to, const std::string& client_id, const std::string& headers = "") {
        return "SEND\ndestination:/app/chats/" + to.to_string() + "/messages\n" + headers +
               "\n{\"client_id\":\"" + client_id + "\",\"text\":\"" + client_id + "\"}";
    }
};

TEST_F(Trap, t1_a_background_tab_may_beat_once_a_minute) {
    Client& tab = connected();

    for (int minute = 0; minute < 5; ++minute) {
        for (int second = 0; second < 60; second += 5) {
            pass(5s);
        }
        tab.send_message("\n");
    }

    EXPECT_FALSE(tab.end->closed);
    EXPECT_FALSE(tab.close_code);
}

TEST_F(Trap, t2_a_heart_beat_between_the_pieces_of_a_frame_belongs_to_the_frame) {
    Client& ann = connected();
    ann.send_message("SUBSCRIBE\nid:1\nreceipt:r\n");

    ann.send_message("destination:/topic/chats/" + room.to_string() + "\n");
    ann.send_message("\n");
    ann.send_message("\0"sv);

    EXPECT_EQ(header(ann.take_one(), "receipt-id"), "r");
}

TEST_F(Trap, t5_a_subscription_id_may_be_used_once) {
    Client& ann = following("ann", room);

    ann.subscribe("s1", ChatId::make(), "receipt:r2\n");

    const auto frame = ann.take_one();
    EXPECT_EQ(frame.command, Command::error);
    EXPECT_EQ(header(frame, "code"), "stomp.duplicate_subscription");
    EXPECT_EQ(header(frame, "receipt-id"), "r2");
}

TEST_F(Trap, t6_unsubscribing_an_unknown_id_is_an_error) {
    Client& ann = connected();

    ann.send("UNSUBSCRIBE\nid:nope\n\n");

    EXPECT_EQ(header(ann.take_one(), "code"), "stomp.unknown_subscription");
}

TEST_F(Trap, t7_send_without_destination_is_an_error_with_the_receipt_id) {
    Client& ann = connected();

    ann.send("SEND\nreceipt:r7\n\n{}");

    const auto frame = ann.take_one();
    EXPECT_EQ(frame.command, Command::error);
    EXPECT_EQ(header(frame, "receipt-id"), "r7");
    EXPECT_EQ(header(frame, "code"), "stomp.missing_header");
}

TEST_F(Trap, t10_frames_take_effect_in_order_so_subscribe_before_send_sees_the_message) {
    Client& ann = connected();
    chat.held.insert("check");

    ann.subscribe("s1", room);
    ann.send(send_to(room, "c1"));
    EXPECT_TRUE(chat.messages[room].empty()) << "the SEND waits for its turn";
    release();

    EXPECT_EQ(text_of(ann.take_one().body), "c1");
}

TEST_F(Trap, t11_no_message_follows_the_receipt_of_unsubscribe) {
    Client& ann = following("ann", room);
    for (int i = 0; i < 3; ++i) {
        chat.post(room, "before");
    }
    ann.end->to_server.clear();

    ann.send("UNSUBSCRIBE\nid:s1\nreceipt:gone\n\n");
    chat.post(room, "after");
    run();

    const auto frames = ann.take();
    ASSERT_FALSE(frames.empty());
    EXPECT_EQ(frames.back().command, Command::receipt);
    EXPECT_EQ(header(frames.back(), "receipt-id"), "gone");
}

TEST_F(Trap, t12_sending_again_after_a_lost_answer_stores_once) {
    Client& ann = connected();

    ann.send(send_to(room, "c1", "receipt:1\n"));
    ann.send(send_to(room, "c1", "receipt:2\n"));

    EXPECT_EQ(ann.take().size(), 2U);
    EXPECT_EQ(chat.messages[room].size(), 1U);
}

TEST_F(Trap, t13_a_storm_of_receipts_is_one_write) {
    Client& ann = connected();
    std::string frames;
    for (int i = 0; i < 200; ++i) {
        frames += "BEGIN\ntransaction:t\nreceipt:" + std::to_string(i) + "\n\n\0"s +
                  "ABORT\ntransaction:t\n\n\0"s;
    }
    const std::size_t before = ann.end->writes;

    ann.send_message(frames);

    const auto receipts = ann.take();
    ASSERT_EQ(receipts.size(), 200U);
    EXPECT_EQ(header(receipts[199], "receipt-id"), "199");
    EXPECT_EQ(ann.end->writes - before, 1U);
}

TEST_F(Trap, t14_the_number_of_connections_is_a_setting) {
    config.connections_max = 2000;
    restart();
    for (int i = 0; i < 1500; ++i) {
        client();
    }

    EXPECT_EQ(node->counts().connections, 1500U);
    EXPECT_FALSE(node->is_full());
}

TEST_F(Trap, t15_a_half_open_connection_ends) {
    Client& ann = connected();

    for (int i = 0; i < 30; ++i) {
        pass(5s);
    }

    ann.run();
    EXPECT_TRUE(ann.end->closed);
    EXPECT_GE(ann.pings, 1);
    EXPECT_EQ(node->counts().connections, 0U);
}

TEST_F(Trap, t16_an_error_has_a_code_for_machines_and_then_the_socket_closes) {
    Client& ann = connected();

    ann.send("SUBSCRIBE\nid:1\ndestination:/topic/nowhere\n\n");

    const auto frame = ann.take_one();
    EXPECT_EQ(header(frame, "code"), "stomp.unknown_destination");
    EXPECT_FALSE(header(frame, "message").empty());
    EXPECT_EQ(ann.close_code, 1008);
    EXPECT_TRUE(ann.end->server_shut);
}

TEST_F(Trap, t18_a_client_without_heart_beats_is_pinged) {
    Client& ann = client();
    ann.send("CONNECT\naccept-version:1.2\ntoken:ann\nheart-beat:0,0\n\n");

    pass(26s);
    ann.run();

    EXPECT_EQ(ann.pings, 1);
    EXPECT_EQ(ann.beats, 0);
}

TEST_F(Trap, t19_a_shutdown_tells_when_to_come_back) {
    config.drain_spread_ms = std::chrono::milliseconds{0};
    restart();
    Client& ann = connected();
    auto finish = [](Node& on, aio::Loop& in) -> Task<void> {
        co_await on.drain(std::chrono::steady_clock::now() + 60ms);
        in.stop();
    };

    loop.spawn(finish(*node, loop));
    loop.run();

    const auto frame = ann.take_one();
    EXPECT_EQ(header(frame, "code"), "server.restarting");
    EXPECT_FALSE(header(frame, "retry-after").empty());
    EXPECT_EQ(ann.close_code, 1012);
}

TEST_F(Trap, t20_heart_beats_keep_an_idle_connection_alive_through_a_proxy) {
    Client& ann = connected();

    for (int i = 0; i < 12; ++i) {
        pass(5s);
        ann.run();
    }

    EXPECT_GE(ann.beats, 5);
}

TEST_F(Trap, server_frames_and_unknown_ack_modes_are_refused) {
    Client& ann = connected();
    ann.send("MESSAGE\ndestination:/x\n\nx");
    Client& bob = connected("bob");
    bob.subscribe("1", room, "ack:sometimes\n");

    EXPECT_EQ(header(ann.take_one(), "code"), "stomp.malformed");
    EXPECT_EQ(header(bob.take_one(), "code"), "stomp.malformed");
}

}  // namespace
}  // namespace loquat::realtime::testing
