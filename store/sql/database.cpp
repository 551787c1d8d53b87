#include "store/sql/database.hpp"

namespace loquat::store {

Task<Rows> Database::query(std::string sql, std::vector<Value> params) {
    auto work = [sql = std::move(sql), params = std::move(params)](Transaction& transaction) {
        const std::vector<Param> views{params.begin(), params.end()};
        return transaction.query(sql, views);
    };
    co_return co_await read(std::move(work));
}

}  // namespace loquat::store
