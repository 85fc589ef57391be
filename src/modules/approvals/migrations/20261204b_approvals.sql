-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- What somebody asks another to approve in a ticket. Of a ticket that was merged it stays, and is shown in the one that it was merged into.
CREATE TABLE approval (
    id {id},
    ticket_id {int} NOT NULL,
    asker_id {int} NOT NULL,
    approver_id {int} NOT NULL,
    deputy_id {int},
    text TEXT NOT NULL,
    due_at {int},
    -- Its deadline has passed while it was open, and that was said.
    overdue_at {int},
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'granted', 'refused', 'withdrawn')),
    decider_id {int},
    decided_at {int},
    reason TEXT,
    created_at {int} NOT NULL
) {strict};
CREATE INDEX approval_by_ticket ON approval (ticket_id);
CREATE INDEX approval_due ON approval (due_at) WHERE state = 'open' AND overdue_at IS NULL AND due_at IS NOT NULL;
CREATE INDEX approval_of_approver ON approval (approver_id, id) WHERE state = 'open';
CREATE INDEX approval_of_deputy ON approval (deputy_id, id) WHERE state = 'open';
