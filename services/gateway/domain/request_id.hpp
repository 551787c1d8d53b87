#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace loquat::gateway {

// True for what may be kept of an X-Request-Id that came in: 1 to 64 of [A-Za-z0-9._-].
bool is_sane_request_id(std::string_view id);

// Makes ids of 15 characters for one loop: 8 random ones of this start (40 bits), then a counter.
// Unique, and no system call a request.
class RequestIds {
  public:
    static constexpr std::size_t size = 15;
    using Text = std::array<char, size>;

    RequestIds();
    Text next();

  private:
    std::array<char, 8> prefix_;
    std::uint64_t counter_ = 0;
};

}  // namespace loquat::gateway
