#include "store/sql/database.hpp"

namespace loquat::store {

std::vector<Rows> Transaction::run_query_each(std::string_view sql, std::span<const Params> sets) {
    std::vector<Rows> results;
    results.reserve(sets.size());
    for (const Params& params : sets) {
        results.push_back(run_query(sql, params));
    }
    return results;
}

std::int64_t Transaction::run_execute_each(std::string_view sql, std::span<const Params> sets) {
    std::int64_t rows = 0;
    for (const Params& params : sets) {
        rows += run_execute(sql, params);
    }
    return rows;
}

Task<Rows> Database::query(std::string sql, std::vector<Value> params) {
    auto work = [sql = std::move(sql), params = std::move(params)](Transaction& transaction) {
        const std::vector<Param> views{params.begin(), params.end()};
        return transaction.query(sql, views);
    };
    co_return co_await read(std::move(work));
}

}  // namespace loquat::store
