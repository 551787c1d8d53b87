#include <gtest/gtest.h>

#include "services/consumer/adapters/memory/memory_usage.hpp"
#include "services/consumer/adapters/sql/ledger_database.hpp"
#include "services/consumer/adapters/sql/sql_usage.hpp"
#include "services/consumer/tests/ledger_support.hpp"
#include "store/tests/position_support.hpp"
#include "testing/await.hpp"
#include "testing/database_place.hpp"
#include "testing/failure_code.hpp"

// What every UsageStore promises, run over all of them.
namespace loquat::consumer {
namespace {

using test::await;
using test::code_of;
using test::Keeping;

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;

struct UsageStoreSuite : testing::TestWithParam<Keeping> {
    test::DatabasePlace place{GetParam()};
    aio::Loop loop{"test"};
    std::unique_ptr<store::Database> database = place.open(ledger_database());
    std::unique_ptr<UsageStore> store;
    UserId ann = UserId::make();
    Time begin = from_unix_ms(ledger_begin_ms);
    store::Position at;

    UsageStoreSuite() {
        store = database ? make_sql_usage(*database) : make_memory_usage();
        at = store::take_up(loop, *store, std::string{contracts::records::usage.topic});
    }

    LedgerOutcome apply(std::vector<std::optional<contracts::UsageRecord>> records) {
        const store::Batch<contracts::UsageRecord> batch =
            store::next_batch(at, std::move(records));
        const LedgerOutcome outcome = await(loop, store->apply_batch(batch));
        at = store::moved(at, batch.through);
        return outcome;
    }
    std::int64_t tokens_on(Time when) {
        return tokens_of(loop, *store, ann, std::chrono::floor<days>(when));
    }
    std::vector<store::UsageSum> sums(std::vector<Time> starts) {
        return await(loop, store->sums({ann, std::move(starts)}));
    }
};

TEST_P(UsageStoreSuite, sums_the_calls_of_a_person_by_day_and_model) {
    contracts::UsageRecord large = usage_of(ann, begin + hours{23}, 100, 50);
    large.model = "large";

    apply({usage_of(ann, begin, 1, 2), usage_of(ann, begin + days{1} - milliseconds{1}, 3, 4),
           large, usage_of(ann, begin + days{1}, 5, 6), usage_of(UserId::make(), begin, 7, 8)});

    const std::vector<store::UsageSum> expected{
        {0, "large", 100, 50, 1, {}}, {0, "small", 4, 6, 2, {}}, {1, "small", 5, 6, 1, {}}};
    EXPECT_EQ(sums({begin, begin + days{1}, begin + days{2}}), expected);
    EXPECT_EQ(tokens_on(begin), 160);
    EXPECT_EQ(tokens_on(begin + days{1}), 11);
    EXPECT_EQ(tokens_on(begin + days{2}), 0);
}

TEST_P(UsageStoreSuite, counts_a_generation_once_however_often_it_comes) {
    const contracts::UsageRecord record = usage_of(ann, begin);
    contracts::UsageRecord other = record;
    other.at += days{1};
    other.input_tokens = 1'000;

    const LedgerOutcome first = apply({record, record});
    const LedgerOutcome again = apply({other, std::nullopt});

    EXPECT_EQ(first, (LedgerOutcome{.stored = 1, .repeated = 1}));
    EXPECT_EQ(again, (LedgerOutcome{.repeated = 1, .unreadable = 1}));
    EXPECT_EQ(tokens_on(begin), 15);
    EXPECT_EQ(tokens_on(begin + days{1}), 0);
}

TEST_P(UsageStoreSuite, counts_a_title_beside_its_answer_and_its_tokens_with_them) {
    const contracts::UsageRecord answer = usage_of(ann, begin);
    contracts::UsageRecord title = answer;
    title.purpose = contracts::UsagePurpose::title;

    apply({answer, title});

    EXPECT_EQ(sums({begin, begin + days{1}}),
              (std::vector<store::UsageSum>{{0, "small", 20, 10, 1, 1, {}}}));
}

TEST_P(UsageStoreSuite, has_a_cost_as_soon_as_one_call_has_a_price) {
    contracts::UsageRecord priced = usage_of(ann, begin);
    priced.cost_micros = 7;
    contracts::UsageRecord free = usage_of(ann, begin);
    free.cost_micros = 0;

    apply({usage_of(ann, begin)});
    const auto without = sums({begin, begin + days{1}});
    apply({priced, free});
    apply({usage_of(ann, begin), priced});
    const auto with = sums({begin, begin + days{1}});
    const auto by_hour = sums({begin, begin + hours{1}});

    EXPECT_EQ(without[0].cost_micros, std::nullopt);
    EXPECT_EQ(with[0].cost_micros, 7);
    EXPECT_EQ(by_hour[0].cost_micros, 7);
}

TEST_P(UsageStoreSuite, sums_days_of_any_length_and_beginning) {
    const Time vienna = begin - hours{1};
    const std::vector<Time> starts{vienna, vienna + hours{24}, vienna + hours{47},
                                   vienna + hours{72}, vienna + hours{96}};
    apply({usage_of(ann, vienna - milliseconds{1}), usage_of(ann, vienna), usage_of(ann, begin),
           usage_of(ann, starts[2] - milliseconds{1}, 1, 0), usage_of(ann, starts[2], 2, 0),
           usage_of(ann, starts[4] - milliseconds{1}, 3, 0), usage_of(ann, starts[4])});

    const std::vector<store::UsageSum> expected{{0, "small", 20, 10, 2, {}},
                                                {1, "small", 1, 0, 1, {}},
                                                {2, "small", 2, 0, 1, {}},
                                                {3, "small", 3, 0, 1, {}}};
    EXPECT_EQ(sums(starts), expected);
}

TEST_P(UsageStoreSuite, refuses_days_that_are_none_or_do_not_ascend) {
    EXPECT_EQ(code_of([&] { sums({begin}); }), "request.invalid");
    EXPECT_EQ(code_of([&] { sums({begin, begin}); }), "request.invalid");
    EXPECT_EQ(code_of([&] { sums(std::vector<Time>(402, begin)); }), "request.invalid");
}

TEST_P(UsageStoreSuite, moves_the_position_with_the_rows_and_refuses_any_other_place) {
    apply({usage_of(ann, begin), usage_of(ann, begin)});

    store::Position behind = at;
    behind.applied = 0;
    const store::Batch<contracts::UsageRecord> again{behind, 1, {usage_of(ann, begin)}};
    const std::string code = code_of([&] { await(loop, store->apply_batch(again)); });
    const auto secured = await(loop, store->secure("consumer", at.partition));

    EXPECT_EQ(code, "store.position_moved");
    EXPECT_EQ(secured, at);
    EXPECT_EQ(secured->applied, 2U);
    EXPECT_EQ(await(loop, store->used_of(ann, std::chrono::floor<days>(begin))).through,
              await(loop, store->stored()));
    EXPECT_EQ(tokens_on(begin), 30);
}

INSTANTIATE_TEST_SUITE_P(Adapters, UsageStoreSuite,
                         testing::Values(Keeping::memory, Keeping::sqlite, Keeping::postgres),
                         [](const auto& suite) { return test::name_of(suite.param); });

}  // namespace
}  // namespace loquat::consumer
