-- Answers to requests with an Idempotency-Key, for a day.
CREATE TABLE kept_answers (
    owner_id BLOB NOT NULL,
    route TEXT NOT NULL,
    request_key TEXT NOT NULL,
    digest BLOB NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    etag TEXT NOT NULL,
    kept_at BIGINT NOT NULL,
    PRIMARY KEY (owner_id, route, request_key)
);
CREATE INDEX kept_answers_by_time ON kept_answers (kept_at);
