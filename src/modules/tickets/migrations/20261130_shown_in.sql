-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- A message stays in the ticket into which it came and is shown in the one that this was merged into, at the end of the chain.
ALTER TABLE message ADD COLUMN shown_in_id {int} REFERENCES ticket (id);
UPDATE message SET shown_in_id = ticket_id;
DROP INDEX message_by_ticket;
CREATE INDEX message_by_shown ON message (shown_in_id, id);
CREATE INDEX ticket_merged ON ticket (merged_into_id) WHERE merged_into_id IS NOT NULL;
