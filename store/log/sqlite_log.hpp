#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>

#include "store/log/event_log.hpp"

namespace loquat::store {

struct SqliteLogOptions {
    std::filesystem::path file;
    std::size_t queue_max = 65'536;  // appends that wait to become durable
    std::size_t queue_bytes_max = 64 * 1024 * 1024;
    std::size_t batch_bytes_max = 4 * 1024 * 1024;  // one commit
    std::size_t tail_bytes_max = 32 * 1024 * 1024;  // newest records kept in memory, all topics
    std::int64_t file_bytes_max = 0;                // 0: as the disk allows; beyond it `store.full`
    std::int64_t check_bytes_max = 16 * 1024 * 1024;  // larger files get the short check on opening
    std::chrono::milliseconds full_retry{500};        // while full: how often to look for space
    std::chrono::milliseconds answer_max{30'000};
};

// A log in one SQLite file with group commit: one thread takes all appends that wait, writes one
// row per topic and commits with one fsync.  Blocks while opening; fails as open_sqlite does.
std::unique_ptr<EventLog> open_sqlite_log(const SqliteLogOptions& options);

}  // namespace loquat::store
