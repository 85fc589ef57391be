-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- When a ticket shows a field, and when it needs it: conditions, their days in the zone of who saved them. visible_if NULL: always,
-- required_if NULL: never; the empty condition holds always.
CREATE TABLE ticket_field_rule (
    field_id {int} PRIMARY KEY NOT NULL REFERENCES ticket_field (id),
    visible_if TEXT,
    required_if TEXT,
    is_required_to_close {int} NOT NULL DEFAULT 0,
    zone TEXT NOT NULL,
    version {int} NOT NULL DEFAULT 1
) {strict};
