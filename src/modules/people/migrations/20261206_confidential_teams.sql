-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- Only its members see what belongs to a confidential team, whatever the role of others: desks for staff, payroll, the works council.
ALTER TABLE team ADD COLUMN is_confidential {int} NOT NULL DEFAULT 0;
CREATE INDEX team_confidential ON team (id) WHERE is_confidential = 1;

-- Which teams are closed to whom.
CREATE VIEW team_closed AS
    SELECT team.id AS team_id, staff.id AS staff_id FROM team JOIN staff ON 1 = 1
     WHERE team.is_confidential = 1
       AND NOT EXISTS (SELECT 1 FROM team_member WHERE team_member.team_id = team.id AND team_member.staff_id = staff.id);
CREATE VIEW team_confidential_card AS SELECT id FROM team WHERE is_confidential = 1;
CREATE VIEW team_confidential_member AS
    SELECT team.id AS team_id, staff.email AS email FROM team JOIN team_member ON team_member.team_id = team.id JOIN staff ON staff.id = team_member.staff_id
     WHERE team.is_confidential = 1;
