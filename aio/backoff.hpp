#pragma once
#include <chrono>

namespace loquat::aio {

// Waiting times between tries: full jitter, a random time up to a bound that doubles each time up
// to `most` (Brooker, "Exponential Backoff And Jitter", 2015).
class Backoff {
  public:
    Backoff(std::chrono::milliseconds first, std::chrono::milliseconds most)
        : first_(first), most_(most), bound_(first) {}

    std::chrono::milliseconds next();
    void reset() { bound_ = first_; }

  private:
    std::chrono::milliseconds first_;
    std::chrono::milliseconds most_;
    std::chrono::milliseconds bound_;
};

}  // namespace loquat::aio
