-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- What others may read of mailboxes: which there are.
CREATE VIEW mailbox_card AS SELECT id, name, address FROM mailbox;
