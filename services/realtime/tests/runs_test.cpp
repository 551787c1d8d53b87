#include "services/realtime/tests/harness.hpp"

// Messages that came one behind the other, and the lists of people who do not look at the room.
namespace loquat::realtime::testing {
namespace {

using net::stomp::Command;

class Runs : public RealtimeTest {
  protected:
    std::string message(const std::string& id) const {
        return "SEND\ndestination:/app/chats/" + room.to_string() + "/messages\nreceipt:" + id +
               "\n\n{\"client_id\":\"" + id + "\",\"text\":\"" + id + "\"}";
    }
    static std::vector<std::string> receipts(const std::vector<net::stomp::Frame>& frames) {
        std::vector<std::string> ids;
        for (const auto& frame : frames) {
            if (frame.command == Command::receipt) {
                ids.push_back(header(frame, "receipt-id"));
            }
        }
        return ids;
    }
};

TEST_F(Runs, messages_that_wait_go_together_and_are_answered_in_their_order) {
    Client& ann = connected("ann");
    chat.held.insert("accept");

    for (const char* id : {"a", "b", "c", "d"}) {
        ann.send(message(id));
    }
    const auto before = chat.calls.size();
    release();
    ann.run();

    EXPECT_EQ(receipts(ann.take()), (std::vector<std::string>{"a", "b", "c", "d"}));
    EXPECT_EQ(chat.messages[room].size(), 4U);
    EXPECT_EQ(chat.calls.size(), before + 1);  // the first alone, the other three together
}

TEST_F(Runs, a_message_that_is_refused_is_answered_after_those_before_it) {
    Client& ann = connected("ann");
    chat.held.insert("accept");
    ann.send(message("a"));
    ann.send(message("b"));
    ann.send("SEND\ndestination:/app/chats/" + ChatId::make().to_string() +
             "/messages\nreceipt:c\n\n{\"client_id\":\"c\",\"text\":5}");
    ann.send(message("d"));

    release();
    ann.run();
    const auto frames = ann.take();

    EXPECT_EQ(receipts(frames), (std::vector<std::string>{"a", "b"}));
    ASSERT_FALSE(frames.empty());
    EXPECT_EQ(frames.back().command, Command::error);
    EXPECT_EQ(header(frames.back(), "receipt-id"), "c");
    EXPECT_EQ(chat.messages[room].size(), 2U);
}

// A full disk passes; what is open must not break at each word that is said meanwhile.
TEST_F(Runs, a_store_that_is_full_refuses_messages_and_leaves_the_connection) {
    Client& ann = following("ann", room);
    for (const char* code : {"store.full", "store.overloaded", "store.unavailable"}) {
        chat.next_failure = Failure{Kind::unavailable, code, "Not now."};
        ann.send(message(std::string{"no-"} + code));
        ann.run();
        const auto refused = ann.take();
        ann.send(message(std::string{"yes-"} + code));
        ann.run();
        const auto taken = ann.take();

        ASSERT_EQ(refused.size(), 1U) << code;
        EXPECT_EQ(refused[0].command, Command::error);
        EXPECT_EQ(header(refused[0], "code"), code);
        EXPECT_EQ(header(refused[0], "receipt-id"), std::string{"no-"} + code);
        EXPECT_EQ(receipts(taken), (std::vector<std::string>{std::string{"yes-"} + code}));
        EXPECT_EQ(taken.size(), 2U) << "the room's event comes too";
    }
    EXPECT_EQ(chat.messages[room].size(), 3U);
    EXPECT_FALSE(ann.end->closed);
}

TEST_F(Runs, a_store_that_is_full_refuses_each_message_that_came_together) {
    Client& ann = connected("ann");
    chat.held.insert("accept");
    for (const char* id : {"a", "b", "c"}) {
        ann.send(message(id));
    }
    chat.next_failure = Failure{Kind::unavailable, "store.full", "Not now."};
    release();
    ann.run();
    const auto frames = ann.take();

    std::vector<std::string> answered;
    for (const auto& frame : frames) {
        answered.push_back(header(frame, "receipt-id"));
    }
    EXPECT_EQ(answered, (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(chat.messages[room].size() +
                  static_cast<std::size_t>(std::ranges::count_if(
                      frames, [](const auto& frame) { return frame.command == Command::error; })),
              3U);
    EXPECT_FALSE(ann.end->closed);
}

TEST_F(Runs, a_transaction_that_the_store_cannot_take_leaves_the_connection) {
    Client& ann = connected("ann");
    ann.send("BEGIN\ntransaction:t\n\n");
    ann.send("SEND\ntransaction:t\ndestination:/app/chats/" + room.to_string() +
             "/messages\n\n{\"client_id\":\"a\",\"text\":\"a\"}");
    chat.next_failure = Failure{Kind::unavailable, "store.full", "Not now."};
    ann.send("COMMIT\ntransaction:t\nreceipt:r\n\n");
    ann.run();
    const auto frames = ann.take();

    ASSERT_EQ(frames.size(), 1U);
    EXPECT_EQ(frames[0].command, Command::error);
    EXPECT_EQ(header(frames[0], "receipt-id"), "r");
    EXPECT_FALSE(ann.end->closed);
    EXPECT_TRUE(chat.messages[room].empty());
}

TEST_F(Runs, ending_a_subscription_that_the_server_took_away_is_no_error) {
    Client& ann = following("ann", room);
    rights.end(runtime::StandingRights::Member{room, tokens.users.at("ann")});
    ann.run();
    ann.take();

    ann.send("UNSUBSCRIBE\nid:s1\nreceipt:r\n\n");
    ann.run();

    EXPECT_EQ(receipts(ann.take()), (std::vector<std::string>{"r"}));
}

}  // namespace
}  // namespace loquat::realtime::testing
