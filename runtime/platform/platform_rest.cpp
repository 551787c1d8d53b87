#include <thread>

#include "runtime/platform/platform_state.hpp"
#include "runtime/platform/run_and_wait.hpp"

namespace loquat::runtime {
namespace {

constexpr std::chrono::milliseconds look_pause{20};

}  // namespace

bool Platform::wait_until_at_rest(std::chrono::seconds limit) {
    const Steady deadline = std::chrono::steady_clock::now() + limit;
    // One that was asked first may have got work from one that was asked after it.
    for (int times = 0; times < 2;) {
        bool are_all = true;
        for (const State::Instance& instance : state_->instances) {
            run_and_wait(instance.context->loop(), [&]() -> Task<void> {
                const bool is_at_rest = co_await instance.service->is_at_rest();
                are_all = are_all && is_at_rest;
            });
        }
        times = are_all ? times + 1 : 0;
        if (!are_all) {
            if (std::chrono::steady_clock::now() >= deadline) {
                return false;
            }
            std::this_thread::sleep_for(look_pause);
        }
    }
    return true;
}

}  // namespace loquat::runtime
