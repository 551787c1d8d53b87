#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "store/folder/stamp.hpp"
#include "store/sql/database.hpp"
#include "store/sql/database_need.hpp"
#include "store/sql/migrations.hpp"

namespace loquat::store {

struct SqliteOptions {
    std::filesystem::path file;
    std::span<const Migration> schema;
    Durability durability = Durability::power_loss;  // synchronous=FULL, or NORMAL
    std::size_t reader_threads = 2;
    std::size_t write_queue_max = 4096;
    std::size_t read_queue_max = 4096;
    std::size_t group_max = 256;       // transactions in one commit
    std::size_t statements_max = 128;  // prepared statements kept for each connection
    // Page caches of the whole store: half is the writer's, the readers divide the other half.
    std::size_t cache_kib = 16 * 1024;
    // Of the write-ahead log, before they move into the file.  Readers can put that off until there
    // are twice as many; then they wait for it.
    std::size_t checkpoint_pages = 1024;
    std::int64_t file_bytes_max = 0;  // 0: as the disk allows; beyond it `store.full`
    std::int64_t check_bytes_max = 16 * 1024 * 1024;  // larger files get the short check on opening
    std::chrono::milliseconds answer_max{30'000};
    std::optional<FileStamp> stamp;  // of a file that belongs to a Folder, which outlives it
    // Told once, on the thread that writes, before anybody hears of it, that damage was found while
    // all is moved into the file or a commit was made: from then on every write fails with it.
    std::function<void(const Failure&)> on_damage;
    // Told once, on a thread of the store's, before who asked hears of it, that a read met damage:
    // it failed, and all that does not need the same page goes on.
    std::function<void(const Failure&)> on_damaged_read;
};

// `need` met by a file.
SqliteOptions in_file(std::filesystem::path file, const DatabaseNeed& need);

// Opens or creates the file.  One writer thread commits in groups; readers see WAL snapshots.  The
// folder must be held (DataFolder).  Blocks.  Fails with `store.damaged`, `store.foreign_file`,
// `store.newer_schema`, `store.changed_schema`, `store.full`, `store.unavailable`, and
// with a stamp `folder.foreign_file`, `folder.older_file` or `folder.newer_file`, each with a
// message that names the file and what to do.  Destroying it finishes what is queued.
std::unique_ptr<Database> open_sqlite(const SqliteOptions& options);

}  // namespace loquat::store
