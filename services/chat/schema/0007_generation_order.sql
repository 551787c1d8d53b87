-- Where an answer stands in its conversation: `prompt_seq` of the message that it answers (0 in rows
-- from before), then `number`, in which order answers were asked for.  No clock says it.
ALTER TABLE generations ADD COLUMN prompt_seq BIGINT NOT NULL DEFAULT 0;
ALTER TABLE generations ADD COLUMN number BIGINT NOT NULL DEFAULT 0;
UPDATE generations SET number = ordered.place
FROM (SELECT id AS its_id, ROW_NUMBER() OVER (ORDER BY id) AS place FROM generations) AS ordered
WHERE ordered.its_id = generations.id;
DROP INDEX generations_of_chat;
CREATE INDEX generations_of_chat ON generations (chat_id, prompt_seq, number);
CREATE UNIQUE INDEX generations_number ON generations (number);
