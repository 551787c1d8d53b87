-- 1 while the messages of a removed person, who is leaving, have to be erased.
ALTER TABLE users ADD COLUMN erasing BIGINT NOT NULL DEFAULT 0;
