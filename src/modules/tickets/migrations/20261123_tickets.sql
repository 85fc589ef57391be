CREATE TABLE ticket_state (
    id {id},
    key TEXT NOT NULL UNIQUE,
    category {int} NOT NULL CHECK (category BETWEEN 0 AND 4),
    position {int} NOT NULL,
    agent_de TEXT NOT NULL, agent_en TEXT NOT NULL, agent_hu TEXT NOT NULL,
    customer_de TEXT NOT NULL, customer_en TEXT NOT NULL, customer_hu TEXT NOT NULL
) {strict};
INSERT INTO ticket_state (id, key, category, position, agent_de, agent_en, agent_hu, customer_de, customer_en, customer_hu) VALUES
    (1, 'new', 0, 1, 'Neu', 'New', 'Új', 'Eingegangen', 'Received', 'Beérkezett'),
    (2, 'open', 1, 2, 'Offen', 'Open', 'Nyitott', 'In Bearbeitung', 'Being worked on', 'Folyamatban'),
    (3, 'waiting', 2, 3, 'Wartet', 'Waiting', 'Várakozik', 'Wartet', 'Waiting', 'Várakozik'),
    (4, 'resolved', 3, 4, 'Gelöst', 'Resolved', 'Megoldva', 'Gelöst', 'Resolved', 'Megoldva'),
    (5, 'closed', 4, 5, 'Geschlossen', 'Closed', 'Lezárva', 'Abgeschlossen', 'Closed', 'Lezárva');

CREATE TABLE ticket (
    id {id},
    subject TEXT NOT NULL,
    requester_id {int} NOT NULL,
    owner_id {int},
    assignee_id {int},
    team_id {int} NOT NULL,
    state_id {int} NOT NULL REFERENCES ticket_state (id),
    category {int} NOT NULL,
    priority {int} NOT NULL CHECK (priority BETWEEN 1 AND 4),
    channel TEXT NOT NULL,
    mailbox_id {int},
    waiting_reason TEXT,
    waiting_until_at {int},
    is_spam {int} NOT NULL DEFAULT 0,
    merged_into_id {int} REFERENCES ticket (id),
    is_active {int} NOT NULL,
    tags TEXT NOT NULL DEFAULT '[]',
    snippet TEXT NOT NULL DEFAULT '',
    message_count {int} NOT NULL DEFAULT 0,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    last_message_at {int},
    first_response_at {int},
    resolved_at {int},
    closed_at {int},
    version {int} NOT NULL DEFAULT 1,
    CHECK (category <> 2 OR waiting_reason IS NOT NULL),
    CHECK (is_active = (CASE WHEN category < 3 AND is_spam = 0 AND merged_into_id IS NULL THEN 1 ELSE 0 END))
) {strict};
CREATE INDEX ticket_by_team_updated ON ticket (team_id, category, updated_at, id);
CREATE INDEX ticket_by_team_created ON ticket (team_id, category, created_at, id);
CREATE INDEX ticket_by_team_priority ON ticket (team_id, category, priority, id);
CREATE INDEX ticket_by_updated ON ticket (category, updated_at, id);
CREATE INDEX ticket_by_change ON ticket (updated_at, id);
CREATE INDEX ticket_by_created ON ticket (category, created_at, id);
CREATE INDEX ticket_by_priority ON ticket (category, priority, id);
CREATE INDEX ticket_by_assignee ON ticket (assignee_id, category, updated_at, id) WHERE assignee_id IS NOT NULL;
CREATE INDEX ticket_by_requester ON ticket (requester_id, id);
CREATE INDEX ticket_active ON ticket (team_id, assignee_id) WHERE is_active = 1;

CREATE TABLE ticket_tag (
    ticket_id {int} NOT NULL REFERENCES ticket (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (tag, ticket_id)
) {strict};

CREATE TABLE ticket_link (
    from_id {int} NOT NULL REFERENCES ticket (id),
    to_id {int} NOT NULL REFERENCES ticket (id),
    kind TEXT NOT NULL CHECK (kind IN ('follows', 'related', 'parent', 'duplicate', 'blocks')),
    created_at {int} NOT NULL,
    PRIMARY KEY (from_id, to_id, kind),
    CHECK (from_id <> to_id)
) {strict};
CREATE INDEX ticket_link_to ON ticket_link (to_id);

CREATE TABLE participant (
    ticket_id {int} NOT NULL REFERENCES ticket (id),
    person_id {int} NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('requester', 'cc', 'third_party')),
    is_on {int} NOT NULL DEFAULT 1,
    created_at {int} NOT NULL,
    PRIMARY KEY (ticket_id, person_id)
) {strict};
CREATE INDEX participant_by_person ON participant (person_id);

