-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- Somebody removed them: switched off, shown nowhere, and not back by the next letter that names them.
ALTER TABLE participant ADD COLUMN is_removed {int} NOT NULL DEFAULT 0;
