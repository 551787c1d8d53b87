#include "net/http/linger.hpp"

#include <algorithm>

#include "aio/signal.hpp"
#include "aio/timer.hpp"
#include "net/alarm.hpp"

namespace loquat::net::http {
namespace {

// A client that sends without end must not keep the others of its loop waiting.
constexpr int reads_in_a_row_max = 32;

Task<void> let_others_run(aio::Loop& loop) {
    aio::Signal turn;
    loop.post([&turn] { turn.set(); });
    co_await turn.wait();
}

}  // namespace

Task<void> linger(Stream& stream, LingerRule rule) {
    stream.shutdown_write();
    bool late = false;
    aio::Timer timer{[&stream, &late] {
        late = true;
        stream.wake();
    }};
    const Steady due = coarse_now() + rule.time_max;
    static thread_local char nowhere[16 * 1024];
    std::size_t bytes = 0;
    int in_a_row = 0;
    while (!late && bytes < rule.bytes_max && stream.is_open()) {
        const IoResult result = stream.try_read(nowhere);
        if (result.state == Io::bytes) {
            bytes += result.bytes;
            if (++in_a_row % reads_in_a_row_max == 0) {
                co_await let_others_run(stream.loop());
            }
        } else if (result.state == Io::would_block) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - coarse_now());
            timer.start(stream.loop(),
                        std::clamp(left, std::chrono::milliseconds{0}, rule.pause_max));
            co_await stream.readable();
        } else {
            co_return;
        }
    }
}

}  // namespace loquat::net::http
