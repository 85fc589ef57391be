-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

CREATE INDEX message_by_raw ON message (raw_hash) WHERE raw_hash IS NOT NULL;
