#pragma once
#include <filesystem>

namespace loquat::store {

// The folder that holds a process's data, held alone.  Made with mode 0700 if missing;
// what is in it is made readable for this user alone, whatever the mode of the folder.
//
// Fails with `data.in_use` (another process holds it; the message has its pid) or `data.unusable`
// (cannot be made or written).  The lock ends with the process, however it ends.
class DataFolder {
  public:
    explicit DataFolder(std::filesystem::path path);
    ~DataFolder();
    DataFolder(const DataFolder&) = delete;
    DataFolder& operator=(const DataFolder&) = delete;

    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
    int lock_ = -1;
};

// Whether a process holds that folder now.  False when there is no such folder.
bool is_held(const std::filesystem::path& folder);

}  // namespace loquat::store
