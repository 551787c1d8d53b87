-- The number of the last change; whoever writes locks the row, so that numbers are in the order of
-- commits.
CREATE TABLE catalogue_state (
    one BIGINT NOT NULL PRIMARY KEY,
    change_number BIGINT NOT NULL
);

-- `body` is the product as it was written (JSON), without stock.
CREATE TABLE products (
    id BLOB NOT NULL PRIMARY KEY,
    body TEXT NOT NULL,
    version BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    change_number BIGINT NOT NULL
);
CREATE INDEX products_by_change ON products (change_number, id);

-- Of products and of their variants; no two have the same.
CREATE TABLE product_skus (
    sku TEXT NOT NULL CONSTRAINT product_skus_sku PRIMARY KEY,
    product_id BLOB NOT NULL
);
CREATE INDEX product_skus_of ON product_skus (product_id);

-- In what forms a product is bought: its variants, or itself, whose variant id is then 16 zeros.
-- `held` is part of `counted`: what checkouts have reserved.
CREATE TABLE product_forms (
    product_id BLOB NOT NULL,
    variant_id BLOB NOT NULL,
    place BIGINT NOT NULL,
    counted BIGINT NOT NULL,
    held BIGINT NOT NULL,
    PRIMARY KEY (product_id, variant_id)
);

-- So that instances that follow by changes hear of it; for some time.
CREATE TABLE removed_products (
    id BLOB NOT NULL PRIMARY KEY,
    change_number BIGINT NOT NULL
);
CREATE INDEX removed_products_by_change ON removed_products (change_number);

CREATE TABLE reservations (
    id BLOB NOT NULL PRIMARY KEY,
    state TEXT NOT NULL,
    expires_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE INDEX reservations_held ON reservations (expires_at) WHERE state = 'held';
CREATE INDEX reservations_ended ON reservations (ended_at);

CREATE TABLE reservation_lines (
    reservation_id BLOB NOT NULL,
    product_id BLOB NOT NULL,
    variant_id BLOB NOT NULL,
    quantity BIGINT NOT NULL,
    PRIMARY KEY (reservation_id, product_id, variant_id)
);
