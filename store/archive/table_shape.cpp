#include "store/archive/table_shape.hpp"

#include <algorithm>
#include <map>

#include "base/check.hpp"
#include "store/sqlite/connection.hpp"

namespace loquat::store {
namespace {

constexpr std::size_t statements_max = 64;

ColumnKind kind_of(const std::string& declared) {
    static const std::map<std::string, ColumnKind> kinds{{"BIGINT", ColumnKind::integer},
                                                         {"INTEGER", ColumnKind::integer},
                                                         {"TEXT", ColumnKind::text},
                                                         {"BLOB", ColumnKind::bytes},
                                                         {"DOUBLE PRECISION", ColumnKind::number}};
    const auto found = kinds.find(declared);
    LOQUAT_CHECK(found != kinds.end(), "schemas have columns of known types only");
    return found->second;
}

TableShape shape_of(Transaction& scratch, const std::string& table) {
    TableShape shape{.name = table, .columns = {}, .key = {}, .counting = {}};
    std::map<std::int64_t, std::size_t> key;
    bool is_counting = false;
    for (const Row row :
         scratch.query("SELECT name, type, pk FROM pragma_table_info($1) ORDER BY cid", {table})) {
        if (row.integer(2) > 0) {
            key[row.integer(2)] = shape.columns.size();
            is_counting = row.text(1) == "INTEGER";
        }
        shape.columns.push_back({row.text(0), kind_of(row.text(1))});
    }
    LOQUAT_CHECK(!key.empty(), "every table has a primary key");
    for (const auto& [place, column] : key) {
        shape.key.push_back(column);
    }
    if (is_counting && shape.key.size() == 1) {
        shape.counting = shape.key.front();
    }
    return shape;
}

}  // namespace

std::vector<std::string> TableShape::column_names() const {
    std::vector<std::string> names;
    for (const Column& column : columns) {
        names.push_back(column.name);
    }
    return names;
}

std::vector<TableShape> shapes_of(const DatabaseNeed& need) {
    Connection scratch{{}, Access::write, statements_max};
    scratch.begin();
    apply_migrations(scratch, need.schema, need.name);
    std::vector<TableShape> shapes;
    for (const Row row : scratch.query("SELECT name FROM sqlite_master WHERE type = 'table' AND "
                                       "name <> 'schema_steps' ORDER BY rowid")) {
        if (std::ranges::find(need.passing, row.text(0)) == need.passing.end()) {
            shapes.push_back(shape_of(scratch, row.text(0)));
        }
    }
    scratch.rollback();
    return shapes;
}

std::string sql_name(std::string_view name) { return "\"" + std::string{name} + "\""; }

std::string column_list(const TableShape& shape) {
    std::string list;
    for (const Column& column : shape.columns) {
        list += (list.empty() ? "" : ", ") + sql_name(column.name);
    }
    return list;
}

}  // namespace loquat::store
