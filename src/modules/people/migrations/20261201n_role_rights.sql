-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- A role's permissions as 'NAME SCOPE', with spaces between: every request reads them, and they hardly ever change. They are gathered
-- from role_permission at each start and at each change.
CREATE TABLE role_rights (
    role TEXT PRIMARY KEY NOT NULL,
    permissions TEXT NOT NULL
) {strict};
