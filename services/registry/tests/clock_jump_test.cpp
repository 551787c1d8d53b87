#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "services/registry/domain/instance_book.hpp"
#include "testing/jumping_clock.hpp"

// Somebody sets the machine's clock: what ends by time goes on as if nothing had been.
namespace loquat::registry {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

struct ClockJump : testing::TestWithParam<std::chrono::hours> {
    test::JumpingClock clock;
    InstanceBook book{{}};

    Moment now() const { return {clock.now(), clock.steady()}; }
    void jump() { clock.jump(GetParam()); }
    Instance instance(std::string id, Time dirty_at) const {
        Instance made;
        made.app = "CHAT";
        made.id = std::move(id);
        made.lease.duration = 30s;
        made.dirty_at = dirty_at;
        return made;
    }
    void add(const std::string& id) { book.add(instance(id, clock.now()), Origin::client, now()); }
    InstanceBook::Renewal beat(std::string_view id) {
        return book.renew("CHAT", id, {}, Origin::client, now());
    }
    std::vector<std::string> pass(std::chrono::milliseconds time) {
        clock.advance(time);
        std::vector<std::string> ids;
        for (const auto& removed : book.expire(now())) {
            ids.push_back(removed.instance->id);
        }
        return ids;
    }
};

TEST_P(ClockJump, evicts_nobody) {
    add("a");
    pass(29s);

    jump();

    EXPECT_THAT(pass(0s), IsEmpty());
    EXPECT_EQ(beat("a"), InstanceBook::Renewal::renewed);
    EXPECT_THAT(pass(29s), IsEmpty());
}

TEST_P(ClockJump, renews_nothing) {
    add("a");
    pass(29s);

    jump();

    EXPECT_THAT(pass(1s), ElementsAre("a"));
}

TEST_P(ClockJump, changes_neither_what_somebody_decided_nor_what_changed_lately) {
    add("a");
    book.override_status("CHAT", "a", Status::out_of_service, now());

    jump();
    pass(1s);

    EXPECT_EQ(beat("a"), InstanceBook::Renewal::renewed);
    EXPECT_EQ(book.find("CHAT", "a")->status, Status::out_of_service);
    EXPECT_EQ(book.recent_changes().size(), 1u);
    EXPECT_EQ(book.forgotten(), 0u);
}

// What is newer is told by the instances' own clocks, not by ours.
TEST_P(ClockJump, lets_no_older_copy_of_a_peer_win) {
    Instance newer = instance("a", clock.now());
    newer.host_name = "newer";
    book.add(newer, Origin::client, now());

    jump();
    Instance older = instance("a", newer.dirty_at - 1s);
    older.host_name = "older";
    book.add(older, Origin::peer, now());

    EXPECT_EQ(book.find("CHAT", "a")->host_name, "newer");
}

INSTANTIATE_TEST_SUITE_P(Both, ClockJump, testing::Values(1h, -1h));

}  // namespace
}  // namespace loquat::registry
