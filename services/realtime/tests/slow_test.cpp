#include <numeric>

#include "services/realtime/tests/harness.hpp"

namespace loquat::realtime::testing {
namespace {

using Seqs = std::vector<std::int64_t>;

class SlowReader : public RealtimeTest {
  protected:
    void post_bytes(std::size_t bytes) {
        for (std::size_t sent = 0; sent < bytes; sent += 10'000) {
            chat.post(room, std::string(10'000, 'x'));
            run();
        }
    }
};

TEST_F(SlowReader, is_told_to_resync_and_costs_others_nothing) {
    Client& slow = following("ann", room);
    Client& quick = following("bob", room);
    chat.post(room, "first");
    run();
    EXPECT_EQ(slow.take_seqs(), Seqs{1});
    slow.end->window = 5000;

    post_bytes(1'000'000);
    EXPECT_EQ(quick.take_seqs().size(), 101U);
    EXPECT_EQ(node->counts().overflows, 1U);
    slow.drain();

    const auto frames = slow.take();
    ASSERT_EQ(frames.size(), 2U) << "the frame that had begun, then the notice";
    EXPECT_EQ(header(frames[0], "seq"), "2");
    EXPECT_EQ(frames[1].body, R"({"type":"resync","from_seq":2,"to_seq":101})");
    chat.post(room, "live again");
    run();
    EXPECT_EQ(slow.take_seqs(), Seqs{102});
}

TEST_F(SlowReader, holds_at_most_the_limit) {
    Client& slow = following("ann", room);
    slow.end->window = 0;

    post_bytes(5'000'000);
    slow.drain();

    std::size_t bytes = 0;
    for (const auto& frame : slow.take()) {
        bytes += frame.body.size();
    }
    EXPECT_LE(bytes, config.queue_bytes_max);
}

TEST_F(SlowReader, still_gets_its_receipts) {
    Client& slow = following("ann", room);
    slow.end->window = 0;
    slow.send("SEND\ndestination:/app/chats/" + room.to_string() +
              "/messages\nreceipt:kept\n\n{\"client_id\":\"c\",\"text\":\"t\"}");

    post_bytes(1'000'000);
    slow.drain();

    bool has_receipt = false;
    for (const auto& frame : slow.take()) {
        has_receipt |= header(frame, "receipt-id") == "kept";
    }
    EXPECT_TRUE(has_receipt);
}

TEST_F(SlowReader, learns_that_an_edit_was_missed) {
    Client& slow = following("ann", room);
    slow.end->window = 0;
    post_bytes(1'000'000);
    (void)slow.take();
    chat.publish(room, {"message_edited", 0, {}, "{\"type\":\"message_edited\"}"});
    run();

    slow.drain();

    const auto bodies = slow.take_bodies();
    ASSERT_EQ(bodies.size(), 1U);
    EXPECT_EQ(bodies[0], R"({"type":"resync","from_seq":1,"to_seq":100})");
}

TEST_F(SlowReader, is_not_asked_for_more_while_it_replays) {
    for (int i = 0; i < 200; ++i) {
        chat.post(room, std::string(10'000, 'x'), FakeChat::Announce::no);
    }
    Client& slow = connected("ann");
    slow.end->window = 0;
    slow.subscribe("s1", room, "last-seq:0\n");
    run();
    EXPECT_EQ(std::ranges::count(chat.calls, "list"), 1);

    slow.drain();

    Seqs expected(200);
    std::iota(expected.begin(), expected.end(), 1);
    EXPECT_EQ(slow.take_seqs(), expected);
    EXPECT_EQ(node->counts().overflows, 0U);
}

TEST_F(SlowReader, that_only_asks_is_not_read_from) {
    Client& ann = connected("ann");
    ann.end->window = 0;
    std::string frames;
    for (int i = 0; i < 100; ++i) {
        frames += "BEGIN\ntransaction:t\nreceipt:" + std::string(200, 'r') + "\n\n\0"s +
                  "ABORT\ntransaction:t\n\n\0"s;
    }

    for (int i = 0; i < 100; ++i) {
        ann.send_message(frames);
    }

    EXPECT_GT(ann.end->to_server.size(), 1'000'000U) << "left in the socket";
    ann.drain();
    for (int i = 0; i < 100; ++i) {
        run();
    }
    EXPECT_EQ(ann.take().size(), 10'000U);
}

}  // namespace
}  // namespace loquat::realtime::testing
