-- Beginnings of the words of names, so that a search reads only what it finds.  Whose `search_words`
-- are empty is not in it yet.
ALTER TABLE users ADD COLUMN search_words TEXT NOT NULL DEFAULT '';
CREATE INDEX users_without_words ON users (username) WHERE search_words = '';

CREATE TABLE user_prefixes (
    prefix TEXT NOT NULL,
    username TEXT NOT NULL,
    PRIMARY KEY (prefix, username)
);
