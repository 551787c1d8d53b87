#pragma once
#include <functional>

#include "aio/keyed_mutex.hpp"
#include "base/clock.hpp"
#include "contracts/shop/settings.hpp"
#include "services/cart/config.hpp"
#include "services/cart/domain/buying.hpp"
#include "services/cart/domain/changes.hpp"
#include "services/cart/ports.hpp"

namespace loquat::cart {

// The use cases: what people do to their carts, and what a checkout does.  Changes of one cart come
// one after another; what other instances change meanwhile is seen by its revision, and tried
// again.
class Carts final : public contracts::CartApi, public contracts::CartsApi {
  public:
    struct Parts {
        CartStore& store;
        Products& products;
        ShopSessions& sessions;
        const Clock& clock;
    };

    // All references outlive this.
    Carts(Parts parts, Config config, contracts::ShopSettings settings)
        : parts_(parts), settings_(std::move(settings)), turns_(config.changes_waiting_max) {}

    Task<contracts::CartReply> get_cart(contracts::Caller caller,
                                        contracts::CartRef request) override;
    Task<contracts::CartReply> add_to_cart(contracts::Caller caller,
                                           contracts::AddToCart request) override;
    Task<contracts::CartReply> remove_from_cart(contracts::Caller caller,
                                                contracts::RemoveFromCart request) override;
    Task<contracts::CartReply> update_cart(contracts::Caller caller,
                                           contracts::UpdateCart request) override;
    Task<contracts::CartReply> clear_cart(contracts::Caller caller,
                                          contracts::ClearCart request) override;
    Task<contracts::CartReply> put_coupon(contracts::Caller caller,
                                          contracts::PutCoupon request) override;

    Task<contracts::CartReply> get_cart_within(contracts::Caller caller,
                                               contracts::CartRef request) override;
    Task<contracts::CartReply> add_within(contracts::Caller caller,
                                          contracts::AddToCart request) override;
    Task<contracts::CartReply> remove_within(contracts::Caller caller,
                                             contracts::RemoveFromCart request) override;
    Task<contracts::CartReply> update_within(contracts::Caller caller,
                                             contracts::UpdateCart request) override;
    Task<contracts::CartVerdict> validate_cart(contracts::Caller caller,
                                               contracts::CartRef request) override;
    Task<contracts::CartReply> hold_cart(contracts::Caller caller,
                                         contracts::HoldCart request) override;
    Task<void> settle_cart(contracts::Caller caller, contracts::SettleCart request) override;
    Task<contracts::MergedCart> merge_cart(contracts::Caller caller,
                                           contracts::MergeCart request) override;
    Task<void> hand_over_cart(contracts::Caller caller, contracts::HandOverCart request) override;

    // Forgets answers whose day is over; about once a minute.
    Task<void> maintain();

  private:
    // Whose cart may be named: one's own, or, for other services, anybody's.
    enum class Reach { own, any };

    // What is asked, and by whom.
    struct Ask {
        contracts::Caller caller;
        Reach reach = Reach::own;
        std::string session_id;
        std::optional<std::int64_t> expected_version;
        std::string route;
        std::string asked;  // the request, as JSON
    };
    template <class Request>
    static Ask ask_of(contracts::Caller caller, Reach reach, std::string route,
                      const Request& request);
    // What a change is told of the catalogue.
    struct Facts {
        Prices prices;
        std::optional<Offer> wished;
        LineWish line;
    };
    // What is done about it; the names that people use are looked up before.
    struct Act {
        std::string kind;
        std::optional<Wished> wished;             // to be put in
        std::optional<contracts::UpdateCart> of;  // a line that is there, by its names
        std::optional<std::string> coupon;        // a code
        std::function<Changed(CartState&, const Facts&)> apply;
    };

    Task<contracts::CartReply> show(contracts::Caller caller, Reach reach, std::string session_id);
    Task<contracts::CartReply> add(contracts::Caller caller, Reach reach,
                                   contracts::AddToCart request);
    Task<contracts::CartReply> remove(contracts::Caller caller, Reach reach,
                                      contracts::RemoveFromCart request);
    Task<contracts::CartReply> update(contracts::Caller caller, Reach reach,
                                      contracts::UpdateCart request);
    Task<contracts::CartReply> change(Ask ask, Act act);
    // None: it was moved meanwhile.
    Task<std::optional<contracts::CartReply>> try_change(
        const Ask& ask, const Act& act, std::optional<store::KeyedRequest> request);

    // The cart, or an empty one where nothing was ever put into it; 404 for anybody else's.
    Task<LoadedCart> open_cart(contracts::Caller caller, Reach reach, ShopSessionId id,
                               std::optional<LoadedCart> loaded);
    Task<Facts> facts_of(contracts::Caller caller, const LoadedCart& cart, const Act& act);
    Task<Prices> prices_of(contracts::Caller caller, const LoadedCart& cart);
    Task<std::optional<contracts::CartReply>> try_hold(contracts::Caller caller,
                                                       contracts::HoldCart request);
    Task<SaveEnd> drop_coupon(CartState cart);
    Task<SaveEnd> try_settle(contracts::SettleCart request);
    Task<SaveEnd> try_hand_over(contracts::Caller caller, contracts::HandOverCart request);
    Task<std::optional<contracts::MergedCart>> try_merge(contracts::Caller caller,
                                                         ShopSessionId into, ShopSessionId from);

    Parts parts_;
    contracts::ShopSettings settings_;
    store::RunningRequests running_;
    aio::KeyedMutex<ShopSessionId> turns_;
};

}  // namespace loquat::cart
