#include "services/chat/reports/usage_reports.hpp"

#include <gtest/gtest.h>

#include "services/consumer/adapters/memory/memory_audit.hpp"
#include "services/consumer/adapters/memory/memory_usage.hpp"
#include "services/consumer/tests/ledger_support.hpp"
#include "store/tests/position_support.hpp"
#include "testing/await.hpp"
#include "testing/failure_code.hpp"
#include "testing/world.hpp"

namespace loquat::chat {
namespace {

using namespace std::chrono_literals;
using contracts::UsageReport;
using test::await;

class FakeCurrency final : public Currency {
  public:
    Task<std::optional<std::string>> find(contracts::Caller) override {
        ++calls;
        if (is_down) {
            throw Failure{Kind::unavailable, "upstream.unavailable", "down"};
        }
        co_return currency;
    }

    std::optional<std::string> currency = "EUR";
    bool is_down = false;
    int calls = 0;
};

struct UsageReportsTest : testing::Test {
    aio::Loop loop{"test"};
    FakeClock clock;
    std::unique_ptr<consumer::UsageStore> usage = consumer::make_memory_usage();
    std::unique_ptr<consumer::AuditStore> audit = consumer::make_memory_audit();
    FakeCurrency currency;
    UsageReports reports{{*usage, *audit, currency, clock}, 0};
    UserId ann = UserId::make();

