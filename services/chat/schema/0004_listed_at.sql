-- Where a conversation stands in the list of each of its members: the time of its last activity, so
-- that a page of the list is read from the index alone.  Those of large conversations are not moved
-- with every message; they have the highest number instead and are looked at for every page.
ALTER TABLE members ADD COLUMN listed_at BIGINT NOT NULL DEFAULT 9223372036854775807;
UPDATE members SET listed_at = (SELECT active_at FROM chats WHERE id = chat_id)
    WHERE (SELECT member_count FROM chats WHERE id = chat_id) <= 16;
CREATE INDEX members_by_activity ON members (user_id, listed_at, chat_id);
