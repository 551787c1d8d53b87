#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "store/sql/database_need.hpp"

namespace loquat::store {

enum class ColumnKind : std::uint8_t { integer, number, text, bytes };

struct Column {
    std::string name;
    ColumnKind kind = ColumnKind::integer;
};

// What a table is, whichever server keeps it.
struct TableShape {
    std::string name;
    std::vector<Column> columns;
    std::vector<std::size_t> key;         // columns of the primary key, in its order
    std::optional<std::size_t> counting;  // the column that counts by itself

    std::vector<std::string> column_names() const;
};

// The tables that the steps of `need` make, without those that are `passing`; a table comes before
// those that refer to it.  Found by applying the steps to an empty database in memory.
std::vector<TableShape> shapes_of(const DatabaseNeed& need);

// A name as both servers take it, whatever words they reserve.
std::string sql_name(std::string_view name);
// The columns, joined by ", ".
std::string column_list(const TableShape& shape);

}  // namespace loquat::store
