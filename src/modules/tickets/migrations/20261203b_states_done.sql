-- Whether a ticket gets this state only once everything on its checklist is done.
ALTER TABLE ticket_state ADD COLUMN needs_done {int} NOT NULL DEFAULT 0;
