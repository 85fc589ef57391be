-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- How often somebody wanted letters to be fetched again: whoever fetches the mailbox begins anew when it is raised.
ALTER TABLE mailbox ADD COLUMN refetches {int} NOT NULL DEFAULT 0;
