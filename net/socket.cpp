#include "net/socket.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "base/check.hpp"

namespace loquat::net {
namespace {

bool would_block(int error) { return error == EAGAIN || error == EWOULDBLOCK || error == EINTR; }

// One part needs no message header to be copied into the kernel and checked there.
ssize_t send_now(int fd, std::span<const iovec> parts) {
    if (parts.size() == 1) {
        return ::send(fd, parts[0].iov_base, parts[0].iov_len, MSG_NOSIGNAL);
    }
    msghdr message{};
    message.msg_iov = const_cast<iovec*>(parts.data());
    message.msg_iovlen = parts.size();
    return ::sendmsg(fd, &message, MSG_NOSIGNAL);
}

}  // namespace

Socket::Socket(aio::Loop& loop, int fd, const Endpoint& peer) : loop_(loop), fd_(fd), peer_(peer) {
    if (!loop_.poller().add(fd_, *this)) {
        hung_up_ = true;  // the first read or wait tells
    }
}

Socket::~Socket() { close(); }

IoResult Socket::receive(std::span<char> into) {
    if (!may_read_) {
        return {};
    }
    const IoResult result = to_result(::recv(fd_, into.data(), into.size(), 0));
    if (result.state == Io::bytes) {
        // A hang-up that was told before has no second edge.
        may_read_ = result.bytes == into.size() || hung_up_;
    }
    return result;
}

IoResult Socket::peek(char& byte) {
    return may_read_ ? to_result(::recv(fd_, &byte, 1, MSG_PEEK)) : IoResult{};
}

IoResult Socket::to_result(ssize_t count) {
    if (count > 0) {
        return {Io::bytes, static_cast<std::size_t>(count)};
    }
    if (count == 0) {
        return {Io::closed};
    }
    if (would_block(errno)) {
        may_read_ = errno == EINTR;
        return {};
    }
    return {Io::error, 0, errno};
}

IoResult Socket::send(std::span<const iovec> parts) {
    if (!may_write_) {
        return {};
    }
    const ssize_t count = send_now(fd_, parts);
    if (count > 0) {
        return {Io::bytes, static_cast<std::size_t>(count)};
    }
    if (count == 0 || would_block(errno)) {
        may_write_ = count < 0 && errno == EINTR;
        return {};
    }
    if (errno == EPIPE) {
        return {Io::closed};
    }
    return {Io::error, 0, errno};
}

IoResult Socket::finish_connect() {
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd_, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error != 0) {
        return {Io::error, 0, error};
    }
    sockaddr_storage peer{};
    socklen_t peer_size = sizeof peer;
    if (::getpeername(fd_, reinterpret_cast<sockaddr*>(&peer), &peer_size) == 0) {
        may_write_ = true;
        return {Io::bytes};
    }
    may_write_ = false;
    return {};
}

void Socket::wait(Way way, Waiter call) {
    LOQUAT_CHECK(!waiter(way), "a stream has one waiter for each way");
    waiter(way) = std::move(call);
    const bool ready = way == Way::read ? may_read_ : may_write_;
    const bool never = fd_ < 0;
    if (ready || never) {
        loop_.defer([weak = weak_from_this(), way, never] {
            if (auto self = weak.lock()) {
                if (auto pending = std::move(self->waiter(way))) {
                    pending(never ? Wake::aborted : Wake::ready);
                }
            }
        });
    }
}

bool Socket::forget(Way way) {
    const bool waited = static_cast<bool>(waiter(way));
    waiter(way) = nullptr;
    return waited;
}

void Socket::finish(Way way, Wake why) {
    if (!waiter(way)) {
        return;
    }
    loop_.defer([pending = std::move(waiter(way)), why]() mutable { pending(why); });
    waiter(way) = nullptr;
}

void Socket::close() {
    if (fd_ < 0) {
        return;
    }
    loop_.poller().remove(fd_, *this);
    ::close(fd_);
    fd_ = -1;
    may_read_ = false;
    may_write_ = false;
    hang_up_call_.reset();
    finish(Way::read, Wake::aborted);
    finish(Way::write, Wake::aborted);
}

void Socket::on_hang_up(std::move_only_function<void()> call) {
    if (!call) {
        hang_up_call_.reset();
        return;
    }
    hang_up_call_ = std::make_unique<std::move_only_function<void()>>(std::move(call));
    if (hung_up_) {
        loop_.defer([weak = weak_from_this()] {
            auto self = weak.lock();
            if (self && self->hang_up_call_) {
                auto pending = std::move(self->hang_up_call_);
                (*pending)();
            }
        });
    }
}

void Socket::on_events(std::uint32_t events) {
    const auto self = shared_from_this();  // a callback may drop the stream
    const bool broken = (events & (EPOLLERR | EPOLLHUP)) != 0;
    const bool hang_up = broken || (events & EPOLLRDHUP) != 0;
    may_read_ = may_read_ || hang_up || (events & EPOLLIN) != 0;
    may_write_ = may_write_ || broken || (events & EPOLLOUT) != 0;
    hung_up_ = hung_up_ || hang_up;
    // TLS may need to write in order to read, and the other way round: let both try.
    const bool both = tls != nullptr;
    if (reader_ && (may_read_ || both)) {
        auto pending = std::exchange(reader_, nullptr);
        pending(Wake::ready);
    }
    if (writer_ && (may_write_ || both)) {
        auto pending = std::exchange(writer_, nullptr);
        pending(Wake::ready);
    }
    if (hung_up_ && hang_up_call_) {
        auto pending = std::move(hang_up_call_);
        (*pending)();
    }
}

}  // namespace loquat::net
