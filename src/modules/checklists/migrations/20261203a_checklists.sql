-- What is to be done in a ticket. place orders them and means nothing else; the items of tickets that were merged stay theirs and are shown
-- among those of the one that they were merged into.
CREATE TABLE checklist_item (
    id {id},
    ticket_id {int} NOT NULL REFERENCES ticket (id),
    text TEXT NOT NULL,
    place {int} NOT NULL,
    done_at {int},
    staff_id {int},
    version {int} NOT NULL DEFAULT 1,
    created_at {int} NOT NULL,
    -- Taken out of the list, and can be put back.
    removed_at {int},
    CHECK ((done_at IS NULL) = (staff_id IS NULL))
) {strict};
CREATE INDEX checklist_by_ticket ON checklist_item (ticket_id, place);
