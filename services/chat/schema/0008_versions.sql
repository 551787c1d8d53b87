-- Another one after each change of a conversation, its members or their roles: whoever keeps it in
-- memory asks by it whether that is still right.
ALTER TABLE chats ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
-- The latest changes of memberships in their order, where several instances make them.
CREATE TABLE membership_changes (
    number BIGINT NOT NULL PRIMARY KEY,
    chat_id BLOB NOT NULL,
    user_id BLOB,
    is_member BIGINT NOT NULL
);
CREATE TABLE membership_feed (
    id BIGINT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    last_number BIGINT NOT NULL
);
