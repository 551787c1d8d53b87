#include "store/sql/migrations.hpp"

#include <string>

#include "base/check.hpp"
#include "base/failure.hpp"
#include "base/text.hpp"
#include "store/checksum.hpp"
#include "store/sql/database.hpp"

namespace loquat::store {
namespace {

// A semicolon that ends a line ends a statement; the bodies of triggers keep theirs inside a line.
void run_all(Transaction& transaction, std::string_view sql) {
    while (!trim(sql).empty()) {
        const std::size_t end = sql.find(";\n");
        const std::string_view statement = trim(sql.substr(0, end));
        if (!statement.empty()) {
            transaction.execute(statement);
        }
        if (end == std::string_view::npos) {
            return;
        }
        sql.remove_prefix(end + 2);
    }
}

Failure newer(std::string_view file, std::int64_t stored, std::size_t known) {
    return Failure{
        Kind::unavailable, "store.newer_schema",
        "The database " + std::string{file} +
            " was made by a newer version of this program (schema " + std::to_string(stored) +
            ", this program knows " + std::to_string(known) +
            "). Nothing was changed. Start the newer version, or restore a copy of that time."};
}

Failure unfinished(std::string_view file) {
    return Failure{Kind::unavailable, "store.import_unfinished",
                   "The database " + std::string{file} +
                       " is not whole yet: `loquat import` has not come to its end there. Nothing "
                       "was changed. Run it again with the same archive; it goes on where it was."};
}

Failure changed(std::string_view file, const Migration& step) {
    return Failure{Kind::unavailable, "store.changed_schema",
                   "Step " + std::to_string(step.number) + " (" + std::string{step.name} +
                       ") of the schema of " + std::string{file} +
                       " is not the one that was applied. Nothing was changed. "
                       "Start the version of the program that made it."};
}

}  // namespace

std::size_t count_applied(Transaction& transaction, std::span<const Migration> steps,
                          std::string_view file) {
    const Rows applied =
        transaction.query("SELECT number, checksum, name FROM schema_steps ORDER BY number");
    if (applied.size() > steps.size()) {
        if (applied[applied.size() - 1].text(2) == import_step) {
            throw unfinished(file);
        }
        throw newer(file, applied[applied.size() - 1].integer(0), steps.size());
    }
    for (std::size_t i = 0; i < applied.size(); ++i) {
        const std::int64_t checksum = crc32c(steps[i].sql);
        if (applied[i].integer(0) != steps[i].number || applied[i].integer(1) != checksum) {
            throw changed(file, steps[i]);
        }
    }
    return applied.size();
}

void apply_migrations(Transaction& transaction, std::span<const Migration> steps,
                      std::string_view file, const OnStep& on_step) {
    transaction.execute(
        "CREATE TABLE IF NOT EXISTS schema_steps (number BIGINT NOT NULL PRIMARY KEY, "
        "name TEXT NOT NULL, checksum BIGINT NOT NULL)");
    for (std::size_t i = count_applied(transaction, steps, file); i < steps.size(); ++i) {
        const Migration& step = steps[i];
        LOQUAT_CHECK(step.number == static_cast<int>(i) + 1, "schema steps are numbered from 1");
        if (on_step) {
            on_step(step);
        }
        run_all(transaction, step.sql);
        const std::int64_t checksum = crc32c(step.sql);
        transaction.execute("INSERT INTO schema_steps (number, name, checksum) VALUES ($1, $2, $3)",
                            {step.number, step.name, checksum});
    }
}

}  // namespace loquat::store
