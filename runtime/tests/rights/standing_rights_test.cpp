#include "runtime/rights/standing_rights.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace loquat::runtime {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class StandingRightsTest : public testing::Test {
  protected:
    contracts::Revocation of_session(const SessionId& session) const {
        return {.session_id = session, .until = clock.now() + hours{1}};
    }
    contracts::Revocation of_user(const UserId& user, Time before) const {
        return {.user_id = user, .before = before, .until = clock.now() + hours{1}};
    }

    FakeClock clock;
    StandingRights rights{clock};
    const StandingRights::Session ana{UserId::make(), SessionId::make(), clock.now()};
    const StandingRights::Session ana_elsewhere{ana.user, SessionId::make(), clock.now()};
    const ChatId chat = ChatId::make();
};

TEST_F(StandingRightsTest, end_with_their_session_and_no_other) {
    int ended = 0;
    const auto here = rights.open(ana, [&] { ++ended; });
    const auto elsewhere = rights.open(ana_elsewhere, [&] { ++ended; });

    rights.end(of_session(ana.session));
    rights.end(of_session(ana.session));

    EXPECT_FALSE(here->holds());
    EXPECT_TRUE(elsewhere->holds());
    EXPECT_EQ(ended, 1);
}

TEST_F(StandingRightsTest, end_for_tokens_issued_before_a_change_and_not_after) {
    const auto old = rights.open(ana);
    const Time changed = clock.now() + seconds{5};
    StandingRights::Session renewed = ana;
    renewed.issued_at = changed;
    const auto fresh = rights.open(renewed);

    rights.end(of_user(ana.user, changed));

    EXPECT_FALSE(old->holds());
    EXPECT_TRUE(fresh->holds());
}

TEST_F(StandingRightsTest, do_not_hold_when_the_session_ended_before_they_were_opened) {
    rights.end(of_session(ana.session));
    rights.end(of_user(ana_elsewhere.user, clock.now() + seconds{1}));

    EXPECT_FALSE(rights.open(ana)->holds());
    EXPECT_FALSE(rights.open(ana_elsewhere)->holds());
}

TEST_F(StandingRightsTest, of_members_end_with_their_membership_alone) {
    const UserId bob = UserId::make();
    const auto anas = rights.open(StandingRights::Member{chat, ana.user});
    const auto bobs = rights.open(StandingRights::Member{chat, bob});
    const auto in_other_chat = rights.open(StandingRights::Member{ChatId::make(), ana.user});

    rights.end(StandingRights::Member{chat, ana.user});

    EXPECT_FALSE(anas->holds());
    EXPECT_TRUE(bobs->holds());
    EXPECT_TRUE(in_other_chat->holds());
    EXPECT_TRUE(rights.open(StandingRights::Member{chat, ana.user})->holds());
}

TEST_F(StandingRightsTest, give_their_place_back_and_call_nobody_who_went) {
    int ended = 0;
    rights.open(ana, [&] { ++ended; }).reset();
    rights.open(StandingRights::Member{chat, ana.user}, [&] { ++ended; }).reset();

    rights.end(of_session(ana.session));
    rights.end(StandingRights::Member{chat, ana.user});

    EXPECT_EQ(ended, 0);
    EXPECT_EQ(rights.size(), 0U);
}

TEST_F(StandingRightsTest, end_with_their_token_where_they_would_go_on_without_end) {
    StandingRights::Session endless = ana;
    endless.until = clock.now() + seconds{10};
    const auto right = rights.open(endless);
    const auto answer = rights.open(ana);
    EXPECT_EQ(right->left(), seconds{10});
    EXPECT_EQ(answer->left(), std::nullopt);

    clock.advance(seconds{10});

    EXPECT_FALSE(right->holds());
    EXPECT_EQ(right->left(), seconds{0});
    EXPECT_TRUE(answer->holds());
}

TEST_F(StandingRightsTest, leave_the_others_of_their_session_in_any_order) {
    std::vector<StandingRightPtr> held;
    for (int i = 0; i < 5; ++i) {
        held.push_back(rights.open(ana));
    }
    for (const std::size_t gone : {2U, 4U, 0U}) {
        held[gone].reset();
    }

    rights.end(of_session(ana.session));

    EXPECT_FALSE(held[1]->holds());
    EXPECT_FALSE(held[3]->holds());
    held.clear();
    EXPECT_EQ(rights.size(), 0U);
}

class Told final : public StandingRights::Watcher {
  public:
    void on_ended(const contracts::Revocation&) override { ++sessions; }
    void on_ended(const StandingRights::Member&) override { ++members; }
    int sessions = 0;
    int members = 0;
};

TEST_F(StandingRightsTest, tell_a_watcher_once_of_each_end) {
    Told told;
    auto watch = rights.watch(told);

    for (int i = 0; i < 3; ++i) {
        rights.end(of_session(ana.session));
        rights.end(of_user(ana.user, Time{seconds{100}}));
    }
    rights.end(of_user(ana.user, Time{seconds{101}}));
    rights.end(StandingRights::Member{chat, ana.user});
    EXPECT_EQ(told.sessions, 3);
    EXPECT_EQ(told.members, 1);

    watch.reset();
    rights.end(StandingRights::Member{chat, ana.user});
    rights.end(of_session(ana_elsewhere.session));
    EXPECT_EQ(told.sessions, 3);
    EXPECT_EQ(told.members, 1);
}

TEST_F(StandingRightsTest, know_what_is_over_without_opening_any) {
    rights.end(of_session(ana.session));

    EXPECT_TRUE(rights.is_over(ana));
    EXPECT_FALSE(rights.is_over(ana_elsewhere));
}

TEST_F(StandingRightsTest, are_opened_and_ended_on_different_threads) {
    std::atomic<int> ended = 0;
    std::vector<std::jthread> holders;
    for (int i = 0; i < 3; ++i) {
        holders.emplace_back([&] {
            for (int n = 0; n < 500; ++n) {
                const auto right =
                    rights.open(StandingRights::Member{chat, ana.user}, [&] { ++ended; });
                while (right->holds()) {
                    std::this_thread::yield();
                }
            }
        });
    }
    while (ended < 1'500) {
        rights.end(StandingRights::Member{chat, ana.user});
    }
    holders.clear();

    EXPECT_EQ(rights.size(), 0U);
}

}  // namespace
}  // namespace loquat::runtime
