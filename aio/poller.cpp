#include "aio/poller.hpp"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <limits>
#include <system_error>

namespace loquat::aio {
namespace {

int checked(int fd, const char* what) {
    if (fd < 0) {
        throw std::system_error{errno, std::generic_category(), what};
    }
    return fd;
}

// Rounded up, so that what is due then is due.
int to_timeout(std::optional<std::chrono::nanoseconds> time_max) {
    if (!time_max) {
        return -1;
    }
    const auto ms = std::chrono::ceil<std::chrono::milliseconds>(*time_max).count();
    return static_cast<int>(std::clamp<std::int64_t>(ms, 0, std::numeric_limits<int>::max()));
}

}  // namespace

Poller::Poller() : batch_(std::make_unique<epoll_event[]>(batch_max)) {
    set_ = checked(epoll_create1(EPOLL_CLOEXEC), "epoll_create1");
    wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    epoll_event event{};
    event.events = EPOLLIN | EPOLLET;  // never read: each write is an edge
    if (wake_ < 0 || epoll_ctl(set_, EPOLL_CTL_ADD, wake_, &event) != 0) {
        const int error = errno;
        ::close(set_);
        ::close(wake_);
        throw std::system_error{error, std::generic_category(), "eventfd"};
    }
}

Poller::~Poller() {
    ::close(wake_);
    ::close(set_);
}

bool Poller::add(int fd, Polled& polled) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &polled;
    return epoll_ctl(set_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Poller::remove(int fd, Polled& polled) {
    epoll_event unused{};
    epoll_ctl(set_, EPOLL_CTL_DEL, fd, &unused);
    for (int i = batch_next_; i < batch_size_; ++i) {
        if (batch_[static_cast<std::size_t>(i)].data.ptr == &polled) {
            batch_[static_cast<std::size_t>(i)].data.ptr = nullptr;
        }
    }
}

bool Poller::wait(std::optional<std::chrono::nanoseconds> time_max) {
    batch_next_ = 0;
    batch_size_ = 0;  // nothing may be found in the old batch while the new one is fetched
    batch_size_ = epoll_wait(set_, batch_.get(), batch_max, to_timeout(time_max));
    const bool some = batch_size_ > 0;
    while (batch_next_ < batch_size_) {
        const epoll_event event = batch_[static_cast<std::size_t>(batch_next_++)];
        if (event.data.ptr != nullptr) {
            static_cast<Polled*>(event.data.ptr)->on_events(event.events);
        }
    }
    return some;
}

void Poller::wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof one);
}

}  // namespace loquat::aio
