#include "services/session/domain/order.hpp"

#include "wire/codec.hpp"

namespace loquat::session {
namespace {

constexpr std::size_t named_max = 5;

std::string summary_of(const contracts::Cart& cart) {
    std::string summary;
    for (std::size_t i = 0; i < cart.lines.size() && i < named_max; ++i) {
        summary += (i == 0 ? "" : ", ") + std::to_string(cart.lines[i].quantity) + " × " +
                   cart.lines[i].name;
    }
    if (cart.lines.size() > named_max) {
        summary += " and " + std::to_string(cart.lines.size() - named_max) + " more";
    }
    return summary + ": " + cart.totals.total.text.value_or("");
}

}  // namespace

contracts::Order order_of(const contracts::Cart& cart, const std::optional<std::string>& email,
                          Time now) {
    return {.order_id = contracts::OrderId::make(),
            .session_id = cart.session_id,
            .next_session_id = contracts::ShopSessionId::make(),
            .status = contracts::OrderStatus::paid,
            .lines = cart.lines,
            .totals = cart.totals,
            .email = email,
            .created_at = now,
            .summary = summary_of(cart)};
}

Failure not_active(contracts::ShopSessionStatus status,
                   const std::optional<contracts::OrderId>& order) {
    if (status == contracts::ShopSessionStatus::checking_out) {
        return {Kind::conflict, "checkout.in_progress",
                "A checkout of this session is running. Wait for its end."};
    }
    Failure failure{Kind::conflict, "session.not_active",
                    "This shopping session is over. Go on in a new one."};
    failure.extra.emplace_back("session_status", wire::enum_name(status));
    if (order) {
        failure.extra.emplace_back("order_id", order->to_string());
    }
    return failure;
}

}  // namespace loquat::session
