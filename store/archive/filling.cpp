#include "store/archive/filling.hpp"

#include "base/failure.hpp"
#include "store/archive/row_text.hpp"

namespace loquat::store {
namespace {

constexpr std::string_view progress_table = R"sql(
CREATE TABLE import_progress (
    table_name TEXT NOT NULL PRIMARY KEY,
    archive TEXT NOT NULL,
    parts BIGINT NOT NULL
);
)sql";

std::string insert_into(const TableShape& shape) {
    std::string places;
    for (std::size_t i = 1; i <= shape.columns.size(); ++i) {
        places += (i == 1 ? "$" : ", $") + std::to_string(i);
    }
    return "INSERT INTO " + sql_name(shape.name) + " (" + column_list(shape) + ") VALUES (" +
           places + ")";
}

std::vector<std::vector<Value>> rows_of(const TableShape& shape, std::string_view text) {
    std::vector<std::vector<Value>> rows;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        if (end == std::string_view::npos) {
            throw Failure{Kind::invalid, "archive.damaged", "The last line has no end."};
        }
        rows.push_back(read_line(shape, text.substr(0, end)));
        text.remove_prefix(end + 1);
    }
    return rows;
}

void insert_all(Transaction& transaction, const std::string& sql,
                const std::vector<std::vector<Value>>& rows) {
    constexpr std::size_t sets_max = 256;
    std::vector<Params> sets;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        sets.emplace_back(rows[i].begin(), rows[i].end());
        if (sets.size() == sets_max || i + 1 == rows.size()) {
            transaction.execute_each(sql, sets);
            sets.clear();
        }
    }
}

// Where the server goes on to count.
void set_number(Transaction& transaction, const TableShape& shape) {
    const std::string& column = shape.columns[*shape.counting].name;
    const Rows highest =
        transaction.query("SELECT max(" + sql_name(column) + ") FROM " + sql_name(shape.name));
    if (!highest.front().is_null(0) && highest.front().integer(0) > 0) {
        transaction.query("SELECT setval(pg_get_serial_sequence($1, $2), $3)",
                          {shape.name, column, highest.front().integer(0)});
    }
}

}  // namespace

Filling::Need::Need(const DatabaseNeed& need)
    : steps_(need.schema.begin(), need.schema.end()), need_(need) {
    steps_.push_back({static_cast<int>(steps_.size()) + 1, import_step, progress_table});
    need_.schema = steps_;
    // Slower, and nothing of it is anywhere else.
    need_.durability = Durability::power_loss;
}

Task<void> Filling::begin(Uuid archive) {
    auto work = [archive = archive.to_string(), &shapes = shapes_](Transaction& transaction) {
        std::map<std::string, std::int64_t> parts;
        for (const Row row :
             transaction.query("SELECT table_name, archive, parts FROM import_progress")) {
            if (row.text(1) != archive) {
                throw Failure{Kind::conflict, "import.other_archive",
                              "Another archive (" + row.text(1) +
                                  ") is being imported there and has not come to its end. Go on "
                                  "with that one, or begin with an empty target."};
            }
            parts[row.text(0)] = row.integer(2);
        }
        for (const TableShape& shape : shapes) {
            if (parts.try_emplace(shape.name, 0).second) {
                transaction.execute(
                    "INSERT INTO import_progress (table_name, archive, parts) "
                    "VALUES ($1, $2, 0)",
                    {shape.name, archive});
            }
        }
        return parts;
    };
    parts_ = co_await database_.transact(std::move(work));
}

Task<void> Filling::add_part(const TableShape& shape, std::string text) {
    std::int64_t& parts = parts_.at(shape.name);
    auto work = [&shape, rows = rows_of(shape, text), sql = insert_into(shape),
                 parts](Transaction& transaction) {
        const std::int64_t moved = transaction.execute(
            "UPDATE import_progress SET parts = parts + 1 WHERE table_name = $1 AND parts = $2",
            {shape.name, parts});
        if (moved != 1) {
            throw Failure{Kind::conflict, "import.moved",
                          "Another import goes on in the same place. Let it come to its end."};
        }
        insert_all(transaction, sql, rows);
    };
    co_await database_.transact(std::move(work));
    ++parts;
}

Task<void> Filling::finish(Numbers numbers) {
    auto work = [&shapes = shapes_, numbers](Transaction& transaction) {
        for (const TableShape& shape : shapes) {
            if (shape.counting && numbers == Numbers::by_sequence) {
                set_number(transaction, shape);
            }
        }
        transaction.execute("DROP TABLE import_progress");
        transaction.execute("DELETE FROM schema_steps WHERE name = $1", {import_step});
    };
    co_await database_.transact(work);
}

}  // namespace loquat::store
