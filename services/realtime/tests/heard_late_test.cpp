#include "contracts/events/user_event.hpp"
#include "services/realtime/tests/harness.hpp"

// A broadcast over a server hears a topic a moment after it was asked to.
namespace loquat::realtime::testing {
namespace {

using Announce = FakeChat::Announce;
using Seqs = std::vector<std::int64_t>;

class HeardLate : public RealtimeTest {
  protected:
    HeardLate() {
        hearing = Hearing::uncertain;
        broadcast.hears_late = true;
        restart();
    }
    std::string told_by_and_by(Client& one) {
        wait_until_told();
        one.run();
        std::string all;
        for (const std::string& body : one.take_bodies()) {
            all += body + "\n";
        }
        return all;
    }
    std::ptrdiff_t lists_read() const { return std::ranges::count(chat.calls, "places"); }
};

TEST_F(HeardLate, begins_a_room_without_a_word_of_what_was_told_before) {
    Client& ann = following("ann", room);
    EXPECT_TRUE(ann.take().empty());

    chat.post(room, "one");

    EXPECT_EQ(ann.take_seqs(), Seqs{1});
}

TEST_F(HeardLate, begins_a_list_without_a_word_of_what_was_told_before) {
    chat.places.items = {{room, 0, 0}};

    for (const char* name : {"bob", "ann"}) {  // what all listen to is heard for the second
        const std::ptrdiff_t before = lists_read();
        const auto said = listing(name).take();
        ASSERT_EQ(said.size(), 1U) << name;
        EXPECT_EQ(said[0].command, net::stomp::Command::receipt) << name;
        EXPECT_LE(lists_read() - before, 2) << name;
    }
}

TEST_F(HeardLate, begins_with_who_is_there_without_a_word_of_what_was_told_before) {
    Client& ann = connected("ann");

    ann.send("SUBSCRIBE\nid:p\ndestination:/user/queue/presence\nreceipt:in-force\n\n");
    ann.run();

    const auto said = ann.take();
    ASSERT_EQ(said.size(), 1U);
    EXPECT_EQ(said[0].command, net::stomp::Command::receipt);
}

TEST_F(HeardLate, counts_what_was_sent_between_a_listing_and_hearing_it) {
    Client& ann = listing("ann");
    ann.take();
    chat.places.items = {{room, 1, 0}};
    broadcast.publish(contracts::topics::user.name(tokens.users.at("ann")),
                      contracts::encode(contracts::UserEvent{
                          "chats", "{}", contracts::ListedPlace{room, 0, 0, {}}}));
    chat.post(room, "psst", Announce::no);

    const std::string told = told_by_and_by(ann);

    EXPECT_NE(told.find(R"("last_seq":1,"unread":1)"), std::string::npos) << told;
    EXPECT_NE(told.find(R"("type":"resync")"), std::string::npos) << "its words are in the list";
}

TEST_F(HeardLate, tells_of_a_loss_in_a_room_once_it_is_heard) {
    Client& ann = following("ann", room);
    ann.take();

    broadcast.announce_loss(contracts::topics::chat_room.name(room));

    const std::string told = told_by_and_by(ann);
    EXPECT_NE(told.find(R"("type":"resync")"), std::string::npos) << told;
}

TEST_F(HeardLate, tells_of_a_loss_in_a_listed_room_once_it_is_heard) {
    chat.places.items = {{room, 0, 0}};
    Client& ann = listing("ann");
    ann.take();

    broadcast.announce_loss(contracts::topics::chat_room.name(room));

    const std::string told = told_by_and_by(ann);
    EXPECT_NE(told.find(R"("type":"resync")"), std::string::npos) << told;
}

}  // namespace
}  // namespace loquat::realtime::testing
