#pragma once
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.hpp"
#include "net/jose/key.hpp"
#include "runtime/rights/tokens.hpp"
#include "services/gateway/domain/identity_fields.hpp"

namespace loquat::gateway {

std::string_view role_name(contracts::Role role);

// Tokens that tell servers behind who asks: signed with a key that Loquat itself accepts nowhere,
// for one audience, good for a minute.  Made once for a session and audience and used again for
// half of that time.  One loop.
class IdentityTokens {
  public:
    static constexpr std::chrono::seconds lifetime{60};
    static constexpr std::size_t entries_max = 4'096;

    IdentityTokens(const Clock& clock, net::jose::Key key, std::string issuer);

    // Valid until the next call.
    std::string_view token_for(const runtime::Tokens::Identity& who, std::string_view audience);

  private:
    struct Entry {
        std::string token;
        Time made_at;
    };

    std::string make(const runtime::Tokens::Identity& who, std::string_view audience,
                     Time now) const;

    const Clock& clock_;
    net::jose::Key key_;
    std::string issuer_;
    std::unordered_map<std::string, Entry> entries_;
    std::string scratch_;
};

}  // namespace loquat::gateway
