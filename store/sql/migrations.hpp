#pragma once
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

namespace loquat::store {

class Transaction;

// One step of a schema.  Numbers start at 1 without a hole.  A step that was released is never
// edited: its checksum is recorded in the database and compared on every start.
struct Migration {
    int number;
    std::string_view name;
    std::string_view
        sql;  // any number of statements, each ended by a semicolon at the end of a line
};

// The step behind all others of a database that `loquat import` fills: there only as long as it is
// not whole, so that nobody takes it for one.
inline constexpr std::string_view import_step = "import under way";

// Told before a step is applied.
using OnStep = std::function<void(const Migration& step)>;

// Brings the schema up to date; every step in the caller's transaction.  Fails, changing nothing,
// with `store.newer_schema` when the database was made by a newer program, `store.changed_schema`
// when a step that was applied differs from the program's, `store.import_unfinished` while the
// database is being filled.
void apply_migrations(Transaction& transaction, std::span<const Migration> steps,
                      std::string_view file, const OnStep& on_step = {});

// How many steps were applied to a database that has the table of steps.  Fails as above.
std::size_t count_applied(Transaction& transaction, std::span<const Migration> steps,
                          std::string_view file);

}  // namespace loquat::store
