-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- Only the headers of such a letter were fetched: it can be read and dropped, but no message can be made of it.
ALTER TABLE mail_in ADD COLUMN is_partial {int} NOT NULL DEFAULT 0;
