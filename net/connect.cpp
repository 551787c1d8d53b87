#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/failure.hpp"
#include "net/resolve.hpp"
#include "net/stream.hpp"

namespace loquat::net {
namespace {

constexpr std::chrono::seconds system_patience{60};

Failure unreachable(const std::string& host, std::uint16_t port, const std::string& why) {
    return Failure{Kind::unavailable, "upstream.unavailable", "The other server cannot be reached.",
                   host + ":" + std::to_string(port) + ": " + why};
}

Failure too_late(const std::string& host, std::uint16_t port) {
    return Failure{Kind::timed_out, "upstream.timeout", "The other server did not answer in time.",
                   host + ":" + std::to_string(port) + ": connect"};
}

// None when this address refuses; throws only on cancellation.
Task<std::optional<Stream>> connect_one(aio::Loop& loop, Endpoint to, Steady deadline,
                                        ConnectHandle& handle) {
    sockaddr_storage name{};
    const socklen_t size = to.to_sockaddr(name);
    const int fd = ::socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        co_return std::nullopt;
    }
    const int on = 1;
    ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const int begun = ::connect(fd, reinterpret_cast<const sockaddr*>(&name), size);
    if (begun != 0 && errno != EINPROGRESS) {
        ::close(fd);
        co_return std::nullopt;
    }
    std::optional<Stream> stream{std::in_place, loop, fd, to};
    if (begun == 0) {
        co_return stream;
    }
    bool late = false;
    aio::Timer timer{[&stream, &late] {
        late = true;
        stream->wake();
    }};
    timer.start(loop, std::chrono::ceil<std::chrono::milliseconds>(
                          deadline - std::chrono::steady_clock::now()));
    IoResult state = stream->finish_connect();
    {
        struct Held {
            ConnectHandle& handle;
            ~Held() { handle.stream = nullptr; }
        };
        const Held held{handle};
        handle.stream = &*stream;
        while (state.state == Io::would_block && !late && !handle.is_given_up) {
            co_await stream->writable();
            state = stream->finish_connect();
        }
    }
    if (state.state != Io::bytes) {
        stream.reset();
    }
    co_return stream;
}

}  // namespace

void ConnectHandle::give_up() {
    is_given_up = true;
    if (stream != nullptr) {
        stream->wake();
    }
}

Task<Stream> connect(aio::Loop& loop, std::string host, std::uint16_t port, Steady deadline,
                     ConnectOptions options) {
    ConnectHandle own;
    ConnectHandle& handle = options.handle != nullptr ? *options.handle : own;
    const AddressRule& may = options.may;
    std::vector<Address> addresses = co_await resolve(host, deadline);
    if (addresses.empty()) {
        throw unreachable(host, port, "unknown name");
    }
    if (may) {
        std::erase_if(addresses, [&may](const Address& one) { return !may(one); });
    }
    if (addresses.empty()) {
        throw unreachable(host, port, "its address is one that must not be connected to");
    }
    std::size_t left = addresses.size();
    for (const Address& address : addresses) {
        // Each address gets an equal share of the time that is left.
        const Steady now = std::chrono::steady_clock::now();
        if (now >= deadline) {
            throw too_late(host, port);
        }
        if (handle.is_given_up) {
            throw unreachable(host, port, "nobody waits for it any more");
        }
        const Steady end = std::min(deadline, now + system_patience);
        const Steady share = now + (end - now) / static_cast<int>(left--);
        const Endpoint to{address, port};
        std::optional<Stream> stream = co_await connect_one(loop, to, share, handle);
        if (stream) {
            co_return std::move(*stream);
        }
    }
    if (std::chrono::steady_clock::now() >= deadline) {
        throw too_late(host, port);
    }
    throw unreachable(host, port, "no address answers");
}

}  // namespace loquat::net
