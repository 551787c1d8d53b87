#include <algorithm>
#include <deque>

#include "base/text.hpp"
#include "store/postgres/connection.hpp"
#include "store/postgres/failure.hpp"
#include "store/postgres/values.hpp"

// One statement for many sets of parameters.
namespace loquat::store {
namespace {

// Sent without an answer in between: what they hold waits in memory.
constexpr std::size_t exchange_max = 256;

}  // namespace

std::vector<PostgresConnection::Result> PostgresConnection::run_each(std::string_view sql,
                                                                     std::span<const Params> sets) {
    std::vector<Result> results;
    results.reserve(sets.size());
    while (!sets.empty()) {
        if (!is_open()) {
            throw postgres_unavailable("the connection was lost");
        }
        const auto now = sets.first(std::min(sets.size(), exchange_max));
        sets = sets.subspan(now.size());
        std::deque<BoundParams> bound;
        for (const Params& params : now) {
            bound.emplace_back(params);
        }
        const Steady deadline = std::chrono::steady_clock::now() + target_.answer_max;
        send_ahead();
        // A statement is prepared for the types of its parameters: another set may need another
        // one, prepared between them.
        const std::size_t before = awaited_;
        for (const BoundParams& params : bound) {
            send(sql, params);
        }
        const std::size_t sent = awaited_ - before;
        synchronize(deadline);
        receive(deadline, &results, sent);
    }
    return results;
}

std::vector<Rows> PostgresConnection::run_query_each(std::string_view sql,
                                                     std::span<const Params> sets) {
    std::vector<Rows> all;
    all.reserve(sets.size());
    for (const Result& result : run_each(sql, sets)) {
        all.push_back(rows_of(pq_, *result));
    }
    return all;
}

std::int64_t PostgresConnection::run_execute_each(std::string_view sql,
                                                  std::span<const Params> sets) {
    std::int64_t rows = 0;
    for (const Result& result : run_each(sql, sets)) {
        rows += static_cast<std::int64_t>(parse_number(pq_.cmdTuples(result.get())).value_or(0));
    }
    return rows;
}

}  // namespace loquat::store
