#pragma once
#include <string>
#include <string_view>

namespace loquat::store {

enum class Dialect { sqlite, postgres };

// A statement, or several, for that server.  Statements are written in what SQLite and PostgreSQL
// share; this is all that they do not share and our schemas use, as SQLite writes it:
//
//   BLOB                 BYTEA
//   TEXT                 in the order of its bytes, whatever the server's language
//   INTEGER              BIGINT: milliseconds and counters need 64 bits
//   INTEGER PRIMARY KEY  counts by itself: an identity
//   WITHOUT ROWID        nothing
//   INSERT OR IGNORE     ON CONFLICT DO NOTHING at the end
//   SUM(a = b)           a sum of CASE: a comparison is no number
//   user                 a reserved word: "user"
std::string in_dialect(Dialect dialect, std::string_view sql);

}  // namespace loquat::store
