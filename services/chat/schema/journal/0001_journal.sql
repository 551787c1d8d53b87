-- Told events of answers that have not ended; one row a batch.
CREATE TABLE journal (
    number INTEGER NOT NULL PRIMARY KEY,
    batch BLOB NOT NULL
);
