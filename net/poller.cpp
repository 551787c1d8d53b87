#include "net/poller.hpp"

#include <sys/epoll.h>
#include <unistd.h>

#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <cerrno>
#include <system_error>

namespace loquat::net {

struct Poller::Gate {
    explicit Gate(boost::asio::io_context& context, int set) : descriptor(context, set) {}

    boost::asio::posix::basic_stream_descriptor<boost::asio::io_context::executor_type> descriptor;
};

Poller::Poller(boost::asio::execution_context& context)
    : service(context),
      set_(epoll_create1(EPOLL_CLOEXEC)),
      batch_(std::make_unique<epoll_event[]>(batch_max)) {
    if (set_ < 0) {
        throw std::system_error{errno, std::generic_category(), "epoll_create1"};
    }
    gate_ = std::make_unique<Gate>(static_cast<boost::asio::io_context&>(context), set_);
}

Poller::~Poller() = default;

Poller& Poller::of(aio::Loop& loop) {
    auto& poller = boost::asio::use_service<Poller>(loop.context());
    if (poller.loop_ == nullptr) {
        poller.loop_ = &loop;
        poller.watch();
    }
    return poller;
}

void Poller::shutdown() { gate_.reset(); }

bool Poller::add(int fd, Polled& polled) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.ptr = &polled;
    return epoll_ctl(set_, EPOLL_CTL_ADD, fd, &event) == 0;
}

void Poller::remove(int fd, Polled& polled) {
    // After shutdown the set is closed; a descriptor that outlives it is only closed.
    if (gate_) {
        epoll_event unused{};
        epoll_ctl(set_, EPOLL_CTL_DEL, fd, &unused);
    }
    for (int i = batch_next_; i < batch_size_; ++i) {
        if (batch_[static_cast<std::size_t>(i)].data.ptr == &polled) {
            batch_[static_cast<std::size_t>(i)].data.ptr = nullptr;
        }
    }
}

void Poller::watch() {
    auto ready = [this](const boost::system::error_code& error) {
        if (!error) {
            hand_out();
        }
    };
    gate_->descriptor.async_wait(boost::asio::posix::descriptor_base::wait_read, ready);
}

void Poller::hand_out() {
    // While one batch was handed out the next events have often come; to look costs one system
    // call, to go back through Asio costs three.  The rounds are few, so that posted work and
    // timers are not kept waiting.
    for (int round = 0; round < rounds_max && fetch(); ++round) {
        while (batch_next_ < batch_size_) {
            const epoll_event event = batch_[static_cast<std::size_t>(batch_next_++)];
            if (event.data.ptr != nullptr) {
                static_cast<Polled*>(event.data.ptr)->on_events(event.events);
            }
        }
    }
    watch();
}

bool Poller::fetch() {
    batch_next_ = 0;
    batch_size_ = 0;  // nothing may be found in the old batch while the new one is fetched
    batch_size_ = epoll_wait(set_, batch_.get(), batch_max, 0);
    return batch_size_ > 0;
}

}  // namespace loquat::net
