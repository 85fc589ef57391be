CREATE TABLE mailbox (
    id {id},
    name TEXT NOT NULL,
    address TEXT NOT NULL,
    team_id {int} NOT NULL REFERENCES team (id),
    kind TEXT NOT NULL CHECK (kind IN ('imap', 'lmtp')),
    auth TEXT NOT NULL DEFAULT 'password' CHECK (auth IN ('password', 'xoauth2')),
    in_host TEXT NOT NULL DEFAULT '',
    in_port {int} NOT NULL DEFAULT 0,
    in_security TEXT NOT NULL DEFAULT 'tls' CHECK (in_security IN ('tls', 'starttls', 'none')),
    in_user TEXT NOT NULL DEFAULT '',
    in_secret {blob},
    in_folder TEXT NOT NULL DEFAULT 'INBOX',
    out_host TEXT NOT NULL DEFAULT '',
    out_port {int} NOT NULL DEFAULT 0,
    out_security TEXT NOT NULL DEFAULT 'starttls' CHECK (out_security IN ('tls', 'starttls', 'none')),
    out_user TEXT NOT NULL DEFAULT '',
    out_secret {blob},
    oauth_token_url TEXT NOT NULL DEFAULT '',
    oauth_client TEXT NOT NULL DEFAULT '',
    oauth_secret {blob},
    oauth_refresh {blob},
    is_contact_form {int} NOT NULL DEFAULT 0,
    uid_validity {int} NOT NULL DEFAULT 0,
    uid_last {int} NOT NULL DEFAULT 0,
    in_ok_at {int},
    in_error TEXT,
    in_error_at {int},
    out_ok_at {int},
    out_error TEXT,
    out_error_at {int},
    tripped_at {int},
    version {int} NOT NULL DEFAULT 1,
    created_at {int} NOT NULL
) {strict};
CREATE UNIQUE INDEX mailbox_by_address ON mailbox (address);

-- Every address of ours: a mailbox's own and its aliases, in lower case.
CREATE TABLE mailbox_address (
    address TEXT PRIMARY KEY NOT NULL,
    mailbox_id {int} NOT NULL REFERENCES mailbox (id)
) {strict};
CREATE INDEX mailbox_address_by_mailbox ON mailbox_address (mailbox_id);
