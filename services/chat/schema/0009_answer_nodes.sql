-- Where several instances write answers: which one writes it, and whether somebody wants it to end.
ALTER TABLE generations ADD COLUMN node BLOB;
ALTER TABLE generations ADD COLUMN is_cancel_asked BIGINT NOT NULL DEFAULT 0;
-- Of a person one streams at a time, whoever writes it.
CREATE UNIQUE INDEX generations_streaming ON generations (user_id)
    WHERE state = 'streaming' AND node IS NOT NULL;
CREATE INDEX generations_of_user ON generations (user_id, number) WHERE state = 'queued';
-- The instances under a lease; by the clock of the database.
CREATE TABLE answer_nodes (
    id BLOB NOT NULL PRIMARY KEY,
    beat_at BIGINT NOT NULL
);
-- What readers were shown of answers that have not ended.
CREATE TABLE generation_parts (
    generation_id BLOB NOT NULL,
    first_event BIGINT NOT NULL,
    part BLOB NOT NULL,
    PRIMARY KEY (generation_id, first_event)
);
