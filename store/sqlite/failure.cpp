#include "store/sqlite/failure.hpp"

#include <sqlite3.h>

#include <cerrno>
#include <cstring>

#include "store/sql/database.hpp"
#include "store/sqlite/page_sums.hpp"

namespace loquat::store {
namespace {

using std::chrono::seconds;

constexpr std::string_view unique_prefix = "UNIQUE constraint failed: ";

[[noreturn]] void throw_constraint(int code, const std::string& text) {
    if (text.starts_with(unique_prefix)) {
        throw ConstraintFailure{text.substr(unique_prefix.size()), text};
    }
    if (code == SQLITE_CONSTRAINT_FOREIGNKEY) {
        throw ConstraintFailure{"", text};
    }
    throw Failure{Kind::internal, "store.constraint", "The data could not be stored.", text};
}

Failure unavailable(const std::filesystem::path& file, const std::string& text) {
    return Failure{Kind::unavailable, "store.unavailable",
                   "The store cannot be used at the moment.", file.string() + ": " + text}
        .retry_in(seconds{1});
}

}  // namespace

Failure damaged_file(const std::filesystem::path& file, const std::string& what) {
    return Failure{Kind::unavailable, "store.damaged",
                   "The data file " + file.string() + " is damaged (" + what +
                       "). It was left as it is. Restore it from a copy of this folder, all files "
                       "together, or see what `loquat doctor --repair` offers."};
}

Failure foreign_file(const std::filesystem::path& file) {
    return Failure{
        Kind::unavailable, "store.foreign_file",
        "The file " + file.string() +
            " belongs to another program. It was left as it is. Give another data folder."};
}

Failure full_disk(const std::filesystem::path& file) {
    return Failure{Kind::unavailable, "store.full", "There is no space left to store this.",
                   file.string() + ": no space"}
        .retry_in(seconds{5});
}

void throw_sqlite(int code, sqlite3* connection, const std::filesystem::path& file) {
    const int extended = connection != nullptr ? sqlite3_extended_errcode(connection) : code;
    const std::string text =
        connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
    const int system = connection != nullptr ? sqlite3_system_errno(connection) : 0;
    switch (code & 0xff) {
        case SQLITE_CONSTRAINT:
            throw_constraint(extended, text);
        case SQLITE_FULL:
            throw full_disk(file);
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            throw damaged_file(file, text);
        case SQLITE_TOOBIG:
            throw Failure{Kind::too_large, "store.too_large", "This is too large to store.", text};
        case SQLITE_IOERR:
            if (extended == SQLITE_IOERR_DATA) {
                const auto page = take_refused_page(file);
                throw damaged_file(
                    file, (page ? "page " + std::to_string(*page) : std::string{"a page"}) +
                              " is not as it was written");
            }
            if (system == ENOSPC || system == EDQUOT || system == EFBIG) {
                throw full_disk(file);
            }
            throw unavailable(file, text + ": " + std::strerror(system));
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
        case SQLITE_CANTOPEN:
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
        case SQLITE_NOMEM:
        case SQLITE_INTERRUPT:
            throw unavailable(file, text);
        default:
            throw Failure{Kind::internal, "store.statement", "The store could not do this.", text};
    }
}

}  // namespace loquat::store
