#pragma once
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "services/gateway/config.hpp"

namespace loquat::gateway {

// The addresses of one upstream as one loop sees them: whose turn it is, who rests, and how much
// may be tried again.
//
// An address that fails `eject_after_failures` times in a row rests for `eject_ms`, longer with
// each further time (up to tenfold).  When all rest, all are used again: the failures then say more
// about us. Repeats are limited as gRPC does it (proposal A6): a bucket of ten, one out for each
// failure, a tenth in for each success, and no repeat while it is half empty.
class UpstreamGroup {
  public:
    UpstreamGroup(std::size_t addresses, const UpstreamConfig& config);

    // The next address that does not rest and is not in `tried` (bit i: address i; at most 64
    // addresses); none when each has been tried.
    std::optional<std::size_t> pick(Steady now, std::uint64_t tried);
    void on_success(std::size_t address);
    void on_failure(std::size_t address, Steady now);
    bool may_repeat() const { return tokens_ > tokens_max / 2; }
    std::size_t count_resting(Steady now) const;

  private:
    static constexpr double tokens_max = 10;
    struct Address {
        std::int32_t failures = 0;  // in a row
        std::int32_t ejections = 0;
        Steady rests_until{};
    };

    std::int32_t eject_after_;
    std::chrono::milliseconds rest_;
    double tokens_ = tokens_max;
    std::size_t next_ = 0;
    std::vector<Address> addresses_;
};

}  // namespace loquat::gateway
