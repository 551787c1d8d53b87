-- Shopping sessions of people and guests.
CREATE TABLE shop_sessions (
    id BLOB PRIMARY KEY,
    owner_id BLOB NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    guest_id BLOB,
    checkout_id BLOB,
    order_id BLOB,
    next_id BLOB
);
CREATE INDEX shop_sessions_of_owner ON shop_sessions (owner_id, created_at);
CREATE INDEX shop_sessions_of_guest ON shop_sessions (guest_id, created_at);
-- One try to buy each; `request` and `cart` are JSON.
CREATE TABLE checkouts (
    id BLOB PRIMARY KEY,
    session_id BLOB NOT NULL,
    state TEXT NOT NULL,
    is_over BIGINT NOT NULL,
    request TEXT NOT NULL,
    key_owner_id BLOB,
    request_key TEXT,
    digest BLOB,
    cart TEXT NOT NULL,
    refusal TEXT NOT NULL,
    changed_at BIGINT NOT NULL
);
CREATE INDEX checkouts_unfinished ON checkouts (is_over, changed_at);
-- As they were bought; `body` is JSON.
CREATE TABLE orders (
    id BLOB PRIMARY KEY,
    owner_id BLOB NOT NULL,
    checkout_id BLOB NOT NULL UNIQUE,
    status TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    canceled_at BIGINT
);
CREATE INDEX orders_of_owner ON orders (owner_id, id);
