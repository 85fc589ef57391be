-- A draft that its writer has handed on: nobody has it until somebody takes it. to_id: who is meant to; none: whoever may answer.
CREATE TABLE draft_offer (
    id {id},
    ticket_id {int} NOT NULL REFERENCES ticket (id),
    from_id {int} NOT NULL,
    to_id {int},
    audience TEXT NOT NULL,
    content TEXT NOT NULL,
    created_at {int} NOT NULL
) {strict};
CREATE INDEX draft_offer_by_ticket ON draft_offer (ticket_id);
