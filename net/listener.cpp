#include "net/listener.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/failure.hpp"
#include "base/log.hpp"

namespace loquat::net {
namespace {

constexpr int accepts_in_a_row_max = 64;
constexpr std::chrono::milliseconds rest_time{100};

Failure listen_failed(const ListenOptions& options, const char* what) {
    return Failure{
        Kind::unavailable, "net.listen_failed",
        "Cannot listen on " + options.address + " port " + std::to_string(options.port) + ".",
        std::string{what} + ": " + std::strerror(errno)};
}

void switch_on(int fd, int level, int option) {
    const int on = 1;
    ::setsockopt(fd, level, option, &on, sizeof on);
}

Endpoint local_of(int fd) {
    sockaddr_storage name{};
    socklen_t size = sizeof name;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size);
    return Endpoint::from_sockaddr(name);
}

}  // namespace

Listener::Listener(aio::Loop& loop, const ListenOptions& options, OnAccept on_accept)
    : loop_(loop), on_accept_(std::move(on_accept)), self_(std::make_shared<Listener*>(this)) {
    const auto address = Address::parse(options.address);
    errno = EINVAL;
    if (!address) {
        throw listen_failed(options, "not a numeric address");
    }
    sockaddr_storage name{};
    const socklen_t size = Endpoint{*address, options.port}.to_sockaddr(name);
    fd_ = ::socket(name.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd_ < 0) {
        throw listen_failed(options, "socket");
    }
    switch_on(fd_, SOL_SOCKET, SO_REUSEADDR);
    switch_on(fd_, IPPROTO_TCP, TCP_NODELAY);  // accepted sockets inherit it
    if (options.sharing == PortSharing::shared) {
        switch_on(fd_, SOL_SOCKET, SO_REUSEPORT);
    }
    const bool bound = ::bind(fd_, reinterpret_cast<const sockaddr*>(&name), size) == 0;
    if (!bound || ::listen(fd_, options.backlog) != 0 || !loop_.poller().add(fd_, *this)) {
        const Failure failure = listen_failed(options, bound ? "listen" : "bind");
        ::close(fd_);
        throw failure;
    }
    local_ = local_of(fd_);
}

Listener::~Listener() {
    *self_ = nullptr;
    close();
}

void Listener::close() {
    if (fd_ >= 0) {
        stop();
        loop_.poller().remove(fd_, *this);
        ::close(fd_);
        fd_ = -1;
    }
}

void Listener::on_events(std::uint32_t) { accept_some(); }
void Listener::on_timer() { accept_some(); }

void Listener::accept_some() {
    for (int count = 0; fd_ >= 0 && count < accepts_in_a_row_max; ++count) {
        sockaddr_storage name{};
        socklen_t size = sizeof name;
        const int fd =
            ::accept4(fd_, reinterpret_cast<sockaddr*>(&name), &size, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd >= 0) {
            on_accept_(Stream{loop_, fd, Endpoint::from_sockaddr(name)});
            continue;
        }
        if (errno == EAGAIN || errno == EWOULDBLOCK) {
            return;
        }
        if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
            log_warn({.service = "net"}, "cannot accept connections for now",
                     {{"error", std::strerror(errno)}, {"port", local_.port}});
            start(loop_, rest_time);
            return;
        }
        // ECONNABORTED and the like: that one connection is gone already.
    }
    if (fd_ >= 0) {
        // Let others run before the rest of the queue.
        loop_.defer([self = self_] {
            if (*self != nullptr) {
                (*self)->accept_some();
            }
        });
    }
}

}  // namespace loquat::net
