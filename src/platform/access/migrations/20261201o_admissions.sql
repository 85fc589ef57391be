-- A colleague who may see one ticket though neither their teams nor an assignment would let them: until somebody ends it.
CREATE TABLE admission (
    staff_id {int} NOT NULL,
    ticket_id {int} NOT NULL,
    admitted_by {int} NOT NULL,
    message_id {int},
    created_at {int} NOT NULL,
    PRIMARY KEY (staff_id, ticket_id)
) {strict};
CREATE INDEX admission_by_ticket ON admission (ticket_id);

-- For the lists of others: which tickets somebody was admitted to, by whom, and with which note.
CREATE VIEW admission_card AS SELECT staff_id, ticket_id, admitted_by, message_id, created_at FROM admission;
