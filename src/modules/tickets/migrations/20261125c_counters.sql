-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- How many active tickets a team has with each agent (0: with nobody), so that nobody has to count them.
CREATE TABLE ticket_count (
    team_id {int} NOT NULL,
    assignee_id {int} NOT NULL,
    active {int} NOT NULL,
    PRIMARY KEY (team_id, assignee_id)
) {strict};
INSERT INTO ticket_count (team_id, assignee_id, active)
    SELECT team_id, COALESCE(assignee_id, 0), count(*) FROM ticket WHERE is_active = 1 GROUP BY team_id, COALESCE(assignee_id, 0);
