#include "services/consumer/adapters/sql/sql_usage.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <span>
#include <tuple>

#include "store/position/sql_positions.hpp"

namespace loquat::consumer {
namespace {

using std::chrono::days;
using std::chrono::milliseconds;

constexpr milliseconds day_length = days{1};

constexpr std::string_view insert_sql =
    "INSERT INTO usage_events (user_id, at, generation_id, purpose, chat_id, model, provider, "
    "input_tokens, "
    "output_tokens, source, state, cost_micros) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING";

// A sum without a price plus one with a price has a price.
constexpr std::string_view add_sql =
    "INSERT INTO daily_usage (user_id, day, model, input_tokens, output_tokens, generations, "
    "titles, cost_micros) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (user_id, day, model) DO UPDATE SET "
    "input_tokens = daily_usage.input_tokens + excluded.input_tokens, "
    "output_tokens = daily_usage.output_tokens + excluded.output_tokens, "
    "generations = daily_usage.generations + excluded.generations, "
    "titles = daily_usage.titles + excluded.titles, "
    "cost_micros = COALESCE(daily_usage.cost_micros + excluded.cost_micros, "
    "daily_usage.cost_micros, "
    "excluded.cost_micros)";

constexpr std::string_view add_period_sql =
    "INSERT INTO period_usage (user_id, minutes, period, model, input_tokens, output_tokens, "
    "generations, titles, cost_micros) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) "
    "ON CONFLICT (user_id, minutes, period, model) DO UPDATE SET "
    "input_tokens = period_usage.input_tokens + excluded.input_tokens, "
    "output_tokens = period_usage.output_tokens + excluded.output_tokens, "
    "generations = period_usage.generations + excluded.generations, "
    "titles = period_usage.titles + excluded.titles, "
    "cost_micros = COALESCE(period_usage.cost_micros + excluded.cost_micros, "
    "period_usage.cost_micros, excluded.cost_micros)";

constexpr std::string_view utc_days_sql =
    "SELECT day - $2, model, input_tokens, output_tokens, generations, titles, cost_micros FROM "
    "daily_usage "
    "WHERE user_id = $1 AND day >= $2 AND day < $3 ORDER BY day, model";

// $3 and $4 are periods, $5 is how many of them make a day.
constexpr std::string_view periods_sql =
    "SELECT (period - $3) / $5 AS first, model, SUM(input_tokens), SUM(output_tokens), "
    "SUM(generations), SUM(titles), SUM(cost_micros) FROM period_usage "
    "WHERE user_id = $1 AND minutes = $2 AND period >= $3 AND period < $4 "
    "GROUP BY first, model ORDER BY first, model";

constexpr std::string_view events_sql =
    "SELECT (at - $2) / $4 AS day, model, SUM(input_tokens), SUM(output_tokens), "
    "SUM(purpose = 0), SUM(purpose = 1), SUM(cost_micros) FROM usage_events "
    "WHERE user_id = $1 AND at >= $2 AND at < $3 GROUP BY day, model ORDER BY day, model";

std::int64_t day_number(Time at) { return std::chrono::floor<days>(at).time_since_epoch().count(); }

// The lengths in period_usage, the longest that fits first.
constexpr std::array period_lengths{std::chrono::minutes{60}, std::chrono::minutes{15}};

std::int64_t period_number(Time at, std::chrono::minutes length) {
    const std::int64_t day = day_number(at);
    const milliseconds rest = at - Time{days{day}};
    return day * (days{1} / length) + rest / length;
}

bool is_period_start(Time at, std::chrono::minutes length) {
    return at.time_since_epoch() % length == milliseconds{0};
}

// What a batch adds to daily_usage and period_usage.
class PeriodSums {
  public:
    void add(const contracts::UsageRecord& record) {
        add_to(daily_[{record.user, day_number(record.at), record.model}], record);
        for (const std::chrono::minutes length : period_lengths) {
            const std::int64_t period = period_number(record.at, length);
            add_to(periods_[{record.user, length.count(), period, record.model}], record);
        }
    }

    void save(store::Transaction& transaction) const {
        for (const auto& [key, sum] : daily_) {
            const auto& [user, day, model] = key;
            transaction.execute(add_sql, {user, day, model, sum.input_tokens, sum.output_tokens,
                                          sum.generations, sum.titles, sum.cost_micros});
        }
        for (const auto& [key, sum] : periods_) {
            const auto& [user, minutes, period, model] = key;
            transaction.execute(add_period_sql,
                                {user, minutes, period, model, sum.input_tokens, sum.output_tokens,
                                 sum.generations, sum.titles, sum.cost_micros});
        }
    }

  private:
    static void add_to(store::UsageSum& sum, const contracts::UsageRecord& record) {
        sum.input_tokens += record.input_tokens;
        sum.output_tokens += record.output_tokens;
        ++(record.purpose == contracts::UsagePurpose::answer ? sum.generations : sum.titles);
        if (record.cost_micros) {
            sum.cost_micros = sum.cost_micros.value_or(0) + *record.cost_micros;
        }
    }

