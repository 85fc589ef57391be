-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- One update of a problem that goes to each of its incidents; they are written one by one behind the request.
CREATE TABLE problem_update (
    id {id},
    ticket_id {int} NOT NULL,
    staff_id {int} NOT NULL,
    text TEXT NOT NULL,
    html TEXT,
    state TEXT,
    operation_id {int},
    created_at {int} NOT NULL,
    finished_at {int}
) {strict};
CREATE INDEX problem_update_by_ticket ON problem_update (ticket_id, id);

CREATE TABLE problem_update_item (
    update_id {int} NOT NULL REFERENCES problem_update (id),
    ticket_id {int} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'failed', 'cancelled')),
    error TEXT,
    message_id {int},
    PRIMARY KEY (update_id, ticket_id)
) {strict};
CREATE INDEX problem_update_pending ON problem_update_item (update_id, ticket_id) WHERE state = 'pending';
