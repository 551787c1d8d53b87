-- One cart of each shopping session; `revision` grows with each write and is compared by it.
CREATE TABLE carts (
    session_id BLOB PRIMARY KEY,
    owner_id BLOB NOT NULL,
    currency TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    version BIGINT NOT NULL,
    status TEXT NOT NULL,
    checkout_id BLOB,
    lines TEXT NOT NULL,
    coupon TEXT,
    held TEXT NOT NULL,
    updated_at BIGINT NOT NULL
);
-- What became of each cart, write by write.
CREATE TABLE cart_events (
    session_id BLOB NOT NULL,
    revision BIGINT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    detail TEXT NOT NULL,
    happened_at BIGINT NOT NULL,
    PRIMARY KEY (session_id, revision)
);
CREATE TABLE coupons (
    folded TEXT PRIMARY KEY,
    code TEXT NOT NULL,
    percent BIGINT,
    amount BIGINT,
    currency TEXT NOT NULL,
    min_total BIGINT,
    starts_at BIGINT,
    ends_at BIGINT,
    max_uses BIGINT,
    uses BIGINT NOT NULL,
    created_at BIGINT NOT NULL
);
-- Uses that checkouts hold; `uses` of the coupon has them too, and keeps those that were paid.
CREATE TABLE coupon_holds (
    checkout_id BLOB PRIMARY KEY,
    folded TEXT NOT NULL
);
