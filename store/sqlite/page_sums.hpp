#pragma once
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>

struct sqlite3;

namespace loquat::store {

// Checksums of database pages.  The last 8 bytes of each page hold "LqPg" and the CRC-32C of its
// number and the rest of it: a page that changed, or stands in another's place, is not read.  A
// page in the write-ahead log is checked against the sum that SQLite keeps for its frame.
//
// Files that were made without it have no such bytes and are read unchecked.

// The name of the SQLite file system that writes and checks them; registered at the first call.
// A page that is not as it was written is SQLITE_IOERR_DATA.
const char* checked_file_system();

// Before a new file is written: reserves the bytes in each page.
void reserve_page_sums(sqlite3* connection);

// The page of `file`, counted from 1, that this thread was refused last; tells it once.
std::optional<std::uint64_t> take_refused_page(const std::filesystem::path& file);

// Whether the pages of a file have sums.
bool has_page_sums(const std::filesystem::path& file);

// Reads all pages of a file, without its write-ahead log; gives the first that is not as it was
// written.
std::optional<std::uint64_t> find_bad_page(const std::filesystem::path& file);

}  // namespace loquat::store
