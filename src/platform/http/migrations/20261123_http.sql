CREATE TABLE idempotency_key (
    actor TEXT NOT NULL,
    key TEXT NOT NULL,
    hash {blob} NOT NULL,
    status {int} NOT NULL,
    content_type TEXT,
    location TEXT,
    body TEXT,
    created_at {int} NOT NULL,
    PRIMARY KEY (actor, key)
) {strict};
CREATE INDEX idempotency_key_by_age ON idempotency_key (created_at);
