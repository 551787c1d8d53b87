-- Idempotency-Keys of requests that were done, for a day.
CREATE TABLE done_requests (
    user_id BLOB NOT NULL,
    operation TEXT NOT NULL,
    request_key TEXT NOT NULL,
    done_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, operation, request_key)
);
CREATE INDEX done_requests_by_time ON done_requests (done_at);
CREATE INDEX done_requests_of_user ON done_requests (user_id, done_at);
