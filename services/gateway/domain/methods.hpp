#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace loquat::gateway {

// A set of request methods.  All that have no name here are one: `other`.
class Methods {
  public:
    static constexpr std::uint16_t get = 1, head = 2, post = 4, put = 8, patch = 16, del = 32,
                                   options = 64, trace = 128, query = 256, other = 512, all = 1023,
                                   served = 127;  // by us somewhere

    constexpr Methods() = default;
    constexpr explicit Methods(std::uint16_t bits) : bits_(bits) {}

    static Methods of(std::string_view method);
    // None for a name that is not one of those above.
    static std::optional<Methods> parse(std::string_view name);

    bool covers(Methods one) const { return (bits_ & one.bits_) != 0; }
    bool empty() const { return bits_ == 0; }
    void add(Methods more) { bits_ = static_cast<std::uint16_t>(bits_ | more.bits_); }
    void remove(Methods some) { bits_ = static_cast<std::uint16_t>(bits_ & ~some.bits_); }
    // GET answers HEAD, and OPTIONS is answered for every path.
    Methods with_implied() const;
    // The value of an Allow field.
    std::string to_string() const;

  private:
    std::uint16_t bits_ = 0;
};

}  // namespace loquat::gateway
