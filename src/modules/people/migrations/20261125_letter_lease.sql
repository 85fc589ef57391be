-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- The process that has a letter under way (store_process): when it is gone, others take over.
ALTER TABLE letter ADD COLUMN leased_by {int};
