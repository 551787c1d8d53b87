#include "testing/await.hpp"

#include <exception>
#include <memory>

#include "base/failure.hpp"

namespace loquat::test {
namespace {

struct End {
    std::exception_ptr failed;
    bool has_come = false;
};

Task<void> follow(Task<void> task, std::shared_ptr<End> end) {
    try {
        co_await std::move(task);
    } catch (...) {
        end->failed = std::current_exception();
    }
    end->has_come = true;
}

}  // namespace

void run_at_once(aio::Loop& loop, Task<void> task) {
    const auto end = std::make_shared<End>();
    loop.post([&] { loop.spawn(follow(std::move(task), end)); });
    loop.poll();
    if (end->failed) {
        std::rethrow_exception(end->failed);
    }
    if (!end->has_come) {
        throw Failure{Kind::internal, "test.waits", "what should not have to wait waits"};
    }
}

}  // namespace loquat::test
