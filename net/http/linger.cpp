#include "net/http/linger.hpp"

#include "aio/timer.hpp"

namespace loquat::net::http {
namespace {

constexpr std::size_t bytes_max = 256 * 1024;

}  // namespace

Task<void> linger(Stream& stream, std::chrono::milliseconds time) {
    stream.shutdown_write();
    bool late = false;
    aio::Timer timer{[&stream, &late] {
        late = true;
        stream.wake();
    }};
    timer.start(stream.loop(), time);
    static thread_local char nowhere[16 * 1024];
    std::size_t bytes = 0;
    while (!late && bytes < bytes_max) {
        const IoResult result = stream.try_read(nowhere);
        if (result.state == Io::bytes) {
            bytes += result.bytes;
        } else if (result.state == Io::would_block) {
            co_await stream.readable();
        } else {
            co_return;
        }
    }
}

}  // namespace loquat::net::http
