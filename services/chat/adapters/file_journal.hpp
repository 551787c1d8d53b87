#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>

#include "services/chat/generations/ports.hpp"
#include "store/folder/stamp.hpp"

namespace loquat::chat {

struct FileJournalOptions {
    std::filesystem::path folder;                      // made when it is missing
    store::FilesStamp stamp;                           // outlives it
    std::uint64_t segment_bytes = 8ULL * 1024 * 1024;  // after which the next one begins
};

// Append files (store/file/append_file.hpp), `NUMBER.journal`.  A row is written without fsync: it
// survives the end of the process, and after a loss of power answers are interrupted anyway.  Files
// of a process before are read, never written to; a file is removed once all its rows are
// forgotten.
//
// Each file says where it belongs, and how far rows were acknowledged is marked with one small
// write a row (store/folder/numbered_files.hpp).  Files that are not as they were left fail the
// opening, with nothing changed.  After a loss of power, which may leave a file so, what is damaged
// is noted as an error in the program's log and ends the reading of its file.
//
// Fails with `store.full` or `store.unavailable`; after a failure the next row begins another file.
std::unique_ptr<GenerationJournal> open_file_journal(FileJournalOptions options);

}  // namespace loquat::chat
