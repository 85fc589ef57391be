-- What somebody is told of: one row for each ticket and kind as long as it is unread, however often it happens.
CREATE TABLE notice (
    id {id},
    staff_id {int} NOT NULL,
    kind TEXT NOT NULL,
    ticket_id {int} NOT NULL,
    message_id {int},
    why TEXT NOT NULL,
    actor_kind {int} NOT NULL,
    actor_id {int} NOT NULL,
    times {int} NOT NULL DEFAULT 1,
    is_shown {int} NOT NULL,
    event {int} NOT NULL,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    read_at {int},
    mail_at {int},
    mailed_at {int}
) {strict};
CREATE UNIQUE INDEX notice_unread ON notice (staff_id, ticket_id, kind) WHERE read_at IS NULL;
CREATE INDEX notice_waiting ON notice (staff_id, is_shown) WHERE read_at IS NULL;
CREATE INDEX notice_by_staff ON notice (staff_id, updated_at, id);
CREATE INDEX notice_by_event ON notice (event);
CREATE INDEX notice_mail ON notice (mail_at) WHERE mail_at IS NOT NULL;

-- What somebody wants to be told, where they have said so.
CREATE TABLE notice_wish (
    staff_id {int} NOT NULL,
    kind TEXT NOT NULL,
    is_shown {int} NOT NULL,
    is_mailed {int} NOT NULL,
    PRIMARY KEY (staff_id, kind)
) {strict};

-- When no mail is wanted: minutes of the day where they live, and days of the week as bits, Monday first, on which none is at all.
-- stopped_at: a mail came back, and none is sent until they say so.
CREATE TABLE notice_quiet (
    staff_id {int} PRIMARY KEY NOT NULL,
    is_on {int} NOT NULL DEFAULT 0,
    from_minute {int} NOT NULL DEFAULT 1080,
    to_minute {int} NOT NULL DEFAULT 480,
    days {int} NOT NULL DEFAULT 96,
    stopped_at {int}
) {strict};

-- Up to which event everybody has been told. Whoever tells takes the next step.
CREATE TABLE notice_cursor (
    id {int} PRIMARY KEY NOT NULL,
    event {int} NOT NULL,
    step {int} NOT NULL
) {strict};
INSERT INTO notice_cursor (id, event, step) SELECT 1, COALESCE(MAX(id), 0), 0 FROM event;
