#include "services/session/adapters/session_rows.hpp"

#include "wire/codec.hpp"

namespace loquat::session {
namespace {

#define LOQUAT_SHOP_SESSION_COLUMNS                                                   \
    "id, owner_id, currency, status, created_at, expires_at, guest_id, checkout_id, " \
    "order_id, next_id"
#define LOQUAT_CHECKOUT_COLUMNS                                                          \
    "id, session_id, state, request, key_owner_id, request_key, digest, cart, refusal, " \
    "changed_at"

template <class Enum>
Enum enum_in(const store::Row& row, std::size_t column) {
    const auto value = wire::find_enum<Enum>(row.text(column));
    if (!value) {
        throw Failure{Kind::internal, "store.unexpected_type", "A row cannot be read.",
                      row.text(column)};
    }
    return *value;
}

SessionRow to_session(const store::Row& row) {
    return {.id = row.id<ShopSessionId>(0),
            .owner = row.id<UserId>(1),
            .currency = row.text(2),
            .status = enum_in<ShopSessionStatus>(row, 3),
            .created_at = row.time(4),
            .expires_at = row.time(5),
            .guest = row.maybe_id<SessionId>(6),
            .checkout = row.maybe_id<CheckoutId>(7),
            .order = row.maybe_id<OrderId>(8),
            .next = row.maybe_id<ShopSessionId>(9)};
}

CheckoutRow to_checkout(const store::Row& row) {
    CheckoutRow checkout{.id = row.id<CheckoutId>(0),
                         .session = row.id<ShopSessionId>(1),
                         .state = enum_in<CheckoutState>(row, 2),
                         .request = wire::from_json<contracts::CheckoutRequest>(row.text(3)),
                         .cart = row.text(7),
                         .refusal = row.text(8),
                         .changed_at = row.time(9)};
    if (!row.is_null(5)) {
        checkout.keyed = store::KeyedRequest{.owner = row.id<UserId>(4),
                                             .route = std::string{checkout_route},
                                             .key = row.text(5),
                                             .digest = row.blob(6),
                                             .at = checkout.changed_at};
    }
    return checkout;
}

OrderRow to_order(const store::Row& row) {
    OrderRow order{wire::from_json<contracts::Order>(row.text(1)), row.id<UserId>(0),
                   row.id<CheckoutId>(3)};
    order.order.status = enum_in<contracts::OrderStatus>(row, 2);
    return order;
}

template <class Row, class Make>
std::optional<Row> first_of(const store::Rows& rows, Make make) {
    return rows.empty() ? std::nullopt : std::optional<Row>{make(rows.front())};
}

template <class Row, class Make>
std::vector<Row> all_of(const store::Rows& rows, Make make) {
    std::vector<Row> all;
    for (const store::Row row : rows) {
        all.push_back(make(row));
    }
    return all;
}

}  // namespace

void insert_session(store::Transaction& transaction, const SessionRow& session) {
    transaction.execute(
        "INSERT INTO shop_sessions (" LOQUAT_SHOP_SESSION_COLUMNS
        ") VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL, NULL)",
        {session.id, session.owner, session.currency, wire::enum_name(session.status),
         session.created_at, session.expires_at, session.guest});
}

std::optional<SessionRow> read_session(store::Transaction& transaction, ShopSessionId id) {
    return first_of<SessionRow>(
        transaction.query("SELECT " LOQUAT_SHOP_SESSION_COLUMNS " FROM shop_sessions WHERE id = $1",
                          {id}),
        to_session);
}

std::optional<SessionRow> read_of_guest(store::Transaction& transaction, SessionId guest) {
    return first_of<SessionRow>(transaction.query("SELECT " LOQUAT_SHOP_SESSION_COLUMNS
                                                  " FROM shop_sessions WHERE guest_id = $1 "
                                                  "ORDER BY created_at DESC, id DESC LIMIT 1",
                                                  {guest}),
                                to_session);
}

std::optional<SessionRow> read_active(store::Transaction& transaction, UserId owner, Time now) {
    return first_of<SessionRow>(
        transaction.query("SELECT " LOQUAT_SHOP_SESSION_COLUMNS
                          " FROM shop_sessions WHERE owner_id = $1 AND expires_at > $2 AND status "
                          "= 'active' ORDER BY created_at DESC, id DESC LIMIT 1",
                          {owner, now}),
        to_session);
}

void insert_checkout(store::Transaction& transaction, const CheckoutRow& checkout) {
    std::optional<UserId> owner;
    std::optional<std::string> key;
    std::optional<store::Blob> digest;
    if (checkout.keyed) {
        owner = checkout.keyed->owner;
        key = checkout.keyed->key;
        digest = store::Blob{checkout.keyed->digest};
    }
    transaction.execute("INSERT INTO checkouts (" LOQUAT_CHECKOUT_COLUMNS
                        ", is_over) VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', $8, 0)",
                        {checkout.id, checkout.session, wire::enum_name(checkout.state),
                         wire::encode(checkout.request), owner, key, digest, checkout.changed_at});
}

std::optional<CheckoutRow> read_checkout(store::Transaction& transaction, CheckoutId id) {
    return first_of<CheckoutRow>(
        transaction.query("SELECT " LOQUAT_CHECKOUT_COLUMNS " FROM checkouts WHERE id = $1", {id}),
        to_checkout);
}

std::vector<CheckoutRow> read_unfinished(store::Transaction& transaction, Time before,
                                         std::size_t limit) {
    return all_of<CheckoutRow>(
        transaction.query("SELECT " LOQUAT_CHECKOUT_COLUMNS
                          " FROM checkouts WHERE is_over = 0 AND changed_at <= $1 "
                          "ORDER BY changed_at LIMIT $2",
                          {before, limit}),
        to_checkout);
}

std::optional<OrderRow> read_order(store::Transaction& transaction, OrderId id) {
    return first_of<OrderRow>(
        transaction.query("SELECT owner_id, body, status, checkout_id FROM orders WHERE id = $1",
                          {id}),
        to_order);
}

std::vector<OrderRow> read_orders(store::Transaction& transaction, UserId owner,
                                  std::optional<OrderId> before, std::size_t limit) {
    if (before) {
        return all_of<OrderRow>(
            transaction.query(
                "SELECT owner_id, body, status, checkout_id FROM orders WHERE owner_id = $1 AND "
                "id < $2 ORDER BY id DESC LIMIT $3",
                {owner, *before, limit}),
            to_order);
    }
    return all_of<OrderRow>(
        transaction.query(
            "SELECT owner_id, body, status, checkout_id FROM orders WHERE owner_id = $1 "
            "ORDER BY id DESC LIMIT $2",
            {owner, limit}),
        to_order);
}

}  // namespace loquat::session
