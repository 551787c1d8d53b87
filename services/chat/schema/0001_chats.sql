-- Times are Unix milliseconds, ids 16 bytes.
CREATE TABLE chats (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    title_folded TEXT NOT NULL,
    is_public BIGINT NOT NULL,
    is_archived BIGINT NOT NULL,
    assistant TEXT,
    pair_low BLOB,
    pair_high BLOB,
    created_at BIGINT NOT NULL,
    active_at BIGINT NOT NULL,
    member_count BIGINT NOT NULL,
    CONSTRAINT chats_pair UNIQUE (pair_low, pair_high)
);
CREATE INDEX chats_public ON chats (is_public, is_archived, title_folded, id);

CREATE TABLE members (
    chat_id BLOB NOT NULL REFERENCES chats (id),
    user_id BLOB NOT NULL,
    role TEXT NOT NULL,
    joined_at BIGINT NOT NULL,
    read_seq BIGINT NOT NULL,
    PRIMARY KEY (chat_id, user_id)
);
CREATE INDEX members_of_user ON members (user_id, chat_id);

-- Idempotency-Keys of creations, for a day.
CREATE TABLE creation_keys (
    user_id BLOB NOT NULL,
    creation_key TEXT NOT NULL,
    request_hash BIGINT NOT NULL,
    chat_id BLOB NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, creation_key)
);
CREATE INDEX creation_keys_by_time ON creation_keys (created_at);
