#include <gtest/gtest.h>

#include "services/consumer/adapters/memory/memory_audit.hpp"
#include "services/consumer/adapters/sql/ledger_database.hpp"
#include "services/consumer/adapters/sql/sql_audit.hpp"
#include "services/consumer/tests/ledger_support.hpp"
#include "store/tests/position_support.hpp"
#include "testing/await.hpp"
#include "testing/database_place.hpp"
#include "testing/failure_code.hpp"

// What every AuditStore promises, run over all of them.
namespace loquat::consumer {
namespace {

using test::await;
using test::code_of;
using test::Keeping;

using std::chrono::milliseconds;

struct AuditStoreSuite : testing::TestWithParam<Keeping> {
    test::DatabasePlace place{GetParam()};
    aio::Loop loop{"test"};
    std::unique_ptr<store::Database> database = place.open(ledger_database());
    std::unique_ptr<AuditStore> store;
    Time begin = from_unix_ms(ledger_begin_ms);
    store::Position at;

    AuditStoreSuite() {
        store = database ? make_sql_audit(*database) : make_memory_audit();
        at = store::take_up(loop, *store, std::string{contracts::records::audit.topic});
    }

    LedgerOutcome apply(std::vector<std::optional<contracts::AuditRecord>> records) {
        const store::Batch<contracts::AuditRecord> batch =
            store::next_batch(at, std::move(records));
        const LedgerOutcome outcome = await(loop, store->apply_batch(batch));
        at = store::moved(at, batch.through);
        return outcome;
    }
    std::vector<contracts::AuditRecord> list(store::AuditQuery query) {
        return await(loop, store->list(std::move(query)));
    }
    std::vector<std::string> actions(store::AuditQuery query) {
        std::vector<std::string> found;
        for (contracts::AuditRecord& record : list(std::move(query))) {
            found.push_back(std::move(record.action));
        }
        return found;
    }
};

using Actions = std::vector<std::string>;

TEST_P(AuditStoreSuite, keeps_everything_that_a_record_has) {
    const contracts::AuditRecord record{.id = Uuid::make(),
                                        .at = begin,
                                        .action = "auth.signed_in",
                                        .actor = UserId::make(),
                                        .actor_name = "ann",
                                        .subject = "subject",
                                        .outcome = "done",
                                        .address = "2001:db8::1",
                                        .user_agent = "browser",
                                        .request_id = "r",
                                        .count = 3};
    contracts::AuditRecord nobody = audit_of("auth.sign_in_failed", begin + milliseconds{1});
    nobody.outcome = "auth.invalid_credentials";

    const LedgerOutcome outcome = apply({record, std::nullopt, nobody});

    EXPECT_EQ(outcome, (LedgerOutcome{.stored = 2, .unreadable = 1}));
    EXPECT_EQ(list({}), (std::vector<contracts::AuditRecord>{nobody, record}));
}

TEST_P(AuditStoreSuite, keeps_one_record_for_an_id_and_its_highest_count) {
    contracts::AuditRecord record = audit_of("auth.sign_in_failed", begin);
    contracts::AuditRecord counted = record;
    counted.count = 40;

    apply({record});
    apply({counted, record});

    EXPECT_EQ(list({}), (std::vector<contracts::AuditRecord>{counted}));
}

TEST_P(AuditStoreSuite, pages_from_the_newest_to_the_oldest_without_a_gap) {
    std::vector<std::optional<contracts::AuditRecord>> records;
    for (int i = 0; i < 9; ++i) {
        // Three at a time.
        records.push_back(audit_of("a." + std::to_string(i), begin + milliseconds{i / 3}));
    }
    apply(std::move(records));

    Actions paged;
    std::optional<store::AuditQuery::Mark> after;
    for (int page = 0; page < 5; ++page) {
        const auto found = list({.after = after, .limit = 2});
        for (const contracts::AuditRecord& record : found) {
            paged.push_back(record.action);
            after = store::AuditQuery::Mark{record.at, record.id};
        }
    }

    EXPECT_EQ(paged.size(), 9U);
    EXPECT_EQ(paged, actions({.limit = 100}));
    EXPECT_EQ(paged.front(), "a.8");
    EXPECT_EQ(paged.back(), "a.0");
}

TEST_P(AuditStoreSuite, chooses_by_actor_action_and_time_together) {
    const UserId ann = UserId::make();
    const std::vector<std::pair<const char*, bool>> all{
        {"auth.signed_in", true},  {"auth", false},        {"authors.x", true},
        {"auth.signed_out", true}, {"chat.deleted", true}, {"auth.signed_in", false}};
    std::vector<std::optional<contracts::AuditRecord>> records;
    for (const auto& [action, is_ann] : all) {
        contracts::AuditRecord record = audit_of(action, begin + milliseconds{records.size()});
        record.actor = is_ann ? std::optional{ann} : std::nullopt;
        records.push_back(std::move(record));
    }
    apply(std::move(records));

    EXPECT_EQ(actions({.action = "auth."}),
              (Actions{"auth.signed_in", "auth.signed_out", "auth.signed_in"}));
    EXPECT_EQ(actions({.action = "auth"}), (Actions{"auth"}));
    EXPECT_EQ(actions({.action = "auth.signed_in"}), (Actions{"auth.signed_in", "auth.signed_in"}));
    EXPECT_EQ(actions({.actor = ann}),
              (Actions{"chat.deleted", "auth.signed_out", "authors.x", "auth.signed_in"}));
    EXPECT_EQ(actions({.actor = ann, .action = "auth."}),
              (Actions{"auth.signed_out", "auth.signed_in"}));
    EXPECT_EQ(actions({.actor = ann, .action = "auth.signed_in"}), (Actions{"auth.signed_in"}));
    EXPECT_EQ(actions({.before = begin + milliseconds{2}}), (Actions{"auth", "auth.signed_in"}));
    EXPECT_EQ(actions({.actor = UserId::make()}), Actions{});
    EXPECT_EQ(actions({.action = "none."}), Actions{});
}

TEST_P(AuditStoreSuite, pages_through_a_family_of_actions_in_the_order_of_time) {
    const UserId ann = UserId::make();
    std::vector<std::optional<contracts::AuditRecord>> records;
    for (int i = 0; i < 30; ++i) {
        contracts::AuditRecord record =
            audit_of("auth.a" + std::to_string(i % 4), begin + milliseconds{i / 3});
        record.actor = i % 5 != 0 ? std::optional{ann} : std::nullopt;
        records.push_back(record);
        records.push_back(audit_of("chat.a", begin + milliseconds{i}));
    }
    apply(records);

    std::vector<contracts::AuditRecord> paged;
    store::AuditQuery query{.actor = ann, .action = "auth.", .limit = 4};
    for (auto page = list(query); !page.empty(); page = list(query)) {
        paged.insert(paged.end(), page.begin(), page.end());
        query.after = store::AuditQuery::Mark{page.back().at, page.back().id};
    }

    EXPECT_EQ(paged.size(), 24U);
    EXPECT_EQ(paged, list({.actor = ann, .action = "auth.", .limit = 100}));
    EXPECT_TRUE(std::ranges::is_sorted(paged, std::ranges::greater{}, &contracts::AuditRecord::at));
    EXPECT_EQ(list({.action = "auth.", .limit = 100}).size(), 30U);
}

TEST_P(AuditStoreSuite, refuses_pages_that_are_empty_or_too_long) {
    EXPECT_EQ(code_of([&] { list({.limit = 0}); }), "request.invalid");
    EXPECT_EQ(code_of([&] { list({.limit = 202}); }), "request.invalid");
}

TEST_P(AuditStoreSuite, moves_the_position_with_the_rows_and_refuses_any_other_place) {
    apply({audit_of("a.b", begin), audit_of("a.c", begin)});

    store::Position behind = at;
    behind.applied = 0;
    const store::Batch<contracts::AuditRecord> again{behind, 1, {audit_of("a.d", begin)}};
    const std::string code = code_of([&] { await(loop, store->apply_batch(again)); });

    EXPECT_EQ(code, "store.position_moved");
    EXPECT_EQ(await(loop, store->secure("consumer", at.partition)), at);
    EXPECT_EQ(list({}).size(), 2U);
}

INSTANTIATE_TEST_SUITE_P(Adapters, AuditStoreSuite,
                         testing::Values(Keeping::memory, Keeping::sqlite, Keeping::postgres),
                         [](const auto& suite) { return test::name_of(suite.param); });

}  // namespace
}  // namespace loquat::consumer
