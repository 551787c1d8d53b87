#pragma once
#include "base/clock.hpp"

namespace loquat::store {

// Wakes a thread that waits for a socket.
class Wake {
  public:
    Wake();
    ~Wake();
    Wake(const Wake&) = delete;
    Wake& operator=(const Wake&) = delete;

    // Any thread.
    void ring() const;
    // Until it was rung, the socket (-1: none) can be read, or the deadline.
    void wait(int socket, Steady deadline) const;

  private:
    int event_;
};

}  // namespace loquat::store
