#include "services/chat/reports/usage_reports.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/time_zone.hpp"
#include "services/chat/domain/cursor.hpp"

namespace loquat::chat {
namespace {

using std::chrono::days;
using std::chrono::local_days;

constexpr int days_by_default = 30;
constexpr std::chrono::seconds currency_fresh{60};

TimeZone zone_named(const std::string& name) {
    const auto zone = TimeZone::find(name);
    if (!zone) {
        throw Failure{Kind::invalid, "usage.unknown_time_zone",
                      "This time zone is not known here. Give a name of the IANA database such as "
                      "Europe/Vienna, or "
                      "UTC. If the name is right, the server lacks the package tzdata."}
            .at("time_zone", "unknown", "is not a known time zone");
    }
    return *zone;
}

std::optional<local_days> day_in(const std::optional<std::string>& text, const char* field) {
    if (!text) {
        return std::nullopt;
    }
    const auto day = parse_day(*text);
    if (!day) {
        throw invalid_field(field, "not_a_day", "must be a day such as 2026-11-21");
    }
    return day;
}

// The days of a report and where each begins; `starts` has one more, where the last one ends.
struct Range {
    std::vector<local_days> days;
    std::vector<Time> starts;
};

Range range_of(const contracts::UsageRequest& request, Time now) {
    const TimeZone zone = zone_named(request.time_zone);
    const local_days to = day_in(request.to, "to").value_or(zone.day_of(now));
    const local_days from = day_in(request.from, "from").value_or(to - days{days_by_default - 1});
    if (from > to) {
        throw invalid_field("from", "after_to", "must not be after `to`");
    }
    if (to - from >= days{UsageReports::days_max}) {
        throw Failure{Kind::invalid, "usage.range_too_long", "A report covers 366 days at most."}
            .at("from", "too_early", "must be at most 365 days before `to`");
    }
    Range range;
    for (local_days day = from; day <= to; day += days{1}) {
        const Time start = zone.start_of(day);
        // A zone that moved over the date line left a whole day out.
        if (start != zone.start_of(day + days{1})) {
            range.days.push_back(day);
            range.starts.push_back(start);
        }
    }
    range.starts.push_back(zone.start_of(to + days{1}));
    return range;
}

void add(std::optional<std::int64_t>& total, const std::optional<std::int64_t>& cost) {
    if (cost) {
        total = total.value_or(0) + *cost;
    }
}

contracts::AuditEntry to_entry(contracts::AuditRecord record) {
    contracts::AuditEntry entry;
    entry.id = record.id.to_string();
    entry.at = record.at;
    entry.action = std::move(record.action);
    entry.actor_id = record.actor;
    if (record.actor) {
        entry.actor = std::move(record.actor_name);
    }
    entry.subject = std::move(record.subject);
    entry.outcome = std::move(record.outcome);
    entry.address = std::move(record.address);
    entry.user_agent = std::move(record.user_agent);
    entry.request_id = std::move(record.request_id);
    entry.count = record.count;
    return entry;
}

}  // namespace

Task<contracts::UsageReport> UsageReports::get_usage(contracts::Caller caller,
                                                     contracts::UsageRequest request) {
    const UserId user = caller.user_id();
    const Range range = range_of(request, parts_.clock.now());
    contracts::UsageReport report;
    if (!range.days.empty()) {
        store::UsageQuery query{user, range.starts};
        for (store::UsageSum& sum : co_await parts_.usage.sums(std::move(query))) {
            report.total.inputTokens += sum.input_tokens;
            report.total.outputTokens += sum.output_tokens;
            report.total.generations += sum.generations;
            report.total.titles += sum.titles;
            add(report.total.cost_micros, sum.cost_micros);
            report.days.push_back({.day = to_day_text(range.days[sum.day]),
                                   .model = std::move(sum.model),
                                   .inputTokens = sum.input_tokens,
                                   .outputTokens = sum.output_tokens,
                                   .generations = sum.generations,
                                   .titles = sum.titles,
                                   .cost_micros = sum.cost_micros});
        }
    }
    report.currency = co_await currency(std::move(caller));
    report.quota = co_await quota_of(user);
    co_return report;
}

// As last known when the model service does not answer.
Task<std::string> UsageReports::currency(contracts::Caller caller) {
    const Steady now = parts_.clock.steady();
    if (asked_at_ && now - *asked_at_ < currency_fresh) {
        co_return known_currency_;
    }
    asked_at_ = now;
    std::string problem;
    try {
        const auto found = co_await parts_.currency.find(std::move(caller));
        known_currency_ = found.value_or(std::string{});
    } catch (const Failure& failure) {
        problem = failure.code;
    }
    if (!problem.empty()) {
        log_warn({.service = "chat"}, "the currency of prices could not be asked for",
                 {{"error", problem}});
    }
    co_return known_currency_;
}

Task<std::optional<contracts::UsageQuota>> UsageReports::quota_of(UserId user) {
    if (tokens_per_day_max_ == 0) {
        co_return std::nullopt;
    }
    const auto today = std::chrono::floor<days>(parts_.clock.now());
    const store::UsedTokens used = co_await parts_.usage.used_of(user, today);
    co_return contracts::UsageQuota{.tokens_per_day = tokens_per_day_max_,
                                    .tokens_today = used.tokens,
                                    .resets_at = today + days{1}};
}

Task<contracts::Page<contracts::AuditEntry>> UsageReports::list_audit(
    contracts::Caller caller, contracts::AuditRequest request) {
    caller.require_admin();
    const auto limit = static_cast<std::size_t>(request.limit);
    store::AuditQuery query{.actor = request.actor_id,
                            .action = std::move(request.action).value_or(""),
                            .before = request.before,
                            .limit = limit + 1};
    if (request.cursor) {
        const AuditCursor cursor = decode_audit_cursor(*request.cursor);
        query.after = store::AuditQuery::Mark{cursor.at, cursor.id};
    }
    auto records = co_await parts_.audit.list(std::move(query));
    contracts::Page<contracts::AuditEntry> page;
    if (records.size() > limit) {
        records.resize(limit);
        page.next_cursor = encode_cursor(AuditCursor{records.back().at, records.back().id});
    }
    for (contracts::AuditRecord& record : records) {
        page.items.push_back(to_entry(std::move(record)));
    }
    co_return page;
}

}  // namespace loquat::chat
