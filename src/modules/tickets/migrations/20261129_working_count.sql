-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- What waits is not counted: the counters say what is to be done now.
ALTER TABLE ticket_count RENAME COLUMN active TO working;
DELETE FROM ticket_count;
INSERT INTO ticket_count (team_id, assignee_id, working)
    SELECT team_id, COALESCE(assignee_id, 0), count(*) FROM ticket WHERE is_active = 1 AND category <> 2 GROUP BY team_id, COALESCE(assignee_id, 0);
