#pragma once
#include "contracts/shop/settings.hpp"
#include "services/session/checkouts.hpp"

namespace loquat::session {

// The use cases: whose shopping session is whose, and what is bought in it.
class ShopSessions final : public contracts::SessionApi, public contracts::SessionsApi {
  public:
    struct Parts {
        SessionStore& store;
        ShopFloor& floor;
        Checkouts& checkouts;
        Payments& payments;
        const Clock& clock;
    };

    // All references outlive this.
    ShopSessions(Parts parts, contracts::ShopSettings settings)
        : parts_(parts), settings_(std::move(settings)) {}

    Task<contracts::Reply<contracts::ShopSession>> create_session(
        contracts::Caller caller, contracts::CreateShopSession request) override;
    Task<contracts::ShopSession> get_session(contracts::Caller caller,
                                             contracts::ShopSessionRef request) override;
    Task<contracts::ShopSession> claim_session(contracts::Caller caller,
                                               contracts::ClaimShopSession request) override;
    Task<contracts::CheckoutReply> check_out(contracts::Caller caller,
                                             contracts::CheckoutRequest request) override;
    Task<contracts::Page<contracts::Order>> list_orders(contracts::Caller caller,
                                                        contracts::ListOrders request) override;
    Task<contracts::Order> get_order(contracts::Caller caller,
                                     contracts::OrderRef request) override;
    Task<contracts::Order> cancel_order(contracts::Caller caller,
                                        contracts::OrderRef request) override;

    Task<contracts::ShopSession> get_session_within(contracts::Caller caller,
                                                    contracts::ShopSessionRef request) override;
    Task<contracts::SessionVerdict> validate_session(contracts::Caller caller,
                                                     contracts::ValidateSession request) override;

    // Forgets answers whose day is over; about once a minute.
    Task<void> maintain();

  private:
    Task<contracts::ShopSession> view_of(contracts::Caller caller, SessionRow session);
    ShopSessionStatus status_of(const SessionRow& session) const;
    // 404 for anybody else's.
    Task<SessionRow> own(contracts::Caller caller, std::string ref);
    Task<OrderRow> own_order(contracts::Caller caller, std::string ref);
    void check_claimable(const SessionRow& session, UserId claimer) const;
    Task<contracts::ShopSession> merge_into(contracts::Caller caller, SessionRow from,
                                            ShopSessionId into);
    Task<contracts::ShopSession> take_over(contracts::Caller caller, SessionRow session);
    store::RunningRequests::Turn begin_here(const store::KeyedRequest& keyed);
    Task<std::optional<store::KeptAnswer>> find_answer(store::KeyedRequest keyed);

    Parts parts_;
    contracts::ShopSettings settings_;
    store::RunningRequests running_;
};

}  // namespace loquat::session
