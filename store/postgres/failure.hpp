#pragma once
#include <string>
#include <string_view>

#include "base/failure.hpp"
#include "store/postgres/pq_library.hpp"

namespace loquat::store {

// What an error of the server means here: `store.conflict` (ConstraintFailure), `store.constraint`,
// `store.full`, `store.unavailable`, `store.denied` (a right is missing), `store.statement`.
[[noreturn]] void throw_postgres(const PqLibrary& pq, const PGresult& result);

// Not reachable, or the connection was lost before anything could have been done.
Failure postgres_unavailable(std::string detail);

// What that means to whoever starts the program: the reason, and what to do about it where the
// reason says so.
std::string unusable_postgres(std::string_view reason);

// The connection was lost or silent after a commit was sent.
Failure postgres_unknown(std::string detail);

// `person, name` of "Key (person, name)=(1, rex) already exists." as `table.person, table.name`,
// whatever language the server speaks; empty when there is no such key in it.
std::string columns_of_key(std::string_view table, std::string_view detail);

}  // namespace loquat::store
