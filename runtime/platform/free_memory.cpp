#include "runtime/platform/free_memory.hpp"

#include <malloc.h>

namespace loquat::runtime {

FreeMemory::FreeMemory(std::chrono::milliseconds every)
    : every_(every), thread_([this](const std::stop_token& stopping) { run(stopping); }) {}

bool FreeMemory::give_back() {
    if (::mallinfo2().fordblks <= kept_bytes) {
        return false;
    }
    ::malloc_trim(0);
    return true;
}

void FreeMemory::run(const std::stop_token& stopping) {
    std::unique_lock lock{mutex_};
    while (!stopping.stop_requested()) {
        stopped_.wait_for(lock, stopping, every_, [] { return false; });
        if (!stopping.stop_requested()) {
            give_back();
        }
    }
}

}  // namespace loquat::runtime
