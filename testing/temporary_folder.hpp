#pragma once
#include <filesystem>
#include <string>

namespace loquat::test {

// A new empty folder; removed by whoever made it.
std::filesystem::path make_folder();

// A folder that is gone after the test.
class TemporaryFolder {
  public:
    TemporaryFolder() : path_(make_folder()) {}
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    const std::filesystem::path& path() const { return path_; }
    std::string string() const { return path_.string(); }

  private:
    std::filesystem::path path_;
};

}  // namespace loquat::test
