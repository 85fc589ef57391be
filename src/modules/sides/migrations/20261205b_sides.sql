-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- What is asked of third parties in a ticket. Of a ticket that was merged it stays, and is shown in the one that it was merged into.
CREATE TABLE side_conversation (
    id {id},
    ticket_id {int} NOT NULL,
    subject TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'answered', 'done')),
    starter_id {int} NOT NULL,
    created_at {int} NOT NULL
) {strict};
CREATE INDEX side_conversation_by_ticket ON side_conversation (ticket_id);

-- Which messages are of which. The database itself refuses what customers may read here, as it refuses what stands here among their
-- deliveries. What leaves has a state, and is due at next_at.
CREATE TABLE side_message (
    message_id {int} PRIMARY KEY NOT NULL,
    audience {int} NOT NULL DEFAULT 1 CHECK (audience = 1),
    side_id {int} NOT NULL REFERENCES side_conversation (id),
    state TEXT CHECK (state IN ('held', 'queued', 'sending', 'sent', 'failed', 'bounced', 'cancelled')),
    detail TEXT,
    attempts {int} NOT NULL DEFAULT 0,
    next_at {int},
    leased_by {int},
    FOREIGN KEY (message_id, audience) REFERENCES message (id, audience)
) {strict};
CREATE INDEX side_message_by_side ON side_message (side_id, message_id);
CREATE INDEX side_message_due ON side_message (next_at) WHERE next_at IS NOT NULL;

-- Up to which message somebody has read.
CREATE TABLE side_seen (
    side_id {int} NOT NULL REFERENCES side_conversation (id),
    staff_id {int} NOT NULL,
    message_id {int} NOT NULL,
    PRIMARY KEY (side_id, staff_id)
) {strict};
