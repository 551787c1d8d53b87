#pragma once
#include <string>
#include <string_view>

#include "runtime/rights/tokens.hpp"

namespace loquat::gateway {

// What the gateway needs to know of tokens; runtime::Tokens, or a fake in tests.
class TokenCheck {
  public:
    struct Counts {
        std::uint64_t hits = 0;
        std::uint64_t misses = 0;
    };

    virtual ~TokenCheck() = default;
    // At once, with the keys that are known.
    virtual runtime::Tokens::Result verify_now(std::string_view token) = 0;
    // May ask for new keys first.
    virtual Task<runtime::Tokens::Result> verify(std::string token) = 0;
    virtual Counts counts() const = 0;
};

}  // namespace loquat::gateway
