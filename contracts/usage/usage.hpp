#pragma once
#include "contracts/model/model.hpp"

// What was used, and who did what.  Served by the chat service from what the consumer wrote.
// Failures: usage.unknown_time_zone, usage.range_too_long, request.invalid.
namespace loquat::contracts {

struct UsageRequest {
    std::optional<std::string> from;  // a day, 2026-11-01; absent: thirty days, `to` included
    std::optional<std::string> to;    // the last day; today
    std::string time_zone = "UTC";    // a name of the IANA database: Europe/Vienna

    static constexpr std::array<std::string_view, 1> defaulted{"time_zone"};
    static constexpr std::array fields{
        wire::Field{"from", 10, 10, "The first day, such as 2026-11-01."},
        wire::Field{"to", 10, 10, "The last day, included."},
        wire::Field{"time_zone", 1, 64, "Where days begin: Europe/Vienna."}};
};
BOOST_DESCRIBE_STRUCT(UsageRequest, (), (from, to, time_zone))

struct DayUsage {
    std::string day;  // 2026-11-21, in the zone asked for
    std::string model;
    std::int64_t inputTokens = 0;
    std::int64_t outputTokens = 0;
    std::int64_t generations = 0;
    std::int64_t titles = 0;
    std::optional<std::int64_t> cost_micros;  // millionths of `currency`; null without a price

    static constexpr std::array<std::string_view, 1> nulls{"cost_micros"};
    static constexpr std::array fields{
        wire::Field{.name = "inputTokens", .doc = "Of answers and titles together."},
        wire::Field{.name = "outputTokens", .doc = "Of answers and titles, thoughts included."},
        wire::Field{.name = "generations", .doc = "Answers that a model has begun."},
        wire::Field{.name = "titles", .doc = "Titles that were made; nobody asks for them."},
        wire::Field{.name = "cost_micros",
                    .doc = "Of answers and titles, in millionths of the currency; each call is "
                           "rounded to the nearest one."}};
};
BOOST_DESCRIBE_STRUCT(DayUsage, (),
                      (day, model, inputTokens, outputTokens, generations, titles, cost_micros))

struct UsageTotal {
    std::int64_t inputTokens = 0;
    std::int64_t outputTokens = 0;
    std::int64_t generations = 0;
    std::int64_t titles = 0;
    std::optional<std::int64_t> cost_micros;

    static constexpr std::array<std::string_view, 1> nulls{"cost_micros"};
};
BOOST_DESCRIBE_STRUCT(UsageTotal, (), (inputTokens, outputTokens, generations, titles, cost_micros))

struct UsageQuota {
    std::int64_t tokens_per_day = 0;
    std::int64_t tokens_today = 0;  // since midnight UTC
    Time resets_at;
};
BOOST_DESCRIBE_STRUCT(UsageQuota, (), (tokens_per_day, tokens_today, resets_at))

struct UsageReport {
    std::vector<DayUsage> days;  // ascending by day, then by model; days without use are left out
    UsageTotal total;
    std::string currency;             // ISO 4217; empty while no model has a price
    std::optional<UsageQuota> quota;  // null when there is none

    static constexpr std::array<std::string_view, 1> nulls{"quota"};
};
BOOST_DESCRIBE_STRUCT(UsageReport, (), (days, total, currency, quota))

struct AuditEntry {
    std::string id;
    Time at;
    std::string action;                // auth.signed_in, chat.deleted, generation.canceled ...
    std::optional<UserId> actor_id;    // null when nobody was signed in
    std::optional<std::string> actor;  // user name at that time
    std::string
        subject;  // whom or what it concerns: an id, or CHAT/ID of what is in a conversation
    std::string outcome;  // done, or the code of the failure
    std::string address;
    std::string user_agent;
    std::string request_id;
    std::int64_t count = 1;  // how often within a minute of `at`: failed sign-ins come in floods

    static constexpr std::array<std::string_view, 2> nulls{"actor_id", "actor"};
};
BOOST_DESCRIBE_STRUCT(AuditEntry, (),
                      (id, at, action, actor_id, actor, subject, outcome, address, user_agent,
                       request_id, count))

struct AuditRequest {
    std::optional<UserId> actor_id;
    std::optional<std::string>
        action;  // the action itself, or a beginning that ends with a dot: "auth."
    std::optional<Time> before;
    std::int32_t limit = 50;
    std::optional<std::string> cursor;

    static constexpr std::array<std::string_view, 1> defaulted{"limit"};
    static constexpr std::array fields{wire::Field{"action", 1, 64, ""},
                                       wire::Field{"limit", 1, 200, ""}, cursor_field};
};
BOOST_DESCRIBE_STRUCT(AuditRequest, (), (actor_id, action, before, limit, cursor))

class UsageApi {
  public:
    virtual ~UsageApi() = default;
    // The caller's own.
    virtual Task<UsageReport> get_usage(Caller caller, UsageRequest request) = 0;
    // Newest first.
    virtual Task<Page<AuditEntry>> list_audit(Caller caller, AuditRequest request) = 0;
};

template <>
struct Table<UsageApi> {
    static constexpr std::string_view service = "chat";
    static constexpr std::tuple routes{
        Route<&UsageApi::get_usage>{
            {.method = "GET", .path = "/api/usage", .summary = "My use of models, by day"}},
        Route<&UsageApi::list_audit>{{.method = "GET",
                                      .path = "/api/audit",
                                      .summary = "Who did what",
                                      .access = Access::admin}},
    };
};

std::vector<Operation> usage_operations();

}  // namespace loquat::contracts
