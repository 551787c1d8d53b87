#include "runtime/platform/free_memory.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <vector>

#include "testing/sanitized.hpp"

namespace loquat::runtime {
namespace {

std::size_t resident_bytes() {
    std::ifstream in{"/proc/self/statm"};
    std::size_t whole = 0;
    std::size_t resident = 0;
    in >> whole >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(FreeMemory, of_another_thread_goes_back_to_the_system_though_its_end_is_in_use) {
    if (test::is_sanitized) {
        GTEST_SKIP() << "this heap is not the system's";
    }
    constexpr std::size_t block_bytes = 16 * 1024;
    constexpr std::size_t blocks_count = 4000;
    std::vector<std::vector<char>> blocks;
    std::thread{[&] {
        for (std::size_t i = 0; i < blocks_count; ++i) {
            blocks.emplace_back(block_bytes, 'x');
        }
    }}.join();
    blocks.erase(blocks.begin(), blocks.end() - 1);
    const std::size_t before = resident_bytes();

    const bool was_worth_it = FreeMemory::give_back();

    EXPECT_TRUE(was_worth_it);
    EXPECT_LT(resident_bytes() + block_bytes * blocks_count / 2, before);
}

}  // namespace
}  // namespace loquat::runtime
