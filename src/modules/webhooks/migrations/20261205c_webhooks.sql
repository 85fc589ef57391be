-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- Where events go, over HTTP. It tells what its owner may see, of that what scopes name where it was saved with such a token.
CREATE TABLE webhook (
    id {id},
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,
    team_id {int},
    parallel {int} NOT NULL,
    is_active {int} NOT NULL,
    owner_id {int} NOT NULL,
    scopes TEXT,
    secret {blob} NOT NULL,
    old_secret {blob},
    old_until_at {int},
    -- Events up to this one were before it was switched on.
    since_event {int} NOT NULL,
    version {int} NOT NULL DEFAULT 1,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    deleted_at {int},
    -- How it fares: since when nothing but failures, and how many.
    ok_at {int},
    failing_since_at {int},
    failures {int} NOT NULL DEFAULT 0,
    paused_until_at {int},
    error TEXT,
    off_reason TEXT
) {strict};

-- One event for one webhook. What it says is read from the event when it is sent.
CREATE TABLE webhook_delivery (
    id {id},
    webhook_id {int} NOT NULL,
    event_id {int} NOT NULL,
    key TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'queued' CHECK (state IN ('queued', 'sending', 'sent', 'failed')),
    attempts {int} NOT NULL DEFAULT 0,
    -- The pauses between attempts count from here: from the last replay.
    begun_with {int} NOT NULL DEFAULT 0,
    -- When it is due; while it is being sent, when it is taken for lost.
    next_at {int},
    status {int},
    error TEXT,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX webhook_delivery_of_event ON webhook_delivery (webhook_id, event_id);
CREATE INDEX webhook_delivery_due ON webhook_delivery (webhook_id, next_at, id) WHERE next_at IS NOT NULL;
CREATE INDEX webhook_delivery_list ON webhook_delivery (webhook_id, id);
CREATE INDEX webhook_delivery_in_state ON webhook_delivery (webhook_id, state, id);
CREATE INDEX webhook_delivery_by_age ON webhook_delivery (created_at);

CREATE TABLE webhook_attempt (
    delivery_id {int} NOT NULL,
    number {int} NOT NULL,
    at {int} NOT NULL,
    micros {int} NOT NULL,
    status {int},
    error TEXT,
    answer TEXT,
    PRIMARY KEY (delivery_id, number)
) {strict};

-- Up to which event all webhooks have been given theirs. Whoever does it takes the next step.
CREATE TABLE webhook_cursor (
    id {int} PRIMARY KEY NOT NULL,
    event {int} NOT NULL,
    step {int} NOT NULL
) {strict};
INSERT INTO webhook_cursor (id, event, step) SELECT 1, COALESCE(MAX(id), 0), 0 FROM event;
