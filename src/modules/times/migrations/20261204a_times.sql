-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- What time is spent on.
CREATE TABLE activity (
    id {id},
    name_de TEXT NOT NULL,
    name_en TEXT NOT NULL,
    name_hu TEXT NOT NULL,
    is_billable {int} NOT NULL,
    is_active {int} NOT NULL DEFAULT 1,
    version {int} NOT NULL DEFAULT 1
) {strict};

-- Time that somebody has spent on a ticket. Of a ticket that was merged it stays, and is shown in the one that it was merged into.
CREATE TABLE time_entry (
    id {id},
    ticket_id {int} NOT NULL,
    staff_id {int} NOT NULL,
    activity_id {int} REFERENCES activity (id),
    started_at {int} NOT NULL,
    seconds {int} NOT NULL CHECK (seconds > 0),
    note TEXT NOT NULL,
    is_billable {int} NOT NULL,
    created_at {int} NOT NULL,
    -- Taken out, and can be put back.
    removed_at {int},
    version {int} NOT NULL DEFAULT 1
) {strict};
CREATE INDEX time_entry_by_ticket ON time_entry (ticket_id);
CREATE INDEX time_entry_by_staff ON time_entry (staff_id, started_at, id) WHERE removed_at IS NULL;
CREATE INDEX time_entry_by_start ON time_entry (started_at, id) WHERE removed_at IS NULL;

-- The clock that somebody has running: one each.
CREATE TABLE time_running (
    staff_id {int} PRIMARY KEY,
    ticket_id {int} NOT NULL,
    activity_id {int} REFERENCES activity (id),
    is_billable {int} NOT NULL,
    started_at {int} NOT NULL
) {strict};
