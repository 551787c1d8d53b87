-- Titles are folded in another way from now on: those of before are folded again at the next start.
UPDATE chats SET title_folded = '' WHERE title <> '';
CREATE INDEX chats_unfolded ON chats (id) WHERE title_folded = '' AND title <> '';
