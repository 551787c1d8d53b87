#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/failure.hpp"
#include "store/folder/marks.hpp"
#include "store/folder/stamp.hpp"

namespace loquat::store {

// A folder of append files, NUMBER.journal, in a data folder.  Numbers have no gaps, are removed
// from the lowest on and never given twice.  The first record of each, its head, says to which data
// folder it belongs, its number, and where the file before it ends.  The marks of the data folder
// say where the last one ends and which is the first that is needed.

inline constexpr std::string_view numbered_suffix = ".journal";

// Makes the marks when they are not there.
FilesStamp files_stamp(Marks& marks, std::string_view name, const Uuid& folder);

struct FilesEnd {
    std::uint64_t number = 0;
    std::uint64_t bytes = 0;  // below 2^32
};
std::uint64_t to_mark(const FilesEnd& end);
FilesEnd to_files_end(std::uint64_t mark);

struct FileHead {
    Uuid folder;
    std::uint64_t number = 0;
    std::uint64_t before_bytes = 0;  // of the file before it; 0: there is none
};
std::string encode_head(const FileHead& head);
bool is_head(std::string_view record);

struct NumberedFile {
    std::uint64_t number = 0;
    std::uint64_t bytes = 0;  // up to the end of its last good record
    bool is_unnamed = false;  // has records and no head
};

struct NumberedFiles {
    std::vector<NumberedFile> files;  // that are needed, by number
    std::vector<std::filesystem::path> forgotten;
    std::vector<Failure> wrong;
};

// Reads all and changes nothing.  After a loss of power, which may leave them cut or damaged, only
// what is foreign is wrong.
NumberedFiles examine_numbered(const std::filesystem::path& folder, const FilesStamp& stamp);

// None of them is needed any more.
void forget_files(const FilesStamp& stamp);

// Copies the files of the folder `name`, also while they are written, and marks in `stamp`, which
// is of the copy, how far they came.
void copy_numbered(const std::filesystem::path& source, const std::filesystem::path& target,
                   const FilesStamp& stamp, std::string_view name);

}  // namespace loquat::store
