-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- The number of a ticket as people read it; none: the bare number.
ALTER TABLE ticket ADD COLUMN label TEXT;
DROP VIEW ticket_card;
CREATE VIEW ticket_card AS
    SELECT id, id + 10000 AS number, COALESCE(label, CAST(id + 10000 AS TEXT)) AS label, subject, team_id, assignee_id, category, is_active, is_spam,
           merged_into_id FROM ticket;
