-- Idempotency-Keys of other requests, for a day: `claim` names what the request does.
CREATE TABLE request_keys (
    user_id BLOB NOT NULL,
    operation TEXT NOT NULL,
    request_key TEXT NOT NULL,
    request_hash BIGINT NOT NULL,
    claim BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, operation, request_key)
);
CREATE INDEX request_keys_by_time ON request_keys (created_at);
CREATE INDEX request_keys_of_user ON request_keys (user_id, created_at);
CREATE INDEX creation_keys_of_user ON creation_keys (user_id, created_at);
-- What a client chose is apart from what the product chose.
UPDATE creation_keys SET creation_key = 'key:' || creation_key WHERE creation_key NOT LIKE 'send:%';
