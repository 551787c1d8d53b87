-- Looks come from the confusables of Unicode from now on, and a name has two of them
-- (unicode::Look). All are made again at the next start.
ALTER TABLE users ADD COLUMN display_folded_look TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN username_folded_look TEXT NOT NULL DEFAULT '';
CREATE INDEX users_display_folded_look ON users (display_folded_look);
CREATE INDEX users_username_folded_look ON users (username_folded_look);

DELETE FROM user_prefixes;
UPDATE users SET search_words = '' WHERE state <> 'removed';
