#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>

#include "store/folder/stamp.hpp"
#include "store/sql/migrations.hpp"
#include "store/sqlite/connection.hpp"
#include "store/sqlite/sqlite_database.hpp"

namespace loquat::store {

struct OpenOptions {
    std::filesystem::path file;
    std::span<const Migration> schema;
    Durability durability = Durability::power_loss;
    std::size_t statements_max = 128;
    std::size_t writer_cache_kib = 8 * 1024;
    std::size_t reader_cache_kib = 4 * 1024;  // of each
    std::size_t checkpoint_pages = 1024;      // to which a larger write-ahead log shrinks
    std::int64_t file_bytes_max = 0;
    std::int64_t check_bytes_max = 16 * 1024 * 1024;
    std::optional<FileStamp> stamp;
};

// Checks the file, brings the schema up to date and gives the connection that writes.  Fails as
// open_sqlite.
std::unique_ptr<Connection> open_writer(const OpenOptions& options);
std::unique_ptr<Connection> open_reader(const OpenOptions& options);

// What is wrong with the file, read wholly and changed in nothing.
std::optional<Failure> examine(const OpenOptions& options);

}  // namespace loquat::store
