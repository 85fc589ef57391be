-- Every letter that reached us, once per way it came; its bytes are in the mail store under raw_hash.
CREATE TABLE mail_in (
    id {id},
    source_key TEXT NOT NULL UNIQUE,
    content_key TEXT NOT NULL,
    done_key TEXT UNIQUE,
    raw_hash TEXT NOT NULL,
    size {int} NOT NULL,
    sender TEXT,
    recipients TEXT NOT NULL,
    mailbox_id {int},
    state TEXT NOT NULL CHECK (state IN ('waiting', 'done', 'own', 'duplicate', 'parked', 'dropped')),
    attempts {int} NOT NULL DEFAULT 0,
    next_at {int},
    reason TEXT,
    from_address TEXT,
    subject TEXT,
    message_id {int},
    received_at {int} NOT NULL,
    done_at {int}
) {strict};
CREATE INDEX mail_in_due ON mail_in (next_at, id) WHERE state = 'waiting';
CREATE INDEX mail_in_parked ON mail_in (id) WHERE state = 'parked';
CREATE INDEX mail_in_by_message ON mail_in (message_id) WHERE message_id IS NOT NULL;

-- Automatic answers that went out, for the limits.
CREATE TABLE auto_reply (
    id {id},
    address TEXT NOT NULL,
    team_id {int} NOT NULL,
    mailbox_id {int},
    ticket_id {int} NOT NULL,
    created_at {int} NOT NULL
) {strict};
CREATE INDEX auto_reply_by_address ON auto_reply (address, team_id, created_at);
CREATE INDEX auto_reply_by_time ON auto_reply (created_at);
