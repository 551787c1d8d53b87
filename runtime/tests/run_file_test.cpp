#include "runtime/run_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>

#include "base/ids.hpp"
#include "store/folder/data_folder.hpp"

namespace loquat::runtime {
namespace {

TEST(RunFile, is_believed_only_while_somebody_holds_the_folder) {
    const std::filesystem::path path =
        std::filesystem::temp_directory_path() / ("loquat-run-" + Uuid::make().to_string());
    auto folder = std::make_unique<store::DataFolder>(path);
    write_run_file(path, {.pid = ::getpid(), .url = "http://127.0.0.1:1"});

    const auto while_held = find_running(path);
    folder.reset();
    const auto afterwards = find_running(path);

    EXPECT_TRUE(while_held.has_value());
    EXPECT_FALSE(afterwards.has_value());
    std::filesystem::remove_all(path);
}

}  // namespace
}  // namespace loquat::runtime
