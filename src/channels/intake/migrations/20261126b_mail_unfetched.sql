-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- The server's number of a letter that could not be fetched: parked, nothing of it is here. Waiting: it is to be fetched again.
ALTER TABLE mail_in ADD COLUMN missing_uid {int};
CREATE INDEX mail_in_missing ON mail_in (mailbox_id, id) WHERE state = 'waiting' AND missing_uid IS NOT NULL;
