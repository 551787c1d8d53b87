#pragma once
#include "runtime/rights/tokens.hpp"
#include "services/realtime/ports.hpp"

namespace loquat::realtime {

// Tokens as the platform verifies them.
class TokenVerifier final : public TokenPort {
  public:
    explicit TokenVerifier(runtime::Tokens& tokens) : tokens_(tokens) {}

    Task<Identity> verify(std::string token) override {
        const auto verified = co_await tokens_.verify(std::move(token));
        if (!verified) {
            throw Failure{verified.error()};
        }
        co_return Identity{verified->user,     verified->session,   verified->role,
                           verified->username, verified->issued_at, verified->expires_at};
    }

  private:
    runtime::Tokens& tokens_;
};

}  // namespace loquat::realtime
