-- Whose letters go to quarantine, and whose never do for what is written in them. pattern: an address, or a domain, as on the wire and
-- in lower case; has_subdomains: of a domain, all below it as well.
CREATE TABLE spam_sender (
    id {id},
    pattern TEXT NOT NULL UNIQUE,
    has_subdomains {int} NOT NULL DEFAULT 0,
    is_allowed {int} NOT NULL DEFAULT 0,
    reason TEXT NOT NULL DEFAULT '',
    created_by_id {int} NOT NULL,
    created_at {int} NOT NULL,
    -- From then on it counts no more.
    expires_at {int}
) {strict};
