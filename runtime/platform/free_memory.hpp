#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

namespace loquat::runtime {

// Gives memory back to the system that the heap holds and nobody uses.  Each thread's part of the
// heap keeps what was freed inside of it, so that a peak (a full log, many connections) would stay
// resident for good.
class FreeMemory {
  public:
    // So much is kept for what comes next.
    static constexpr std::size_t kept_bytes = 16 * 1024 * 1024;

    explicit FreeMemory(std::chrono::milliseconds every = std::chrono::minutes{1});

    // True when there was more than kept_bytes.  Takes milliseconds, in which other threads may
    // wait for an allocation.
    static bool give_back();

  private:
    void run(const std::stop_token& stopping);

    std::chrono::milliseconds every_;
    std::mutex mutex_;
    std::condition_variable_any stopped_;
    std::jthread thread_;
};

}  // namespace loquat::runtime
