-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- A tag that becomes another one (meaning NULL: none) on all tickets that have it; they are changed one by one behind the request.
CREATE TABLE tag_change (
    id {id},
    tag TEXT NOT NULL,
    meaning TEXT,
    staff_id {int} NOT NULL,
    operation_id {int},
    total {int} NOT NULL,
    done {int} NOT NULL DEFAULT 0,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'undoing', 'undone')),
    created_at {int} NOT NULL,
    finished_at {int}
) {strict};
CREATE INDEX tag_change_open ON tag_change (id) WHERE state IN ('running', 'undoing');

-- Which tickets it was changed on: what taking back needs to know.
CREATE TABLE tag_change_ticket (
    change_id {int} NOT NULL REFERENCES tag_change (id),
    ticket_id {int} NOT NULL,
    had_both {int} NOT NULL,
    is_back {int} NOT NULL DEFAULT 0,
    PRIMARY KEY (change_id, ticket_id)
) {strict};
CREATE INDEX tag_change_forth ON tag_change_ticket (change_id, ticket_id) WHERE is_back = 0;
