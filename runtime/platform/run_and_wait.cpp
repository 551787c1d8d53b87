#include "runtime/platform/run_and_wait.hpp"

#include <future>

namespace loquat::runtime {

void run_and_wait(aio::Loop& loop, std::move_only_function<Task<void>()> work) {
    std::promise<void> done;
    auto body = [](std::move_only_function<Task<void>()> held,
                   std::promise<void>& promise) -> Task<void> {
        try {
            co_await held();
            promise.set_value();
        } catch (...) {
            promise.set_exception(std::current_exception());
        }
    };
    auto future = done.get_future();
    loop.spawn(body(std::move(work), done));
    future.get();
}

}  // namespace loquat::runtime
