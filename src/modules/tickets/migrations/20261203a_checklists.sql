-- What is to be done in a ticket. place orders the items and means nothing else; those of a ticket that was merged stay its own and are shown,
-- as its messages are, in the one that it was merged into.
CREATE TABLE checklist_item (
    id {id},
    ticket_id {int} NOT NULL REFERENCES ticket (id),
    shown_in_id {int} NOT NULL REFERENCES ticket (id),
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
CREATE INDEX checklist_by_shown ON checklist_item (shown_in_id, place);
