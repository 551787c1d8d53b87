-- Times are Unix milliseconds, ids 16 bytes, hashes SHA-256.
CREATE TABLE users (
    id BLOB NOT NULL PRIMARY KEY,
    username TEXT NOT NULL CONSTRAINT users_username UNIQUE,
    display_name TEXT NOT NULL,
    display_name_folded TEXT NOT NULL,
    email TEXT CONSTRAINT users_email UNIQUE,
    role TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    password_hash TEXT NOT NULL,
    password_version BIGINT NOT NULL
);

-- One row once somebody is administrator: of two first registrations only one can insert it.
CREATE TABLE first_admin (one BIGINT NOT NULL PRIMARY KEY);

CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id),
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    ends_at BIGINT NOT NULL,
    user_agent TEXT NOT NULL,
    address TEXT NOT NULL,
    family_hash BLOB NOT NULL,
    secret_hash BLOB NOT NULL,
    previous_hash BLOB NOT NULL,
    nonce BLOB NOT NULL,
    rotated_at BIGINT,
    reused_at BIGINT
);
CREATE INDEX sessions_of_user ON sessions (user_id, last_seen_at);
CREATE INDEX sessions_over ON sessions (expires_at);

CREATE TABLE revocations (
    id BLOB NOT NULL PRIMARY KEY,
    session_id BLOB,
    user_id BLOB,
    before_at BIGINT,
    until_at BIGINT NOT NULL
);
CREATE INDEX revocations_until ON revocations (until_at);
