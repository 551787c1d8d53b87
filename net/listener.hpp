#pragma once
#include <functional>
#include <memory>
#include <string>

#include "aio/poller.hpp"
#include "net/stream.hpp"

namespace loquat::net {

enum class PortSharing : std::uint8_t {
    exclusive,
    shared,  // SO_REUSEPORT: one listener per loop, the kernel spreads the connections
};

struct ListenOptions {
    std::string address = "127.0.0.1";  // numeric; `::` takes IPv4 too
    std::uint16_t port = 0;             // 0: any free one
    PortSharing sharing = PortSharing::exclusive;
    int backlog = 4096;
};

// Accepts on one loop.  Accepted streams are non-blocking with TCP_NODELAY.  When descriptors or
// memory run out it rests for 100 ms instead of spinning, and logs it once a rest.
class Listener final : aio::Polled, aio::TimerNode {
  public:
    using OnAccept = std::move_only_function<void(Stream)>;

    // Throws Failure `net.listen_failed` (the address is taken, not ours, or not numeric).
    Listener(aio::Loop& loop, const ListenOptions& options, OnAccept on_accept);
    ~Listener();

    // Stops accepting and closes; connections accepted before live on.
    void close();
    bool is_open() const { return fd_ >= 0; }
    const Endpoint& local() const { return local_; }
    std::uint16_t port() const { return local_.port; }

  private:
    void on_events(std::uint32_t events) override;
    void on_timer() override;
    void accept_some();

    aio::Loop& loop_;
    int fd_ = -1;
    Endpoint local_;
    OnAccept on_accept_;
    std::shared_ptr<Listener*> self_;  // empty inside once destroyed; for what is still queued
};

}  // namespace loquat::net