    static Time at(const char* text) { return parse_rfc3339(text).value(); }
    static contracts::Caller as(UserId user, contracts::Role role = contracts::Role::user) {
        return test::caller_as(user, role);
    }
    void used(std::vector<std::optional<contracts::UsageRecord>> records) {
        const store::Position from = store::take_up(loop, *usage, "usage.events");
        await(loop, usage->apply_batch(store::next_batch(from, std::move(records))));
    }
    void happened(std::vector<std::optional<contracts::AuditRecord>> records) {
        const store::Position from = store::take_up(loop, *audit, "audit.events");
        await(loop, audit->apply_batch(store::next_batch(from, std::move(records))));
    }
    UsageReport get(contracts::UsageRequest request) {
        return await(loop, reports.get_usage(as(ann), std::move(request)));
    }
    std::string refusal(contracts::UsageRequest request) {
        return test::code_of([&] { get(std::move(request)); });
    }
    contracts::Page<contracts::AuditEntry> list(contracts::AuditRequest request) {
        return await(loop, reports.list_audit(as(ann, contracts::Role::admin), std::move(request)));
    }
};

TEST_F(UsageReportsTest, sums_days_in_the_zone_that_was_asked_for) {
    used({consumer::usage_of(ann, at("2026-01-01T22:59:59.999Z"), 1, 2),
          consumer::usage_of(ann, at("2026-01-01T23:00:00Z"), 3, 4),
          consumer::usage_of(ann, at("2026-01-02T23:00:00Z"), 100, 100)});

    const UsageReport vienna =
        get({.from = "2026-01-01", .to = "2026-01-02", .time_zone = "Europe/Vienna"});
    const UsageReport utc = get({.from = "2026-01-01", .to = "2026-01-01"});

    ASSERT_EQ(vienna.days.size(), 2U);
    EXPECT_EQ(vienna.days[0].day, "2026-01-01");
    EXPECT_EQ(vienna.days[0].inputTokens, 1);
    EXPECT_EQ(vienna.days[1].day, "2026-01-02");
    EXPECT_EQ(vienna.days[1].outputTokens, 4);
    EXPECT_EQ(vienna.total.inputTokens, 4);
    EXPECT_EQ(vienna.total.outputTokens, 6);
    EXPECT_EQ(vienna.total.generations, 2);
    ASSERT_EQ(utc.days.size(), 1U);
    EXPECT_EQ(utc.days[0].inputTokens, 4);
}

TEST_F(UsageReportsTest, follows_the_clock_change_of_a_zone) {
    used({consumer::usage_of(ann, at("2026-03-28T23:00:00Z"), 1, 0),
          consumer::usage_of(ann, at("2026-03-29T21:59:59Z"), 2, 0),
          consumer::usage_of(ann, at("2026-03-29T22:00:00Z"), 4, 0)});

    const UsageReport report =
        get({.from = "2026-03-01", .to = "2026-04-30", .time_zone = "Europe/Vienna"});

    ASSERT_EQ(report.days.size(), 2U);
    EXPECT_EQ(report.days[0].day, "2026-03-29");
    EXPECT_EQ(report.days[0].inputTokens, 3);
    EXPECT_EQ(report.days[1].day, "2026-03-30");
    EXPECT_EQ(report.days[1].inputTokens, 4);
}

TEST_F(UsageReportsTest, ends_with_its_last_day_when_the_clock_changes_on_it) {
    used({consumer::usage_of(ann, at("2026-03-29T21:59:59Z"), 1, 0),
          consumer::usage_of(ann, at("2026-03-29T22:00:00Z"), 2, 0),
          consumer::usage_of(ann, at("2026-10-25T22:59:59Z"), 4, 0),
          consumer::usage_of(ann, at("2026-10-25T23:00:00Z"), 8, 0)});

    const UsageReport short_day =
        get({.from = "2026-03-28", .to = "2026-03-29", .time_zone = "Europe/Vienna"});
    const UsageReport long_day =
        get({.from = "2026-10-25", .to = "2026-10-25", .time_zone = "Europe/Vienna"});

    EXPECT_EQ(short_day.total.inputTokens, 1);
    EXPECT_EQ(long_day.total.inputTokens, 4);
}

TEST_F(UsageReportsTest, passes_over_a_day_that_a_zone_left_out) {
    used({consumer::usage_of(ann, at("2011-12-30T09:00:00Z")),
          consumer::usage_of(ann, at("2011-12-30T11:00:00Z"))});

    const UsageReport report =
        get({.from = "2011-12-29", .to = "2011-12-31", .time_zone = "Pacific/Apia"});
    const UsageReport nothing =
        get({.from = "2011-12-30", .to = "2011-12-30", .time_zone = "Pacific/Apia"});

    ASSERT_EQ(report.days.size(), 2U);
    EXPECT_EQ(report.days[0].day, "2011-12-29");
    EXPECT_EQ(report.days[1].day, "2011-12-31");
    EXPECT_EQ(nothing.days.size(), 0U);
}

TEST_F(UsageReportsTest, covers_the_last_thirty_days_unless_told_otherwise) {
    const Time now = clock.now();
    used({consumer::usage_of(ann, now), consumer::usage_of(ann, now - 29 * 24h),
          consumer::usage_of(ann, now - 29 * 24h - 1ms)});

    const UsageReport report = get({});

    ASSERT_EQ(report.days.size(), 2U);
    EXPECT_EQ(report.days[0].day, "2025-12-03");
    EXPECT_EQ(report.days[1].day, "2026-01-01");
}

TEST_F(UsageReportsTest, shows_nobody_what_others_used) {
    used({consumer::usage_of(UserId::make(), clock.now())});
    contracts::Caller nobody;

    EXPECT_EQ(get({}).days.size(), 0U);
    EXPECT_EQ(get({}).total.inputTokens, 0);
    EXPECT_EQ(test::code_of([&] { await(loop, reports.get_usage(nobody, {})); }), "auth.required");
}

TEST_F(UsageReportsTest, refuses_days_ranges_and_zones_that_cannot_be) {
    EXPECT_EQ(refusal({.time_zone = "Europe/Nowhere"}), "usage.unknown_time_zone");
    EXPECT_EQ(refusal({.time_zone = "../../etc/passwd"}), "usage.unknown_time_zone");
    EXPECT_EQ(refusal({.from = "2026-02-30"}), "request.invalid");
    EXPECT_EQ(refusal({.to = "21.11.2026"}), "request.invalid");
    EXPECT_EQ(refusal({.from = "2026-01-02", .to = "2026-01-01"}), "request.invalid");
    EXPECT_EQ(refusal({.from = "2025-01-01", .to = "2026-01-02"}), "usage.range_too_long");
    EXPECT_EQ(refusal({.from = "0000-01-01", .to = "9999-12-31"}), "usage.range_too_long");
    EXPECT_EQ(refusal({.from = "2025-01-01", .to = "2026-01-01"}), "");
    EXPECT_EQ(refusal({.from = "0000-01-01", .to = "0000-01-01"}), "");
    EXPECT_EQ(refusal({.from = "9999-12-31", .to = "9999-12-31", .time_zone = "America/New_York"}),
              "");
}

TEST_F(UsageReportsTest, adds_up_the_cost_of_calls_that_have_a_price) {
    contracts::UsageRecord priced = consumer::usage_of(ann, clock.now());
    priced.cost_micros = 40;
    contracts::UsageRecord large = priced;
    large.generation_id += "-2";
    large.model = "large";
    used({consumer::usage_of(ann, clock.now()), priced, large});

    const UsageReport report = get({});

    EXPECT_EQ(report.days[0].model, "large");
    EXPECT_EQ(report.days[1].cost_micros, 40);
    EXPECT_EQ(report.total.cost_micros, 80);
    EXPECT_EQ(report.currency, "EUR");
}

TEST_F(UsageReportsTest, keeps_the_currency_that_it_knows_when_nobody_answers) {
    const UsageReport first = get({});
    get({});
    EXPECT_EQ(currency.calls, 1);
    clock.advance(2min);
    currency.is_down = true;

    const UsageReport second = get({});

    EXPECT_EQ(currency.calls, 2);
    EXPECT_EQ(first.currency, "EUR");
    EXPECT_EQ(second.currency, "EUR");
    EXPECT_EQ(second.total.cost_micros, std::nullopt);
}

TEST_F(UsageReportsTest, tells_how_much_of_a_quota_is_used_today) {
    UsageReports limited{{*usage, *audit, currency, clock}, 1'000};
    used({consumer::usage_of(ann, clock.now(), 10, 5),
          consumer::usage_of(ann, clock.now() - 1ms, 100, 100)});
    clock.advance(5h);

    const UsageReport report =
        await(loop, limited.get_usage(as(ann), {.from = "2025-01-01", .to = "2025-01-01"}));

    ASSERT_TRUE(report.quota);
    EXPECT_EQ(report.quota->tokens_per_day, 1'000);
    EXPECT_EQ(report.quota->tokens_today, 15);
    EXPECT_EQ(to_rfc3339(report.quota->resets_at), "2026-01-02T00:00:00.000Z");
    EXPECT_FALSE(get({}).quota);
}

TEST_F(UsageReportsTest, shows_the_audit_trail_to_administrators_alone) {
    happened({consumer::audit_of("a.b", clock.now())});
    contracts::Caller nobody;

    EXPECT_EQ(test::code_of([&] { await(loop, reports.list_audit(as(ann), {})); }),
              "auth.admin_only");
    EXPECT_NE(test::code_of([&] { await(loop, reports.list_audit(nobody, {})); }), "");
    EXPECT_EQ(list({}).items.size(), 1U);
}

TEST_F(UsageReportsTest, pages_through_the_audit_trail_with_what_it_chose) {
    std::vector<std::optional<contracts::AuditRecord>> records;
    for (int i = 0; i < 10; ++i) {
        contracts::AuditRecord record =
            consumer::audit_of(i % 2 == 0 ? "auth.signed_in" : "chat.deleted", clock.now());
        record.actor = ann;
        record.actor_name = "ann";
        records.push_back(std::move(record));
    }
    happened(std::move(records));

    std::vector<std::string> ids;
    std::optional<std::string> cursor;
    for (int page = 0; page < 3; ++page) {
        const auto found = list({.actor_id = ann, .action = "auth.", .limit = 2, .cursor = cursor});
        for (const contracts::AuditEntry& entry : found.items) {
            EXPECT_EQ(entry.action, "auth.signed_in");
            EXPECT_EQ(entry.actor, "ann");
            ids.push_back(entry.id);
        }
        cursor = found.next_cursor;
    }

    EXPECT_EQ(ids.size(), 5U);
    EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), 5U);
    EXPECT_FALSE(cursor);
    EXPECT_EQ(test::code_of([&] { list({.cursor = "nonsense"}); }), "request.invalid");
}

}  // namespace
}  // namespace loquat::chat
