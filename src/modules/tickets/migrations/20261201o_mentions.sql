-- Who wants to hear of a ticket.
CREATE TABLE ticket_watch (
    staff_id {int} NOT NULL,
    ticket_id {int} NOT NULL REFERENCES ticket (id),
    created_at {int} NOT NULL,
    PRIMARY KEY (staff_id, ticket_id)
) {strict};
CREATE INDEX ticket_watch_by_ticket ON ticket_watch (ticket_id);

-- Who was named in a note; team_id: as one of that team.
CREATE TABLE mention (
    message_id {int} NOT NULL REFERENCES message (id),
    staff_id {int} NOT NULL,
    team_id {int},
    created_at {int} NOT NULL,
    PRIMARY KEY (message_id, staff_id)
) {strict};
CREATE INDEX mention_by_staff ON mention (staff_id, message_id);
