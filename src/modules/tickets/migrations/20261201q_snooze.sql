-- What somebody has put off for themselves alone, until when and why. The ticket itself does not wait.
CREATE TABLE snooze (
    staff_id {int} NOT NULL,
    ticket_id {int} NOT NULL REFERENCES ticket (id),
    until_at {int} NOT NULL,
    reason TEXT NOT NULL,
    created_at {int} NOT NULL,
    PRIMARY KEY (staff_id, ticket_id)
) {strict};
CREATE INDEX snooze_due ON snooze (until_at);
CREATE INDEX snooze_by_ticket ON snooze (ticket_id);
