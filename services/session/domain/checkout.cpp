#include "services/session/domain/checkout.hpp"

#include <algorithm>
#include <array>

namespace loquat::session {
namespace {

struct Step {
    CheckoutState from;
    CheckoutEvent event;
    CheckoutState to;
};

constexpr std::array steps{
    Step{CheckoutState::begun, CheckoutEvent::cart_held, CheckoutState::held},
    Step{CheckoutState::held, CheckoutEvent::stock_reserved, CheckoutState::reserved},
    Step{CheckoutState::reserved, CheckoutEvent::payment_taken, CheckoutState::paid},
    Step{CheckoutState::paid, CheckoutEvent::order_settled, CheckoutState::done},
    Step{CheckoutState::begun, CheckoutEvent::turned_down, CheckoutState::refusing},
    Step{CheckoutState::held, CheckoutEvent::turned_down, CheckoutState::refusing},
    Step{CheckoutState::reserved, CheckoutEvent::turned_down, CheckoutState::refusing},
    Step{CheckoutState::refusing, CheckoutEvent::given_back, CheckoutState::refused},
};

}  // namespace

std::optional<CheckoutState> after(CheckoutState state, CheckoutEvent event) {
    const auto step = std::ranges::find_if(
        steps, [state, event](const Step& one) { return one.from == state && one.event == event; });
    return step == steps.end() ? std::nullopt : std::optional{step->to};
}

}  // namespace loquat::session
