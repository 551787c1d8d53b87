#pragma once
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "store/file/file_calls.hpp"
#include "store/log/event_log.hpp"

namespace loquat::store {

struct SegmentLogOptions {
    std::filesystem::path folder;  // made when missing, with mode 0700; its files have 0600
    // The highest offset of each topic that is known to have been acknowledged.  A log that ends
    // before one of them is `store.damaged`.
    std::map<std::string, Offset> acknowledged{};
    // Everything was closed after the last record: a log that goes on is `folder.newer_file`.
    bool is_all_acknowledged = false;
    // Called when all records of `topic` up to `last` are durable, before anybody is told, on one
    // thread of the log's; while opening, for what is there.  When it throws, nothing more is
    // acknowledged until the next start.
    std::function<void(std::string_view topic, Offset last)> on_durable{};
    // Called on a thread of the log's, perhaps more than once, when it becomes `broken`: there may
    // be records that were written and not acknowledged.
    std::function<void()> on_broken{};

    std::size_t queue_max = 65'536;  // appends that wait to become durable
    std::size_t queue_bytes_max = 64 * 1024 * 1024;
    std::size_t group_bytes_max = 4 * 1024 * 1024;   // what one sync makes durable
    std::size_t tail_bytes_max = 32 * 1024 * 1024;   // newest records kept in memory, all topics
    std::uint64_t segment_bytes = 32 * 1024 * 1024;  // of one file
    std::uint64_t file_bytes_max = 0;                // of all; 0: as the disk allows
    std::chrono::milliseconds full_retry{500};       // while full: how often to look for space
    std::chrono::milliseconds answer_max{30'000};
    FileCalls* calls = &FileCalls::system();
};

// Each topic has one partition, and no holes.
class FolderLog : public EventLog {
  public:
    // Made with the folder, the same for all its topics.
    virtual Uuid folder_identity() const = 0;
};

// A log in files of its own: see docs/adr/0016-own-log-files.md for their form.  Two groups of
// appends are on their way at once: one is written while the other is made durable.
//
// Blocks while opening.  An end that was never acknowledged is cut off.  `store.damaged` when
// something acknowledged is missing or not as it was written, `store.foreign_file` when a file
// belongs to another log; the message names the file, the place and what to do, and nothing on
// disk is changed.
std::unique_ptr<FolderLog> open_segment_log(const SegmentLogOptions& options);

}  // namespace loquat::store
