#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/failure.hpp"
#include "store/file/file_calls.hpp"

namespace loquat::store {

enum class FileMode { make, write, read };  // `make`: a new file, mode 0600

// One open file.  All blocks.  Fails with `store.full` (no space) or `store.unavailable`, each with
// the path and the system's reason in its detail.  One thread writes; reading is for any.
class File {
  public:
    File(std::filesystem::path path, FileMode mode, FileCalls& calls = FileCalls::system());
    ~File();
    File(const File&) = delete;
    File& operator=(const File&) = delete;

    // All of it, or fails: how much was written is unknown then.
    void write(std::string_view bytes, std::uint64_t position);

    // What was written is on the disk.  Never call it again after it has failed: the system may
    // have dropped the pages and report success.
    void sync();

    // At most `count` bytes; fewer at the end of the file.
    std::string read(std::uint64_t position, std::size_t count) const;

    void truncate(std::uint64_t size);
    // Makes the file `size` bytes long; takes the space at once where the file system can.
    void allocate(std::uint64_t size);
    std::uint64_t size() const;
    // Behind this place, at or after `from`, there is nothing but zeros.
    std::uint64_t data_end(std::uint64_t from) const;
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
    FileCalls& calls_;
    int handle_ = -1;
};

// What was made, renamed or removed in this folder stays so.
void sync_folder(const std::filesystem::path& folder, FileCalls& calls = FileCalls::system());

void remove_file(const std::filesystem::path& path, FileCalls& calls = FileCalls::system());

// Made with mode 0700 if missing.
void make_folder(const std::filesystem::path& folder);

// Whole or not at all: written beside, synced, renamed, and the folder synced.
void replace_file(const std::filesystem::path& path, std::string_view content,
                  FileCalls& calls = FileCalls::system());

// What errno means for somebody who wanted to use `path`.
Failure file_failure(const std::filesystem::path& path, int error);

// 503 `store.damaged`.  `what` names the place; `mend` says what to do, as a sentence.
Failure damaged_part(const std::filesystem::path& path, const std::string& what,
                     const std::string& mend);

}  // namespace loquat::store
