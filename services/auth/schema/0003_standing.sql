-- What names look like (unicode::to_look), so that two who could be taken for each other are told
-- apart; empty for who is not there any more.
ALTER TABLE users ADD COLUMN display_look TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN username_look TEXT NOT NULL DEFAULT '';
CREATE INDEX users_display_look ON users (display_look);
CREATE INDEX users_username_look ON users (username_look);

ALTER TABLE users ADD COLUMN state TEXT NOT NULL DEFAULT 'active';

-- 1 while a removed person is still in conversations.
ALTER TABLE users ADD COLUMN leaving BIGINT NOT NULL DEFAULT 0;
CREATE INDEX users_leaving ON users (id) WHERE leaving = 1;

-- User names of removed accounts: nobody takes them and is taken for who had them.
CREATE TABLE retired_usernames (username TEXT NOT NULL PRIMARY KEY);

-- Words are folded in another way from now on; all are made again at the next start.
DELETE FROM user_prefixes;
UPDATE users SET search_words = '';
