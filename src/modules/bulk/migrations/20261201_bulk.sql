-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- One change of many tickets; they are changed by and by behind the request, and taken back in the same way.
CREATE TABLE bulk (
    id {id},
    staff_id {int} NOT NULL,
    -- As the API takes them.
    actions TEXT NOT NULL,
    -- What was asked for, when no single tickets were named.
    condition TEXT,
    state TEXT NOT NULL CHECK (state IN ('running', 'done', 'stopped', 'returning', 'returned')),
    operation_id {int},
    undone_by_id {int},
    created_at {int} NOT NULL,
    finished_at {int}
) {strict};
CREATE INDEX bulk_by_staff ON bulk (staff_id, id);
CREATE INDEX bulk_by_created ON bulk (created_at);

-- data: what the inverse needs. error: why it was not changed, or was not taken back.
CREATE TABLE bulk_item (
    bulk_id {int} NOT NULL REFERENCES bulk (id) ON DELETE CASCADE,
    ticket_id {int} NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'done', 'unchanged', 'failed', 'cancelled', 'returning', 'returned', 'kept')),
    error TEXT,
    data TEXT,
    -- The ticket's version when it was done.
    version {int},
    PRIMARY KEY (bulk_id, ticket_id)
) {strict};
CREATE INDEX bulk_item_due ON bulk_item (bulk_id, ticket_id) WHERE state IN ('pending', 'returning');
CREATE INDEX bulk_item_failed ON bulk_item (bulk_id, ticket_id) WHERE state IN ('failed', 'kept');
