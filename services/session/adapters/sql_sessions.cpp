#include "services/session/adapters/sql_sessions.hpp"

#include "services/session/adapters/session_rows.hpp"
#include "wire/codec.hpp"

namespace loquat::session {
namespace {

// Ends a unit of work without a trace: the checkout is not where the step begins.
struct Undone {};

// What a step says of its session.
void move_session(store::Transaction& transaction, const CheckoutStep& step) {
    if (step.order && step.next) {
        insert_session(transaction, *step.next);
        transaction.execute(
            "UPDATE shop_sessions SET status = 'completed', order_id = $2, next_id = $3 "
            "WHERE checkout_id = $1",
            {step.id, step.order->order.order_id, step.next->id});
    } else if (step.to == CheckoutState::refused) {
        transaction.execute(
            "UPDATE shop_sessions SET status = 'active', checkout_id = NULL WHERE checkout_id = $1",
            {step.id});
    }
}

void insert_order(store::Transaction& transaction, const CheckoutStep& step) {
    const contracts::Order& order = step.order->order;
    transaction.execute(
        "INSERT INTO orders (id, owner_id, checkout_id, status, body, created_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        {order.order_id, step.order->owner, step.id, wire::enum_name(order.status),
         wire::encode(order), order.created_at});
}

void advance_now(store::Transaction& transaction, const CheckoutStep& step) {
    const std::int64_t moved = transaction.execute(
        "UPDATE checkouts SET state = $3, is_over = $4, changed_at = $5, "
        "cart = CASE WHEN $6 = '' THEN cart ELSE $6 END, "
        "refusal = CASE WHEN $7 = '' THEN refusal ELSE $7 END WHERE id = $1 AND state = $2",
        {step.id, wire::enum_name(step.from), wire::enum_name(step.to), is_over(step.to), step.at,
         step.cart, step.refusal});
    if (moved == 0) {
        throw Undone{};
    }
    if (step.order) {
        insert_order(transaction, step);
    }
    move_session(transaction, step);
    if (step.answer) {
        const auto checkout = read_checkout(transaction, step.id);
        if (checkout && checkout->keyed) {
            store::keep_answer(transaction, *checkout->keyed, *step.answer);
        }
    }
}

}  // namespace

Task<bool> SqlSessions::add(SessionRow session, std::optional<Kept> kept) {
    auto work = [session = std::move(session),
                 kept = std::move(kept)](store::Transaction& transaction) {
        if (kept && store::find_answer(transaction, kept->request)) {
            return false;
        }
        insert_session(transaction, session);
        if (kept) {
            store::keep_answer(transaction, kept->request, kept->answer);
        }
        return true;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<std::optional<SessionRow>> SqlSessions::find_of_guest(SessionId guest) {
    auto work = [guest](store::Transaction& transaction) {
        return read_of_guest(transaction, guest);
    };
    co_return co_await database_.read(std::move(work));
}

Task<std::optional<SessionRow>> SqlSessions::find(ShopSessionId id) {
    auto work = [id](store::Transaction& transaction) { return read_session(transaction, id); };
    co_return co_await database_.read(std::move(work));
}

Task<std::optional<SessionRow>> SqlSessions::find_active(UserId owner, Time now) {
    auto work = [owner, now](store::Transaction& transaction) {
        return read_active(transaction, owner, now);
    };
    co_return co_await database_.read(std::move(work));
}

Task<bool> SqlSessions::note_merged(ShopSessionId id, ShopSessionId into) {
    auto work = [id, into](store::Transaction& transaction) {
        return transaction.execute(
                   "UPDATE shop_sessions SET status = 'merged', next_id = $2 WHERE id = $1 AND "
                   "status = 'active'",
                   {id, into}) == 1;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<bool> SqlSessions::hand_over(ShopSessionId id, UserId owner) {
    auto work = [id, owner](store::Transaction& transaction) {
        return transaction.execute(
                   "UPDATE shop_sessions SET owner_id = $2 WHERE id = $1 AND status = 'active'",
                   {id, owner}) == 1;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<std::optional<store::KeptAnswer>> SqlSessions::find_answer(store::KeyedRequest request) {
    auto work = [request = std::move(request)](store::Transaction& transaction) {
        return store::find_answer(transaction, request);
    };
    co_return co_await database_.read(std::move(work));
}

Task<BeginEnd> SqlSessions::begin(CheckoutRow checkout) {
    auto work = [checkout = std::move(checkout)](store::Transaction& transaction) {
        const std::int64_t begun = transaction.execute(
            "UPDATE shop_sessions SET status = 'checking_out', checkout_id = $2 WHERE id = $1 AND "
            "status = 'active' AND expires_at > $3",
            {checkout.session, checkout.id, checkout.changed_at});
        if (begun == 0) {
            return BeginEnd::not_active;
        }
        insert_checkout(transaction, checkout);
        return BeginEnd::begun;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<bool> SqlSessions::advance(CheckoutStep step) {
    auto work = [step = std::move(step)](store::Transaction& transaction) {
        advance_now(transaction, step);
    };
    bool is_done = true;
    try {
        co_await database_.transact(std::move(work));
    } catch (const Undone&) {
        is_done = false;
    }
    co_return is_done;
}

Task<std::optional<CheckoutRow>> SqlSessions::find_checkout(CheckoutId id) {
    auto work = [id](store::Transaction& transaction) { return read_checkout(transaction, id); };
    co_return co_await database_.read(std::move(work));
}

Task<std::vector<CheckoutRow>> SqlSessions::list_unfinished(Time before, std::size_t limit) {
    auto work = [before, limit](store::Transaction& transaction) {
        return read_unfinished(transaction, before, limit);
    };
    co_return co_await database_.read(std::move(work));
}

Task<std::optional<OrderRow>> SqlSessions::find_order(OrderId id) {
    auto work = [id](store::Transaction& transaction) { return read_order(transaction, id); };
    co_return co_await database_.read(std::move(work));
}

Task<std::vector<OrderRow>> SqlSessions::list_orders(UserId owner, std::optional<OrderId> before,
                                                     std::size_t limit) {
    auto work = [owner, before, limit](store::Transaction& transaction) {
        return read_orders(transaction, owner, before, limit);
    };
    co_return co_await database_.read(std::move(work));
}

Task<bool> SqlSessions::cancel(OrderId id, Time at) {
    auto work = [id, at](store::Transaction& transaction) {
        return transaction.execute(
                   "UPDATE orders SET status = 'canceled', canceled_at = $2 WHERE id = $1 AND "
                   "status = 'paid'",
                   {id, at}) == 1;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<void> SqlSessions::clean_up(Time now, std::size_t rows_max) {
    auto work = [now, rows_max](store::Transaction& transaction) {
        store::drop_old_answers(transaction, now, static_cast<std::int64_t>(rows_max));
    };
    co_await database_.transact(std::move(work));
}

}  // namespace loquat::session
