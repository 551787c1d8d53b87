#include "aio/run.hpp"

namespace loquat::aio {

void run_to_end(Loop& loop, Task<void> task) {
    std::exception_ptr error;
    auto body = [](Loop& on, Task<void> inner, std::exception_ptr& failed) -> Task<void> {
        try {
            co_await std::move(inner);
        } catch (...) {
            failed = std::current_exception();
        }
        on.stop();
    };
    loop.spawn(body(loop, std::move(task), error));
    loop.run();
    if (error) {
        std::rethrow_exception(error);
    }
}

}  // namespace loquat::aio
