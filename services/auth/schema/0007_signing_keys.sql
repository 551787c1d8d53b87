-- Where several instances sign (PostgreSQL); in one process they are in a file of the data folder.
CREATE TABLE signing_keys (
    kid TEXT NOT NULL PRIMARY KEY,
    created_at BIGINT NOT NULL,
    active_from BIGINT NOT NULL,
    private_pem TEXT NOT NULL
);
