-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- The keys that somebody chose for what the screen can do, by its name: a JSON object. Nothing: as they come.
ALTER TABLE staff ADD COLUMN own_keys TEXT NOT NULL DEFAULT '{}';
