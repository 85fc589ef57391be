-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- What nobody has taken is looked at all day, and few among many.
CREATE INDEX ticket_unassigned ON ticket (category, updated_at, id) WHERE assignee_id IS NULL AND is_active = 1;
CREATE INDEX ticket_unassigned_by_team ON ticket (team_id, category, updated_at, id) WHERE assignee_id IS NULL AND is_active = 1;
