-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- What others may read of mailboxes: whether there is one that can send.
CREATE VIEW sending_mailbox AS SELECT id AS mailbox_id FROM mailbox WHERE out_host <> '';
