-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- The name of the mail server whose Authentication-Results are believed; empty: the installation's; '-': none.
ALTER TABLE mailbox ADD COLUMN authentication_server TEXT NOT NULL DEFAULT '';

-- The name that most letters of late bore on top, and on how many of how many: to be proposed.
ALTER TABLE mailbox ADD COLUMN authentication_name TEXT NOT NULL DEFAULT '';
ALTER TABLE mailbox ADD COLUMN authentication_hits {int} NOT NULL DEFAULT 0;
ALTER TABLE mailbox ADD COLUMN authentication_letters {int} NOT NULL DEFAULT 0;
