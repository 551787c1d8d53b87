#pragma once
#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>

#include <array>
#include <cstdint>
#include <memory>

#include "aio/loop.hpp"

struct epoll_event;

namespace loquat::net {

// What the poller tells of.  `events` are epoll bits since the last call.
class Polled {
  public:
    virtual void on_events(std::uint32_t events) = 0;

  protected:
    ~Polled() = default;
};

// One epoll set per loop, inside Asio's.  A descriptor is registered once, edge-triggered for both
// ways, and costs no system call afterwards; waiting through Asio costs one epoll_ctl each time and
// 170 bytes a socket. The set itself is one descriptor of Asio's, so that everything still runs in
// the one loop.
class Poller final : public boost::asio::execution_context::service {
  public:
    static inline boost::asio::execution_context::id id;

    explicit Poller(boost::asio::execution_context& context);
    ~Poller();

    // The poller of this loop; made at the first call.  It must not be the last that touches the
    // loop.
    static Poller& of(aio::Loop& loop);

    // `polled` stays where it is until `remove`.  False: no memory or too many watches (errno).
    bool add(int fd, Polled& polled);
    // After it no event reaches `polled`, also none of the batch that is being handed out.
    void remove(int fd, Polled& polled);

    aio::Loop& loop() { return *loop_; }

  private:
    struct Gate;
    static constexpr int batch_max = 256;
    static constexpr int rounds_max = 4;

    void shutdown() override;
    void watch();
    void hand_out();
    bool fetch();

    aio::Loop* loop_ = nullptr;
    int set_ = -1;
    std::unique_ptr<Gate> gate_;
    std::unique_ptr<epoll_event[]> batch_;
    int batch_size_ = 0;
    int batch_next_ = 0;
};

}  // namespace loquat::net
