#pragma once
#include <sys/uio.h>

#include <memory>
#include <span>

#include "aio/poller.hpp"
#include "net/stream.hpp"
#include "net/tls/session.hpp"

namespace loquat::net {

// What is behind a Stream: the descriptor, what is known of its readiness, and who waits.  Only for
// net/ itself.
class Socket final : aio::Polled, public std::enable_shared_from_this<Socket> {
  public:
    // Takes over `fd`; non-blocking.
    Socket(aio::Loop& loop, int fd, const Endpoint& peer);
    ~Socket();

    // The bare connection, below TLS.  A read that fills less than its space, or a write that takes
    // less than it was given, has shown the end: the next one needs no system call to know that it
    // would block.
    IoResult receive(std::span<char> into);
    // The next byte, which stays where it is.
    IoResult peek(char& byte);
    IoResult send(std::span<const iovec> parts);
    IoResult finish_connect();

    void wait(Way way, Waiter waiter);
    bool forget(Way way);
    // Ends a wait from the loop, never from inside the call.
    void finish(Way way, Wake why);
    // Deregisters and closes; waits end as aborted.
    void close();

    aio::Loop& loop() const { return loop_; }
    int fd() const { return fd_; }
    const Endpoint& peer() const { return peer_; }
    bool is_hung_up() const { return hung_up_; }
    bool may_be_readable() const { return may_read_; }
    void on_hang_up(std::move_only_function<void()> call);

    std::unique_ptr<tls::Session> tls;

  private:
    void on_events(std::uint32_t events) override;
    // Of a call that reads.
    IoResult to_result(ssize_t count);
    Waiter& waiter(Way way) { return way == Way::read ? reader_ : writer_; }

    aio::Loop& loop_;
    int fd_;
    bool may_read_ = true;
    bool may_write_ = true;
    bool hung_up_ = false;
    Endpoint peer_;
    Waiter reader_;
    Waiter writer_;
    std::unique_ptr<std::move_only_function<void()>> hang_up_call_;
};

}  // namespace loquat::net
