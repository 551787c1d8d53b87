#pragma once
#include <string>
#include <vector>

#include "aio/task.hpp"
#include "store/archive/table_shape.hpp"
#include "store/sql/database.hpp"

namespace loquat::store {

// Rows as lines of an archive, each with a line break.
struct Lines {
    std::string text;
    std::int64_t rows = 0;
};

// Reads a table in the order of its key, a page at a time, so that a table of any size takes little
// memory.  Nobody writes to the table meanwhile.  Both outlive it.
class TableReader {
  public:
    TableReader(Database& database, const TableShape& shape);

    // The next ones; without rows at the end.  Fails as the database does and as append_line.
    Task<Lines> next();

  private:
    void set_page(std::size_t bytes, std::size_t rows);

    Database& database_;
    const TableShape& shape_;
    std::string first_sql_;
    std::string next_sql_;
    std::vector<Value> after_;  // the key of the last row
    std::size_t page_rows_;
};

// What a table holds.
struct TableSum {
    std::int64_t rows = 0;
    std::string sha256;

    friend bool operator==(const TableSum&, const TableSum&) = default;
};
Task<TableSum> sum_of_table(Database& database, const TableShape& shape);

Task<bool> is_empty_table(Database& database, const TableShape& shape);

}  // namespace loquat::store
