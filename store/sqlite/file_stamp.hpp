#pragma once
#include <optional>

#include "store/folder/folder.hpp"
#include "store/sqlite/connection.hpp"

namespace loquat::store {

// A database that belongs to a data folder has one row that says to which, which file it is and how
// many changes were committed.

// None when it is the file that the folder expects, as it was left.  Reads only.
std::optional<Failure> check_stamp(Connection& connection, const FileStamp& stamp, Loss loss);

// Before the file is opened: none when its write-ahead log, if it has one, can follow what is in
// the file itself.
std::optional<Failure> check_folded(const std::filesystem::path& file, const FileStamp& stamp);

// In the transaction of an opening: makes the row when there is none and counts the opening.  Gives
// the count.
std::uint64_t write_stamp(Connection& connection, const FileStamp& stamp);

// In a transaction that changed something; gives the count to raise the mark to after its commit.
std::uint64_t count_change(Transaction& transaction);

}  // namespace loquat::store