    std::map<std::tuple<UserId, std::int64_t, std::string>, store::UsageSum> daily_;
    std::map<std::tuple<UserId, std::int64_t, std::int64_t, std::string>, store::UsageSum> periods_;
};

bool insert(store::Transaction& transaction, const contracts::UsageRecord& record) {
    const std::int64_t added = transaction.execute(
        insert_sql,
        {record.user, record.at, record.generation_id, static_cast<int>(record.purpose),
         record.chat, record.model, record.provider, record.input_tokens, record.output_tokens,
         static_cast<int>(record.source), static_cast<int>(record.state), record.cost_micros});
    return added == 1;
}

LedgerOutcome apply(store::Transaction& transaction,
                    const store::Batch<contracts::UsageRecord>& batch) {
    store::move_position(transaction, batch.from, batch.through, batch.records.size());
    LedgerOutcome outcome;
    PeriodSums sums;
    for (const auto& record : batch.records) {
        if (!record) {
            ++outcome.unreadable;
        } else if (insert(transaction, *record)) {
            sums.add(*record);
            ++outcome.stored;
        } else {
            ++outcome.repeated;
        }
    }
    sums.save(transaction);
    return outcome;
}

void read_sums(const store::Rows& rows, std::size_t first_day, std::vector<store::UsageSum>& out) {
    for (const store::Row row : rows) {
        out.push_back({.day = first_day + static_cast<std::size_t>(row.integer(0)),
                       .model = row.text(1),
                       .input_tokens = row.integer(2),
                       .output_tokens = row.integer(3),
                       .generations = row.integer(4),
                       .titles = row.integer(5),
                       .cost_micros = row.maybe_integer(6)});
    }
}

// From `first` on, the place of the last instant up to which all days are 24 hours long; at least
// the next one.
std::size_t end_of_run(std::span<const Time> starts, std::size_t first) {
    std::size_t last = first + 1;
    if (starts[last] - starts[first] != day_length) {
        return last;
    }
    while (last + 1 < starts.size() && starts[last + 1] - starts[last] == day_length) {
        ++last;
    }
    return last;
}

// Days of the same length, one after the other.
struct Run {
    Time from;
    Time to;
    milliseconds length;
};

store::Rows read_run(store::Transaction& transaction, const UserId& user, const Run& run) {
    const bool is_utc = is_period_start(run.from, days{1}) && run.length == day_length;
    if (is_utc) {
        return transaction.query(utc_days_sql, {user, day_number(run.from), day_number(run.to)});
    }
    for (const std::chrono::minutes length : period_lengths) {
        if (is_period_start(run.from, length) && run.length % length == milliseconds{0}) {
            return transaction.query(periods_sql,
                                     {user, length.count(), period_number(run.from, length),
                                      period_number(run.to, length), run.length / length});
        }
    }
    // Some zones were minutes and seconds off, long ago.
    return transaction.query(events_sql, {user, run.from, run.to, run.length.count()});
}

// One statement for each run of days of the same length: a zone changes its clock a few times a
// year.
std::vector<store::UsageSum> read_sums(store::Transaction& transaction,
                                       const store::UsageQuery& query) {
    std::vector<store::UsageSum> sums;
    for (std::size_t first = 0; first + 1 < query.days.size();) {
        const std::size_t last = end_of_run(query.days, first);
        const Time from = query.days[first];
        const Time to = query.days[last];
        const std::int64_t length = last == first + 1 ? (to - from).count() : day_length.count();
        read_sums(read_run(transaction, query.user, {from, to, milliseconds{length}}), first, sums);
        first = last;
    }
    return sums;
}

class SqlUsage final : public store::WithSqlPositions<UsageStore> {
  public:
    explicit SqlUsage(store::Database& database) : WithSqlPositions(database) {}

    Task<store::Progress> stored() override {
        return store::load_progress(database_, std::string{store::log_reader},
                                    std::string{contracts::records::usage.topic});
    }

    Task<LedgerOutcome> apply_batch(store::Batch<contracts::UsageRecord> batch) override {
        auto work = [batch = std::move(batch)](store::Transaction& transaction) {
            return apply(transaction, batch);
        };
        co_return co_await database_.transact(std::move(work));
    }

    Task<store::UsedTokens> used_of(UserId user, std::chrono::sys_days day) override {
        auto work = [user, day](store::Transaction& transaction) {
            const store::Rows rows = transaction.query(
                "SELECT COALESCE(SUM(input_tokens + output_tokens), 0) FROM daily_usage WHERE "
                "user_id = $1 AND day = $2",
                {user, day.time_since_epoch().count()});
            return store::UsedTokens{rows.front().integer(0),
                                     store::read_progress(transaction, store::log_reader,
                                                          contracts::records::usage.topic)};
        };
        co_return co_await database_.read(work);
    }

    Task<std::vector<store::UsageSum>> sums(store::UsageQuery query) override {
        store::check_days(query);
        auto work = [query = std::move(query)](store::Transaction& transaction) {
            return read_sums(transaction, query);
        };
        co_return co_await database_.read(std::move(work));
    }
};

}  // namespace

std::unique_ptr<UsageStore> make_sql_usage(store::Database& database) {
    return std::make_unique<SqlUsage>(database);
}

}  // namespace loquat::consumer
