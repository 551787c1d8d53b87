#include "store/archive/table_reader.hpp"

#include <algorithm>

#include "base/bytes.hpp"
#include "net/jose/digest.hpp"
#include "store/archive/row_text.hpp"

namespace loquat::store {
namespace {

// About so much is asked for at once.
constexpr std::size_t page_bytes = 1024 * 1024;
constexpr std::size_t page_rows_first = 64;
constexpr std::size_t page_rows_min = 4;
constexpr std::size_t page_rows_max = 4096;

std::string key_list(const TableShape& shape) {
    std::string list;
    for (const std::size_t column : shape.key) {
        list += (list.empty() ? "" : ", ") + sql_name(shape.columns[column].name);
    }
    return list;
}

std::string place_list(std::size_t count) {
    std::string list;
    for (std::size_t i = 1; i <= count; ++i) {
        list += (list.empty() ? "$" : ", $") + std::to_string(i);
    }
    return list;
}

}  // namespace

TableReader::TableReader(Database& database, const TableShape& shape)
    : database_(database), shape_(shape), page_rows_(page_rows_first) {
    const std::string select = "SELECT " + column_list(shape) + " FROM " + sql_name(shape.name);
    const std::string key = key_list(shape);
    const std::size_t keys = shape.key.size();
    first_sql_ = select + " ORDER BY " + key + " LIMIT $1";
    next_sql_ = select + " WHERE (" + key + ") > (" + place_list(keys) + ") ORDER BY " + key +
                " LIMIT $" + std::to_string(keys + 1);
}

Task<Lines> TableReader::next() {
    const bool is_first = after_.empty();
    std::vector<Value> values = after_;
    values.emplace_back(page_rows_);
    const Rows rows =
        co_await database_.query(is_first ? first_sql_ : next_sql_, std::move(values));
    Lines lines;
    for (const Row row : rows) {
        std::vector<Value> found = values_of(shape_, row);
        append_line(lines.text, shape_, found);
        ++lines.rows;
        if (lines.rows == static_cast<std::int64_t>(rows.size())) {
            after_.clear();
            for (const std::size_t column : shape_.key) {
                after_.push_back(std::move(found[column]));
            }
        }
    }
    set_page(lines.text.size(), rows.size());
    co_return lines;
}

// As many rows as the last ones say that fit.
void TableReader::set_page(std::size_t bytes, std::size_t rows) {
    if (rows > 0) {
        const std::size_t fitting = page_bytes / std::max<std::size_t>(bytes / rows, 1);
        page_rows_ = std::clamp(std::min(fitting, 2 * page_rows_), page_rows_min, page_rows_max);
    }
}

Task<TableSum> sum_of_table(Database& database, const TableShape& shape) {
    TableReader reader{database, shape};
    net::jose::Sha256 sum;
    TableSum found;
    for (;;) {
        const Lines lines = co_await reader.next();
        if (lines.rows == 0) {
            break;
        }
        sum.add(lines.text);
        found.rows += lines.rows;
    }
    found.sha256 = to_hex(sum.finish());
    co_return found;
}

Task<bool> is_empty_table(Database& database, const TableShape& shape) {
    std::string sql = "SELECT 1 FROM " + sql_name(shape.name) + " LIMIT 1";
    const Rows rows = co_await database.query(std::move(sql));
    co_return rows.empty();
}

}  // namespace loquat::store
