-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- What waits for a time is few among many.
CREATE INDEX ticket_waiting_until ON ticket (waiting_until_at) WHERE waiting_until_at IS NOT NULL;
