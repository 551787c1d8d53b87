#include <gtest/gtest.h>

#include "runtime/rights/audit_trail.hpp"
#include "testing/world.hpp"

namespace loquat::runtime {
namespace {

using namespace std::chrono_literals;

struct AuditTrailTest : testing::Test, test::WorldBase {
    AuditTrail trail{{make_audit_sink(log), clock, registry, loop, "test"}};
    std::vector<contracts::AuditRecord> records;

    static contracts::Caller caller(std::string address = "192.0.2.1") {
        return {.user = UserId::make(),
                .username = "ann",
                .address = std::move(address),
                .user_agent = "browser",
                .request_id = "r"};
    }

    // Runs `work` with the trail started and stops it; `records` is what is in the log then.
    void run(std::move_only_function<void()> work, std::chrono::milliseconds stop_within = 10s) {
        auto body = [&]() -> Task<void> {
            trail.start();
            work();
            const Steady deadline = std::chrono::steady_clock::now() + stop_within;
            co_await trail.stop(deadline);
            const store::ReadLimit limit{.records_max = 5000};
            const auto found =
                co_await log.read({std::string{contracts::records::audit.topic}}, 0, limit);
            for (const store::LogRecordPtr& record : found) {
                records.push_back(
                    contracts::decode<contracts::AuditRecord>(record->payload).value());
            }
            loop.stop();
        };
        loop.spawn(body());
        loop.run();
    }
    std::uint64_t lost() {
        return registry.counter("loquat_audit_lost_total", "", {{"service", "test"}}).value();
    }
};

TEST_F(AuditTrailTest, writes_who_did_what_from_where) {
    contracts::Caller ann = caller();
    ann.user_agent = std::string(300, 'x') + "\n";
    const UserId bob = UserId::make();

    run([&] {
        trail.note(ann, {.action = "chat.deleted", .subject = "the chat"});
        trail.note(caller(), {.action = "auth.signed_in", .actor = bob, .actor_name = "bob"});
    });

    ASSERT_EQ(records.size(), 2U);
    EXPECT_EQ(records[0].action, "chat.deleted");
    EXPECT_EQ(records[0].actor, ann.user);
    EXPECT_EQ(records[0].actor_name, "ann");
    EXPECT_EQ(records[0].subject, "the chat");
    EXPECT_EQ(records[0].outcome, "done");
    EXPECT_EQ(records[0].address, "192.0.2.1");
    EXPECT_EQ(records[0].user_agent, std::string(256, 'x'));
    EXPECT_EQ(records[0].request_id, "r");
    EXPECT_EQ(records[0].at, clock.now());
    EXPECT_EQ(records[1].actor, bob);
    EXPECT_EQ(records[1].actor_name, "bob");
}

TEST_F(AuditTrailTest, makes_what_comes_from_outside_harmless) {
    contracts::Caller stranger = caller();
    stranger.user_agent = "a\x1b[2J\xff";
    stranger.request_id = "grüße";

    run([&] { trail.note(stranger, {.action = "a.b"}); });

    EXPECT_EQ(records[0].user_agent, "a?[2J?");
    EXPECT_EQ(records[0].request_id, "grüße");
}

TEST_F(AuditTrailTest, tries_again_until_the_log_takes_it) {
    log.failures_left = 2;

    run([&] { trail.note(caller(), {.action = "a.b"}); });

    EXPECT_EQ(records.size(), 1U);
    EXPECT_EQ(lost(), 0U);
}

TEST_F(AuditTrailTest, counts_what_does_not_fit_and_what_is_left_at_the_end) {
    log.is_stuck = true;

    run(
        [&] {
            for (std::size_t i = 0; i < AuditTrail::waiting_max + 7; ++i) {
                trail.note(caller(), {.action = "a.b"});
            }
            EXPECT_EQ(lost(), 7U);
        },
        1ms);

    EXPECT_EQ(records.size(), 0U);
    EXPECT_EQ(lost(), AuditTrail::waiting_max + 7);
}

TEST_F(AuditTrailTest, writes_repeats_within_a_minute_as_one_record_with_a_count) {
    run([&] {
        for (int i = 0; i < 50; ++i) {
            trail.note_repeated(caller(), {.action = "auth.sign_in_failed", .outcome = "wrong"});
        }
        trail.note_repeated(caller("192.0.2.2"),
                            {.action = "auth.sign_in_failed", .outcome = "wrong"});
        clock.advance(61s);
        trail.note_repeated(caller(), {.action = "auth.sign_in_failed", .outcome = "wrong"});
    });

    ASSERT_EQ(records.size(), 4U);
    EXPECT_EQ(records[0].count, 1);
    EXPECT_EQ(records[1].address, "192.0.2.2");
    EXPECT_EQ(records[2].id, records[0].id);
    EXPECT_EQ(records[2].at, records[0].at);
    EXPECT_EQ(records[2].count, 50);
    EXPECT_NE(records[3].id, records[0].id);
    EXPECT_EQ(records[3].count, 1);
}

TEST_F(AuditTrailTest, puts_a_flood_from_many_addresses_into_one_record) {
    run([&] {
        for (std::size_t i = 0; i < AuditTrail::windows_max + 500; ++i) {
            trail.note_repeated(caller("2001:db8::" + std::to_string(i)), {.action = "a.b"});
        }
    });

    ASSERT_EQ(records.size(), AuditTrail::windows_max + 2);
    EXPECT_EQ(lost(), 0U);
    EXPECT_EQ(records.back().address, "");
    EXPECT_EQ(records.back().request_id, "");
    EXPECT_EQ(records.back().count, 500);
}

}  // namespace
}  // namespace loquat::runtime
