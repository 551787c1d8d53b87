#pragma once
#include "contracts/core/client.hpp"
#include "contracts/session/sessions.hpp"
#include "services/cart/ports.hpp"

namespace loquat::cart {

// The session service.
class SessionClient final : public ShopSessions {
  public:
    explicit SessionClient(contracts::Client<contracts::SessionsApi> sessions)
        : sessions_(std::move(sessions)) {}

    Task<std::optional<SessionFacts>> find(contracts::Caller caller, ShopSessionId id) override {
        contracts::ValidateSession request{.session_id = id.to_string()};
        const auto verdict = co_await sessions_.call<&contracts::SessionsApi::validate_session>(
            std::move(caller), std::move(request));
        const auto currency = Currency::parse(verdict.currency.value_or(""));
        if (!verdict.user_id || !currency || !verdict.expires_at) {
            co_return std::nullopt;
        }
        co_return SessionFacts{*verdict.user_id, *currency, *verdict.expires_at};
    }

  private:
    contracts::Client<contracts::SessionsApi> sessions_;
};

}  // namespace loquat::cart
