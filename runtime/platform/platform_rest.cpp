#include <thread>

#include "runtime/platform/platform_state.hpp"
#include "runtime/platform/run_and_wait.hpp"

namespace loquat::runtime {
namespace {

constexpr std::chrono::milliseconds look_pause{20};

}  // namespace

bool Platform::wait_until_at_rest(std::chrono::seconds limit) {
    const Steady deadline = std::chrono::steady_clock::now() + limit;
    for (;;) {
        bool are_all = true;
        for (const State::Instance& instance : state_->instances) {
            run_and_wait(instance.context->loop(), [&]() -> Task<void> {
                const bool is_at_rest = co_await instance.service->is_at_rest();
                are_all = are_all && is_at_rest;
            });
        }
        if (are_all || std::chrono::steady_clock::now() >= deadline) {
            return are_all;
        }
        std::this_thread::sleep_for(look_pause);
    }
}

}  // namespace loquat::runtime
