#pragma once
#include <cstddef>

namespace loquat {

// A size of memory that people choose; made explicitly, as a duration is.
class Mebibytes {
  public:
    constexpr Mebibytes() = default;
    constexpr explicit Mebibytes(std::size_t count) : count_(count) {}

    constexpr std::size_t count() const { return count_; }
    // `count` must be below 2^44.
    constexpr std::size_t bytes() const { return count_ << 20; }

    friend constexpr bool operator==(Mebibytes, Mebibytes) = default;

  private:
    std::size_t count_ = 0;
};

}  // namespace loquat
