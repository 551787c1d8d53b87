#pragma once
#include <filesystem>
#include <string>

#include "base/failure.hpp"

struct sqlite3;

namespace loquat::store {

// Throws what the connection's last error means: see store/sql/database.hpp for the codes.
[[noreturn]] void throw_sqlite(int code, sqlite3* connection, const std::filesystem::path& file);

Failure damaged_file(const std::filesystem::path& file, const std::string& what);
Failure foreign_file(const std::filesystem::path& file);
Failure full_disk(const std::filesystem::path& file);

}  // namespace loquat::store
