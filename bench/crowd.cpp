#include "bench/crowd.hpp"

#include <sys/resource.h>

#include <iostream>

#include "aio/scope.hpp"

namespace loquat::bench {
namespace {

constexpr std::size_t openers = 64;
constexpr std::chrono::seconds answer_max{60};

struct Opening {
    Crowd* crowd = nullptr;
    std::size_t subscribers = 0;
    std::size_t next = 0;
    std::size_t running = 0;
    std::exception_ptr error;
    aio::Signal done;
};

Task<void> open_some(std::shared_ptr<Opening> opening) {
    try {
        while (opening->next < opening->crowd->size() && !opening->error) {
            const std::size_t index = opening->next++;
            RoomConnection& connection = *(*opening->crowd)[index];
            const Steady deadline = std::chrono::steady_clock::now() + answer_max;
            co_await connection.open(deadline);
            if (index < opening->subscribers) {
                co_await connection.subscribe(deadline);
            }
        }
    } catch (...) {
        opening->error = std::current_exception();
    }
    if (--opening->running == 0) {
        opening->done.set();
    }
}

Task<void> drive(aio::Loop& loop, Scenario scenario, std::optional<wire::Value>& result) {
    try {
        result = co_await scenario(loop);
    } catch (...) {
        std::cerr << "loquat-bench: " << aio::describe(std::current_exception()) << '\n';
    }
    loop.stop();
}

}  // namespace

Task<void> open_all(aio::Loop& loop, Crowd& crowd, std::size_t subscribers) {
    auto opening = std::make_shared<Opening>();
    opening->crowd = &crowd;
    opening->subscribers = subscribers;
    opening->running = std::min(openers, crowd.size());
    for (std::size_t index = opening->running; index > 0; --index) {
        loop.spawn(open_some(opening));
    }
    if (!crowd.empty()) {
        co_await opening->done.wait();
    }
    if (opening->error) {
        std::rethrow_exception(opening->error);
    }
}

std::size_t count_closed(const Crowd& crowd) {
    std::size_t closed = 0;
    for (const auto& connection : crowd) {
        if (!connection->is_open() && closed++ == 0) {
            std::cerr << "loquat-bench: a connection ended: " << connection->why_closed() << '\n';
        }
    }
    return closed;
}

int run_scenario(Scenario scenario) {
    std::optional<wire::Value> result;
    aio::Loop loop{"bench"};
    loop.spawn(drive(loop, std::move(scenario), result));
    loop.run();
    if (!result) {
        return 1;
    }
    std::cout << wire::to_json(*result) << std::endl;
    return 0;
}

void lift_file_limit() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
}

}  // namespace loquat::bench
