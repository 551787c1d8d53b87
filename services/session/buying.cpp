#include "contracts/core/versions.hpp"
#include "services/session/domain/order.hpp"
#include "services/session/session.hpp"
#include "wire/codec.hpp"

// Checkout and orders.
namespace loquat::session {

using contracts::Caller;
using contracts::CheckoutReply;

namespace {

Failure no_order() { return {Kind::not_found, "order.not_found", "There is no such order."}; }

CheckoutReply to_replayed(store::KeptAnswer answer) {
    CheckoutReply reply{.body = {std::move(answer.body)},
                        .status = static_cast<int>(answer.status),
                        .headers = {{"Idempotent-Replayed", "true"}}};
    if (reply.status >= 400) {
        reply.headers.emplace_back("Content-Type", "application/problem+json");
    }
    return reply;
}

}  // namespace

// A checkout says under names of its own what store/sql/kept_answers.hpp says about keys.
store::RunningRequests::Turn ShopSessions::begin_here(const store::KeyedRequest& keyed) {
    try {
        return running_.begin(keyed);
    } catch (const Failure&) {
        throw Failure{Kind::conflict, "checkout.in_progress",
                      "A checkout of this session is running. Wait for its end."};
    }
}

Task<std::optional<store::KeptAnswer>> ShopSessions::find_answer(store::KeyedRequest keyed) {
    std::optional<store::KeptAnswer> answer;
    bool is_reused = false;
    try {
        answer = co_await parts_.store.find_answer(std::move(keyed));
    } catch (const Failure& failure) {
        is_reused = failure.code == "request.key_reused";
        if (!is_reused) {
            throw;
        }
    }
    if (is_reused) {
        throw Failure{Kind::invalid, "checkout.key_reused",
                      "This Idempotency-Key was used for another checkout."};
    }
    co_return answer;
}

Task<CheckoutReply> ShopSessions::check_out(Caller caller, contracts::CheckoutRequest request) {
    const UserId me = caller.shopper_id();
    const Time now = parts_.clock.now();
    request.expected_version = contracts::expected_version(caller, request.expected_version);
    const auto keyed = store::KeyedRequest::of(caller, checkout_route, wire::encode(request), now);
    std::optional<store::RunningRequests::Turn> running;
    if (keyed) {
        running.emplace(begin_here(*keyed));
        auto answer = co_await find_answer(*keyed);
        if (answer) {
            co_return to_replayed(*std::move(answer));
        }
    }
    const SessionRow session = co_await own(caller, request.session_id);
    parts_.payments.check(request.payment);
    CheckoutRow checkout{.id = CheckoutId::make(),
                         .session = session.id,
                         .request = std::move(request),
                         .keyed = keyed,
                         .changed_at = now};
    const BeginEnd begun = co_await parts_.store.begin(checkout);
    if (begun != BeginEnd::begun) {
        const auto latest = co_await parts_.store.find(session.id);
        const SessionRow seen = latest.value_or(session);
        if (seen.owner != me) {
            throw no_order();
        }
        throw not_active(status_of(seen), seen.order);
    }
    co_return co_await parts_.checkouts.run(std::move(caller), std::move(checkout));
}

Task<OrderRow> ShopSessions::own_order(Caller caller, std::string ref) {
    const UserId me = caller.shopper_id();
    const auto id = contracts::parse_ref<OrderId>(ref, "order");
    std::optional<OrderRow> order;
    if (id) {
        order = co_await parts_.store.find_order(*id);
    }
    if (!order || order->owner != me) {
        throw no_order();
    }
    co_return *std::move(order);
}

Task<contracts::Page<contracts::Order>> ShopSessions::list_orders(Caller caller,
                                                                  contracts::ListOrders request) {
    const UserId me = caller.shopper_id();
    std::optional<OrderId> before;
    if (request.cursor) {
        before = OrderId::parse(*request.cursor);
        if (!before) {
            throw invalid_field("cursor", "unknown", "is none of this list");
        }
    }
    const auto limit = static_cast<std::size_t>(request.limit);
    auto orders = co_await parts_.store.list_orders(me, before, limit + 1);
    contracts::Page<contracts::Order> page;
    if (orders.size() > limit) {
        orders.pop_back();
        page.next_cursor = orders.back().order.order_id.to_string();
    }
    for (OrderRow& order : orders) {
        page.items.push_back(std::move(order.order));
    }
    co_return page;
}

Task<contracts::Order> ShopSessions::get_order(Caller caller, contracts::OrderRef request) {
    OrderRow order = co_await own_order(std::move(caller), std::move(request.id));
    co_return std::move(order.order);
}

// The stock is given back after the order is canceled, and again with each repeat: that is done
// once, and an order that could not give it back is asked again by whoever cancels.
Task<contracts::Order> ShopSessions::cancel_order(Caller caller, contracts::OrderRef request) {
    std::optional<OrderRow> order;
    if (caller.role == contracts::Role::admin) {
        const auto id = contracts::parse_ref<OrderId>(request.id, "order");
        if (id) {
            order = co_await parts_.store.find_order(*id);
        }
        if (!order) {
            throw no_order();
        }
    } else {
        order = co_await own_order(caller, std::move(request.id));
    }
    const Time now = parts_.clock.now();
    const bool is_paid = order->order.status == contracts::OrderStatus::paid;
    const bool is_late = now > order->order.created_at + settings_.cancel_seconds;
    if (is_paid && is_late && caller.role != contracts::Role::admin) {
        throw Failure{Kind::conflict, "order.not_cancelable",
                      "This order is too old to be canceled here."};
    }
    co_await parts_.store.cancel(order->order.order_id, now);
    co_await parts_.floor.return_stock(std::move(caller), order->checkout);
    order->order.status = contracts::OrderStatus::canceled;
    co_return std::move(order->order);
}

}  // namespace loquat::session
