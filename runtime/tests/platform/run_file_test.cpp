#include "runtime/platform/run_file.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>

#include "store/folder/data_folder.hpp"
#include "testing/temporary_folder.hpp"

namespace loquat::runtime {
namespace {

TEST(RunFile, is_believed_only_while_somebody_holds_the_folder) {
    const test::TemporaryFolder place;
    const std::filesystem::path path = place / "data";
    auto folder = std::make_unique<store::DataFolder>(path);
    write_run_file(path, {.pid = ::getpid(), .url = "http://127.0.0.1:1"});

    const auto while_held = find_running(path);
    folder.reset();
    const auto afterwards = find_running(path);

    EXPECT_TRUE(while_held.has_value());
    EXPECT_FALSE(afterwards.has_value());
}

}  // namespace
}  // namespace loquat::runtime
