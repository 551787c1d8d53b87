#pragma once
#include <algorithm>
#include <chrono>

#include "base/clock.hpp"

namespace loquat::net::http::h2 {

// What a client may do on one connection that costs this side something and brings nobody anything:
// requests taken back before they were answered, frames without effect.  Each takes patience, time
// brings it back; whoever has used it up is cut off (RFC 9113 section 10.5).
class Patience {
  public:
    static constexpr int full = 2'000;
    static constexpr int per_second = 200;

    // Of one thing.  A page that is left takes back a hundred requests at once, and may do so
    // often.
    static constexpr int taken_back = 10;  // RST_STREAM of what was not answered
    static constexpr int invalid = 50;     // a frame that must be refused
    static constexpr int without_use = 2;  // an empty DATA, PING, SETTINGS, PRIORITY, unknown type
    static constexpr int window_update = 1;

    explicit Patience(Steady now) : at_(now) {}

    // False when there is none left.
    bool spend(int cost, Steady now) {
        using Seconds = std::chrono::duration<double>;
        const double earned = Seconds{now - at_}.count() * per_second;
        left_ = std::min<double>(full, left_ + std::max(0.0, earned));
        at_ = std::max(at_, now);
        left_ -= cost;
        return left_ >= 0;
    }
    // What was of use makes up for as many frames that go with it.
    void earn(int gain) { left_ = std::min<double>(full, left_ + gain); }

  private:
    double left_ = full;
    Steady at_;
};

}  // namespace loquat::net::http::h2
