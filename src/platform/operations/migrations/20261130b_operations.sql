-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- What a person did in one go and can take back: its kind knows the inverse, data is what that needs.
CREATE TABLE operation (
    id {id},
    kind TEXT NOT NULL,
    actor_kind {int} NOT NULL,
    actor_id {int},
    at {int} NOT NULL,
    summary TEXT NOT NULL,
    data TEXT NOT NULL,
    undone_at {int},
    undone_by_id {int},
    kept TEXT
) {strict};
CREATE INDEX operation_by_actor ON operation (actor_id, id);

-- What it was done to: tickets and people.
CREATE TABLE operation_subject (
    kind TEXT NOT NULL CHECK (kind IN ('ticket', 'person')),
    subject_id {int} NOT NULL,
    operation_id {int} NOT NULL REFERENCES operation (id),
    PRIMARY KEY (kind, subject_id, operation_id)
) {strict};
CREATE INDEX operation_subject_of ON operation_subject (operation_id);
