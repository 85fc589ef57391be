-- Whom the ticket was assigned to: who may see only their own tickets sees their events.
ALTER TABLE event ADD COLUMN assignee_id {int};
-- What concerns no ticket, newest first, for the audit screen.
CREATE INDEX event_audit ON event (id) WHERE scope IS NOT NULL;
