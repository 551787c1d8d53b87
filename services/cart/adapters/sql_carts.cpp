#include "services/cart/adapters/sql_carts.hpp"

#include "wire/codec.hpp"

namespace loquat::cart {
namespace {

#define LOQUAT_CART_COLUMNS                                                                \
    "session_id, owner_id, currency, expires_at, revision, version, status, checkout_id, " \
    "lines, coupon, held, updated_at"
#define LOQUAT_COUPON_COLUMNS                                                            \
    "folded, code, percent, amount, currency, min_total, starts_at, ends_at, max_uses, " \
    "uses, created_at"

// Ends a unit of work without a trace.
struct Undone {
    SaveEnd end;
};

CartStatus to_status(const std::string& text) {
    const auto status = wire::find_enum<CartStatus>(text);
    if (!status) {
        throw Failure{Kind::internal, "store.unexpected_type", "A cart cannot be read.", text};
    }
    return *status;
}

Currency to_currency(const std::string& text) {
    const auto currency = Currency::parse(text);
    if (!currency) {
        throw Failure{Kind::internal, "store.unexpected_type", "A cart cannot be read.", text};
    }
    return *currency;
}

LoadedCart to_cart(const store::Row& row) {
    return {.cart = {.session = row.id<ShopSessionId>(0),
                     .owner = row.id<UserId>(1),
                     .currency = to_currency(row.text(2)),
                     .expires_at = row.time(3),
                     .revision = row.integer(4),
                     .version = row.integer(5),
                     .status = to_status(row.text(6)),
                     .checkout = row.maybe_id<CheckoutId>(7),
                     .lines = wire::from_json<std::vector<Line>>(row.text(8)),
                     .coupon = row.maybe_text(9),
                     .updated_at = row.time(11)},
            .held = row.text(10)};
}

CouponState to_coupon(const store::Row& row) {
    return {.code = row.text(1),
            .folded = row.text(0),
            .percent = row.maybe_integer(2),
            .amount = row.maybe_integer(3),
            .currency = row.text(4),
            .min_total = row.maybe_integer(5),
            .starts_at = row.maybe_time(6),
            .ends_at = row.maybe_time(7),
            .max_uses = row.maybe_integer(8),
            .uses = row.integer(9),
            .created_at = row.time(10)};
}

std::optional<CouponState> read_coupon(store::Transaction& transaction, const std::string& folded) {
    const store::Rows rows = transaction.query(
        "SELECT " LOQUAT_COUPON_COLUMNS " FROM coupons WHERE folded = $1", {folded});
    return rows.empty() ? std::nullopt : std::optional{to_coupon(rows.front())};
}

void write_cart(store::Transaction& transaction, const CartState& cart, const std::string& held,
                const CartEvent& event) {
    const std::string lines = wire::encode(cart.lines);
    const std::string status{wire::enum_name(cart.status)};
    const std::int64_t written =
        cart.revision == 0
            ? transaction.execute(
                  "INSERT INTO carts (" LOQUAT_CART_COLUMNS
                  ") VALUES ($1, $2, $3, $4, 1, $5, $6, $7, $8, $9, $10, $11) "
                  "ON CONFLICT (session_id) DO NOTHING",
                  {cart.session, cart.owner, cart.currency.code(), cart.expires_at, cart.version,
                   status, cart.checkout, lines, cart.coupon, held, cart.updated_at})
            : transaction.execute(
                  "UPDATE carts SET revision = revision + 1, version = $3, status = $4, "
                  "checkout_id = $5, lines = $6, coupon = $7, held = $8, updated_at = $9, "
                  "owner_id = $10 WHERE session_id = $1 AND revision = $2",
                  {cart.session, cart.revision, cart.version, status, cart.checkout, lines,
                   cart.coupon, held, cart.updated_at, cart.owner});
    if (written == 0) {
        throw Undone{SaveEnd::moved};
    }
    transaction.execute(
        "INSERT INTO cart_events (session_id, revision, version, kind, detail, happened_at) "
        "VALUES ($1, $2, $3, $4, $5, $6)",
        {cart.session, cart.revision + 1, cart.version, event.kind, event.detail, cart.updated_at});
}

void hold_use(store::Transaction& transaction, const CouponUse& use) {
    const std::int64_t held = transaction.execute(
        "INSERT INTO coupon_holds (checkout_id, folded) VALUES ($1, $2) "
        "ON CONFLICT (checkout_id) DO NOTHING",
        {use.checkout, use.folded});
    if (held == 0) {
        return;
    }
    const std::int64_t counted = transaction.execute(
        "UPDATE coupons SET uses = uses + 1 WHERE folded = $1 AND "
        "(max_uses IS NULL OR uses < max_uses)",
        {use.folded});
    if (counted == 0) {
        throw Undone{SaveEnd::used_up};
    }
}

// What was held stays counted, or is given back.
void end_use(store::Transaction& transaction, const CouponUse& use) {
    const std::int64_t ended =
        transaction.execute("DELETE FROM coupon_holds WHERE checkout_id = $1 AND folded = $2",
                            {use.checkout, use.folded});
    if (ended != 0 && use.step == UseStep::free) {
        transaction.execute("UPDATE coupons SET uses = uses - 1 WHERE folded = $1 AND uses > 0",
                            {use.folded});
    }
}

void write_all(store::Transaction& transaction, const Saving& saving) {
    for (std::size_t i = 0; i < saving.carts.size(); ++i) {
        write_cart(transaction, saving.carts[i], saving.held[i], saving.event);
    }
    if (saving.use && saving.use->step == UseStep::hold) {
        hold_use(transaction, *saving.use);
    } else if (saving.use) {
        end_use(transaction, *saving.use);
    }
    if (saving.kept) {
        if (store::find_answer(transaction, saving.kept->request)) {
            throw Undone{SaveEnd::moved};
        }
        store::keep_answer(transaction, saving.kept->request, saving.kept->answer);
    }
}

}  // namespace

Task<Loaded> SqlCarts::load(ShopSessionId id, std::optional<store::KeyedRequest> request) {
    auto work = [id, request = std::move(request)](store::Transaction& transaction) {
        Loaded loaded;
        if (request) {
            loaded.answer = store::find_answer(transaction, *request);
        }
        const store::Rows rows = transaction.query(
            "SELECT " LOQUAT_CART_COLUMNS " FROM carts WHERE session_id = $1", {id});
        if (rows.empty()) {
            return loaded;
        }
        loaded.cart = to_cart(rows.front());
        if (loaded.cart->cart.coupon) {
            loaded.cart->coupon = read_coupon(transaction, fold_code(*loaded.cart->cart.coupon));
        }
        return loaded;
    };
    co_return co_await database_.read(std::move(work));
}

Task<SaveEnd> SqlCarts::save(Saving saving) {
    auto work = [saving = std::move(saving)](store::Transaction& transaction) {
        write_all(transaction, saving);
    };
    SaveEnd end = SaveEnd::saved;
    try {
        co_await database_.transact(std::move(work));
    } catch (const Undone& undone) {
        end = undone.end;
    }
    co_return end;
}

Task<std::optional<CouponState>> SqlCarts::find_coupon(std::string folded) {
    auto work = [folded = std::move(folded)](store::Transaction& transaction) {
        return read_coupon(transaction, folded);
    };
    co_return co_await database_.read(std::move(work));
}

Task<bool> SqlCarts::add_coupon(CouponState coupon) {
    auto work = [coupon = std::move(coupon)](store::Transaction& transaction) {
        const std::int64_t added = transaction.execute(
            "INSERT INTO coupons (" LOQUAT_COUPON_COLUMNS
            ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10) ON CONFLICT (folded) DO NOTHING",
            {coupon.folded, coupon.code, coupon.percent, coupon.amount, coupon.currency,
             coupon.min_total, coupon.starts_at, coupon.ends_at, coupon.max_uses,
             coupon.created_at});
        return added == 1;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<std::vector<CouponState>> SqlCarts::list_coupons(std::string after, std::size_t limit) {
    std::vector<store::Value> params{std::move(after), limit};
    const store::Rows rows = co_await database_.query(
        "SELECT " LOQUAT_COUPON_COLUMNS " FROM coupons WHERE folded > $1 ORDER BY folded LIMIT $2",
        std::move(params));
    std::vector<CouponState> coupons;
    for (const store::Row row : rows) {
        coupons.push_back(to_coupon(row));
    }
    co_return coupons;
}

Task<bool> SqlCarts::remove_coupon(std::string folded) {
    auto work = [folded = std::move(folded)](store::Transaction& transaction) {
        return transaction.execute("DELETE FROM coupons WHERE folded = $1", {folded}) == 1;
    };
    co_return co_await database_.transact(std::move(work));
}

Task<void> SqlCarts::clean_up(Time now, std::size_t rows_max) {
    auto work = [now, rows_max](store::Transaction& transaction) {
        store::drop_old_answers(transaction, now, static_cast<std::int64_t>(rows_max));
    };
    co_await database_.transact(std::move(work));
}

}  // namespace loquat::cart
