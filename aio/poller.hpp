#pragma once
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>

struct epoll_event;

namespace loquat::aio {

// What the poller tells of.  `events` are epoll bits since the last call.
class Polled {
  public:
    virtual void on_events(std::uint32_t events) = 0;

  protected:
    ~Polled() = default;
};

// The epoll set of a loop, and all that the loop ever waits in.  A descriptor is registered once,
// edge-triggered for both ways, and costs no system call afterwards.  Loop thread only, but for
// `wake`.
class Poller {
  public:
    Poller();
    ~Poller();
    Poller(const Poller&) = delete;
    Poller& operator=(const Poller&) = delete;

    // `polled` stays where it is until `remove`.  False: no memory or too many watches (errno).
    bool add(int fd, Polled& polled);
    // After it no event reaches `polled`, also none of the batch that is being handed out.
    void remove(int fd, Polled& polled);

    // Waits for events, at most so long (none: for ever), and hands out a batch.  False when there
    // was nothing.
    bool wait(std::optional<std::chrono::nanoseconds> time_max);
    // Any thread: ends a wait that is under way, or the next one.
    void wake();

  private:
    static constexpr int batch_max = 256;

    int set_ = -1;
    int wake_ = -1;
    std::unique_ptr<epoll_event[]> batch_;
    int batch_size_ = 0;
    int batch_next_ = 0;
};

}  // namespace loquat::aio
