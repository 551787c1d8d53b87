#pragma once
#include <chrono>
#include <cstdint>
#include <vector>

#include "wire/json.hpp"

namespace loquat::bench {

// Durations of single operations; keeps all of them, up to four million.
class Samples {
  public:
    void add(std::chrono::nanoseconds took) {
        if (nanoseconds_.size() < most) {
            nanoseconds_.push_back(took.count());
        }
    }
    void clear() { nanoseconds_.clear(); }
    std::size_t size() const { return nanoseconds_.size(); }
    // {"count","p50_ms","p90_ms","p99_ms","max_ms"}
    wire::Value to_value() const;

  private:
    static constexpr std::size_t most = 4'000'000;
    std::vector<std::int64_t> nanoseconds_;
};

}  // namespace loquat::bench
