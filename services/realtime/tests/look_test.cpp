#include "services/realtime/tests/harness.hpp"

// A broadcast that may lose and not know it: the store is asked for what is looked at.
namespace loquat::realtime::testing {
namespace {

using Announce = FakeChat::Announce;
using Seqs = std::vector<std::int64_t>;

class Looks : public RealtimeTest {
  protected:
    Looks() {
        hearing = Hearing::uncertain;
        restart();
    }
    void pass_seconds(int seconds) {
        for (int i = 0; i < seconds * 4; ++i) {
            pass(250ms);
            run();
        }
    }
    std::ptrdiff_t reads() const { return std::ranges::count(chat.calls, "list"); }
};

TEST_F(Looks, finds_what_was_lost_unknowingly_within_half_a_minute) {
    Client& ann = following("ann", room);
    pass(250ms);
    chat.post(room, "unheard", Announce::no);

    pass_seconds(31);

    EXPECT_EQ(ann.take_seqs(), Seqs{1});
}

TEST_F(Looks, finds_it_within_two_seconds_while_others_are_not_heard) {
    Client& ann = following("ann", room);
    pass(250ms);
    broadcast.heard = store::Reach::this_process;
    chat.post(room, "one", Announce::no);

    pass_seconds(3);
    const Seqs first = ann.take_seqs();
    chat.post(room, "two", Announce::no);
    pass_seconds(3);

    EXPECT_EQ(first, Seqs{1});
    EXPECT_EQ(ann.take_seqs(), Seqs{2});
}

TEST_F(Looks, says_nothing_when_nothing_was_missed) {
    Client& ann = following("ann", room);
    broadcast.heard = store::Reach::this_process;

    pass_seconds(10);

    EXPECT_TRUE(ann.take().empty());
    EXPECT_GE(reads(), 4);
}

TEST_F(Looks, spreads_its_questions_over_time) {
    for (int i = 0; i < 40; ++i) {
        following("ann", ChatId::make());
    }
    broadcast.heard = store::Reach::this_process;
    pass(250ms);
    const std::ptrdiff_t before = reads();

    pass(250ms);
    run();
    const std::ptrdiff_t at_once = reads() - before;
    pass_seconds(2);

    EXPECT_LE(at_once, 6);
    EXPECT_GE(reads() - before, 40);
}

TEST_F(Looks, asks_for_nothing_where_the_broadcast_is_certain) {
    hearing = Hearing::certain;
    restart();
    following("ann", room);
    const std::ptrdiff_t before = reads();

    pass_seconds(61);

    EXPECT_EQ(reads(), before);
}

}  // namespace
}  // namespace loquat::realtime::testing
