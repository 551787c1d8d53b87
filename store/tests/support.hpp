#pragma once
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>
#include <utility>

#include "aio/loop.hpp"
#include "aio/run.hpp"
#include "aio/task.hpp"
#include "base/failure.hpp"
#include "base/ids.hpp"

namespace loquat::store {

// The task's result, for tests that ask one thing after the other.
template <class T>
T await(aio::Loop& loop, Task<T> task) {
    return aio::run_to_end(loop, std::move(task));
}

// The code of the Failure that `call` throws; empty when it throws none.
template <class Call>
std::string code_of(Call call) {
    try {
        call();
    } catch (const Failure& failure) {
        return failure.code;
    }
    return {};
}

// A folder that is gone after the test.
class TemporaryFolder {
  public:
    TemporaryFolder()
        : path_(std::filesystem::temp_directory_path() / ("loquat-" + Uuid::make().to_string())) {
        std::filesystem::create_directories(path_);
    }
    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    const std::filesystem::path& path() const { return path_; }

  private:
    std::filesystem::path path_;
};

}  // namespace loquat::store
