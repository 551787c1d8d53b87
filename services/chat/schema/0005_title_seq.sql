-- The message whose words are the title of a conversation with an assistant, until it gets a better
-- one; 0 when the title was given.
ALTER TABLE chats ADD COLUMN title_seq BIGINT NOT NULL DEFAULT 0;
