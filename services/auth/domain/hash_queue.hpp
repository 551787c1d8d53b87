#pragma once
#include <cstddef>

#include "base/clock.hpp"

namespace loquat::auth {

// Who may wait for a password hash.  Bounded by number and by time: whoever would wait longer than
// a caller waits is told at once, and when to come back.  One loop.
class HashQueue {
  public:
    struct Rules {
        std::size_t threads = 2;
        std::size_t waiting_max = 1000;  // with those that are computed
        std::chrono::milliseconds wait_max{8000};
    };

    explicit HashQueue(Rules rules) : rules_(rules) {}

    // One hash from admission until it is computed or given up.
    class Place {
      public:
        explicit Place(HashQueue& queue) : queue_(queue) { ++queue_.taken_; }
        ~Place() { --queue_.taken_; }
        Place(const Place&) = delete;
        Place& operator=(const Place&) = delete;

      private:
        HashQueue& queue_;
    };

    // Fails with `server.overloaded` (503).  Its Retry-After is when the queue will have come to
    // whoever is refused: each of a burst is told a later moment than the one before.  Its
    // `queue_position` is how many are in front.
    void check(Steady now);
    // The same refusal for one who was let in, and for whom `wait_max` passed before a thread was
    // free: hashes take longer than they did.
    [[noreturn]] void refuse(Steady now);
    std::chrono::milliseconds wait_max() const { return rules_.wait_max; }
    // What one hash took to compute.
    void note(std::chrono::nanoseconds took);

    std::size_t taken() const { return taken_; }

  private:
    std::chrono::nanoseconds each() const;

    Rules rules_;
    std::size_t taken_ = 0;
    std::chrono::nanoseconds mean_{std::chrono::milliseconds{50}};
    Steady promised_until_{};  // places behind the queue were promised up to here
};

}  // namespace loquat::auth