CREATE TABLE message (
    id {id},
    ticket_id {int} NOT NULL REFERENCES ticket (id),
    direction {int} NOT NULL CHECK (direction IN (0, 1)),
    audience {int} NOT NULL CHECK (audience IN (0, 1)),
    kind TEXT NOT NULL,
    author_person_id {int},
    author_staff_id {int},
    from_name TEXT,
    from_address TEXT,
    to_list TEXT NOT NULL DEFAULT '[]',
    cc_list TEXT NOT NULL DEFAULT '[]',
    bcc_list TEXT NOT NULL DEFAULT '[]',
    subject TEXT,
    header_id TEXT,
    in_reply_to TEXT,
    reference_list TEXT,
    text TEXT NOT NULL,
    text_full TEXT,
    html TEXT,
    remote_images {int} NOT NULL DEFAULT 0,
    raw_hash TEXT,
    mailbox_id {int},
    is_automatic {int} NOT NULL DEFAULT 0,
    is_unverified {int} NOT NULL DEFAULT 0,
    report TEXT,
    decision TEXT,
    reasons TEXT,
    created_at {int} NOT NULL,
    sent_at {int},
    UNIQUE (id, audience)
) {strict};
CREATE INDEX message_by_ticket ON message (ticket_id, id);
CREATE INDEX message_by_header ON message (header_id) WHERE header_id IS NOT NULL;

CREATE TABLE message_reference (
    reference TEXT NOT NULL,
    message_id {int} NOT NULL REFERENCES message (id),
    PRIMARY KEY (reference, message_id)
) {strict};

-- A delivery exists for public messages only: the database itself refuses an internal one.
CREATE TABLE delivery (
    message_id {int} PRIMARY KEY NOT NULL,
    audience {int} NOT NULL CHECK (audience = 0),
    channel TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('held', 'queued', 'sending', 'sent', 'failed', 'bounced', 'cancelled')),
    detail TEXT,
    attempts {int} NOT NULL DEFAULT 0,
    next_at {int},
    updated_at {int} NOT NULL,
    FOREIGN KEY (message_id, audience) REFERENCES message (id, audience)
) {strict};
CREATE INDEX delivery_due ON delivery (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE attachment (
    id {id},
    message_id {int} REFERENCES message (id),
    staff_id {int},
    hash TEXT NOT NULL,
    name TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size {int} NOT NULL,
    is_inline {int} NOT NULL DEFAULT 0,
    content_id TEXT,
    created_at {int} NOT NULL
) {strict};
CREATE INDEX attachment_by_message ON attachment (message_id) WHERE message_id IS NOT NULL;
CREATE INDEX attachment_waiting ON attachment (created_at) WHERE message_id IS NULL;
CREATE INDEX attachment_by_hash ON attachment (hash);

CREATE TABLE draft (
    ticket_id {int} NOT NULL REFERENCES ticket (id),
    staff_id {int} NOT NULL,
    audience TEXT NOT NULL,
    content TEXT NOT NULL,
    updated_at {int} NOT NULL,
    version {int} NOT NULL DEFAULT 1,
    PRIMARY KEY (ticket_id, staff_id)
) {strict};
CREATE INDEX draft_by_staff ON draft (staff_id, updated_at);

CREATE TABLE ticket_read (
    staff_id {int} NOT NULL,
    ticket_id {int} NOT NULL REFERENCES ticket (id),
    seen_at {int} NOT NULL,
    PRIMARY KEY (staff_id, ticket_id)
) {strict};

-- only: sqlite
CREATE VIEW message_document AS
    SELECT message.id AS id, COALESCE(message.subject, '') AS subject, message.text AS body,
           COALESCE(message.from_name, '') || ' ' || COALESCE(message.from_address, '') || ' ' || message.to_list || ' ' || message.cc_list AS people,
           COALESCE((SELECT group_concat(name, ' ') FROM attachment WHERE message_id = message.id), '') AS files
      FROM message;
CREATE VIRTUAL TABLE message_index USING fts5 (subject, body, people, files, content='message_document', content_rowid='id', tokenize='theke de en');
-- end
-- only: postgresql
CREATE TABLE message_index (
    message_id BIGINT PRIMARY KEY REFERENCES message (id),
    document TSVECTOR NOT NULL
);
CREATE INDEX message_index_document ON message_index USING gin (document);
-- end
