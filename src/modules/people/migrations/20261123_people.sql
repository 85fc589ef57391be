CREATE TABLE staff (
    id {id},
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    password_hash TEXT,
    state TEXT NOT NULL CHECK (state IN ('invited', 'active', 'disabled')),
    locale TEXT NOT NULL DEFAULT 'de',
    zone TEXT NOT NULL DEFAULT 'Europe/Berlin',
    theme TEXT NOT NULL DEFAULT 'system',
    signature TEXT NOT NULL DEFAULT '',
    is_keys_on {int} NOT NULL DEFAULT 1,
    totp_secret {blob},
    totp_step {int} NOT NULL DEFAULT 0,
    is_totp_on {int} NOT NULL DEFAULT 0,
    failed_count {int} NOT NULL DEFAULT 0,
    locked_until_at {int},
    version {int} NOT NULL DEFAULT 1,
    created_at {int} NOT NULL
) {strict};

CREATE TABLE role_permission (
    role TEXT NOT NULL,
    permission TEXT NOT NULL,
    scope {int} NOT NULL CHECK (scope BETWEEN 0 AND 3),
    PRIMARY KEY (role, permission)
) {strict};

CREATE TABLE team (
    id {id},
    name TEXT NOT NULL UNIQUE,
    slug TEXT NOT NULL UNIQUE,
    language TEXT NOT NULL DEFAULT 'de',
    reopen_days {int} NOT NULL DEFAULT 14 CHECK (reopen_days BETWEEN 0 AND 3650),
    signature_html TEXT NOT NULL DEFAULT '',
    is_auto_reply {int} NOT NULL DEFAULT 0,
    auto_reply_text TEXT NOT NULL DEFAULT '',
    version {int} NOT NULL DEFAULT 1
) {strict};
INSERT INTO team (name, slug) VALUES ('Support', 'support');

CREATE TABLE team_member (
    team_id {int} NOT NULL REFERENCES team (id),
    staff_id {int} NOT NULL REFERENCES staff (id),
    PRIMARY KEY (team_id, staff_id)
) {strict};
CREATE INDEX team_member_by_staff ON team_member (staff_id);

CREATE TABLE session (
    id {id},
    token_hash {blob} NOT NULL UNIQUE,
    staff_id {int} NOT NULL REFERENCES staff (id),
    created_at {int} NOT NULL,
    seen_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    address TEXT,
    agent TEXT
) {strict};
CREATE INDEX session_by_staff ON session (staff_id);

CREATE TABLE api_token (
    id {id},
    staff_id {int} NOT NULL REFERENCES staff (id),
    label TEXT NOT NULL,
    token_hash {blob} NOT NULL UNIQUE,
    scopes TEXT,
    created_at {int} NOT NULL,
    last_used_at {int},
    expires_at {int},
    revoked_at {int}
) {strict};
CREATE INDEX api_token_by_staff ON api_token (staff_id);

CREATE TABLE one_time_link (
    token_hash {blob} PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('setup', 'invite', 'reset')),
    staff_id {int} REFERENCES staff (id),
    created_at {int} NOT NULL,
    expires_at {int} NOT NULL,
    used_at {int}
) {strict};

CREATE TABLE recovery_code (
    staff_id {int} NOT NULL REFERENCES staff (id),
    code_hash {blob} NOT NULL,
    used_at {int},
    PRIMARY KEY (staff_id, code_hash)
) {strict};

-- Failed sign-ins by what was tried: an account that may not exist, or an address. Both are locked alike.
CREATE TABLE sign_in_failure (
    subject TEXT PRIMARY KEY NOT NULL,
    failed_count {int} NOT NULL,
    locked_until_at {int},
    updated_at {int} NOT NULL
) {strict};

CREATE TABLE company (
    id {id},
    name TEXT NOT NULL,
    notes TEXT NOT NULL DEFAULT '',
    version {int} NOT NULL DEFAULT 1,
    created_at {int} NOT NULL
) {strict};
CREATE INDEX company_by_name ON company (name);

CREATE TABLE company_domain (
    domain TEXT PRIMARY KEY NOT NULL,
    company_id {int} NOT NULL REFERENCES company (id)
) {strict};
CREATE INDEX company_domain_by_company ON company_domain (company_id);

CREATE TABLE person (
    id {id},
    name TEXT NOT NULL,
    locale TEXT,
    company_id {int} REFERENCES company (id),
    notes TEXT NOT NULL DEFAULT '',
    merged_into_id {int} REFERENCES person (id),
    version {int} NOT NULL DEFAULT 1,
    created_at {int} NOT NULL
) {strict};
CREATE INDEX person_by_company ON person (company_id) WHERE company_id IS NOT NULL;

CREATE TABLE identity (
    id {id},
    person_id {int} NOT NULL REFERENCES person (id),
    channel TEXT NOT NULL CHECK (channel IN ('email', 'phone', 'handle', 'external')),
    value TEXT NOT NULL,
    normalized TEXT NOT NULL,
    proof TEXT NOT NULL DEFAULT 'none' CHECK (proof IN ('none', 'claimed', 'verified', 'host')),
    bounced_at {int},
    bounce_detail TEXT,
    created_at {int} NOT NULL,
    UNIQUE (channel, normalized)
) {strict};
CREATE INDEX identity_by_person ON identity (person_id);

-- What other modules may read of people, agents and teams.
CREATE VIEW person_card AS
    SELECT person.id AS id, person.name AS name, company.name AS company, person.company_id AS company_id,
           (SELECT identity.value FROM identity WHERE identity.person_id = person.id AND identity.channel = 'email'
             ORDER BY identity.id LIMIT 1) AS email
      FROM person LEFT JOIN company ON company.id = person.company_id;
CREATE VIEW staff_card AS
    SELECT id, name, email, CASE state WHEN 'active' THEN 1 ELSE 0 END AS is_active FROM staff;
CREATE VIEW team_card AS
    SELECT id, name, slug, language, reopen_days, signature_html, is_auto_reply, auto_reply_text FROM team;

CREATE TABLE setting (
    key TEXT PRIMARY KEY NOT NULL,
    value TEXT NOT NULL,
    updated_at {int} NOT NULL
) {strict};

-- Letters of the program itself (invitations, new passwords), waiting for the outbox.
CREATE TABLE letter (
    id {id},
    to_address TEXT NOT NULL,
    language TEXT NOT NULL,
    kind TEXT NOT NULL,
    data TEXT NOT NULL,
    attempts {int} NOT NULL DEFAULT 0,
    next_at {int},
    sent_at {int},
    error TEXT,
    created_at {int} NOT NULL
) {strict};
CREATE INDEX letter_due ON letter (next_at) WHERE next_at IS NOT NULL;
