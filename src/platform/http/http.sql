-- name: idempotency_claim
-- The first request with a key takes it; a second one waits for the first to commit and then changes nothing.
-- text: actor, key
-- blob: hash
INSERT INTO idempotency_key (actor, key, hash, status, content_type, location, body, created_at)
VALUES (:actor, :key, :hash, 0, NULL, NULL, NULL, :created_at)
ON CONFLICT (actor, key) DO NOTHING;

-- name: idempotency_find
-- one
-- text: actor, key
-- blob: hash
-- int: status
SELECT hash, status, content_type, location, body FROM idempotency_key WHERE actor = :actor AND key = :key;

-- name: idempotency_answer
-- text: actor, key
-- int: status
UPDATE idempotency_key SET status = :status, content_type = :content_type, location = :location, body = :body
 WHERE actor = :actor AND key = :key;

-- name: idempotency_free
-- text: actor, key
DELETE FROM idempotency_key WHERE actor = :actor AND key = :key;

-- name: idempotency_purge
-- Answers older than a day are forgotten.
-- plan: idempotency_key_by_age
-- time: before
DELETE FROM idempotency_key WHERE created_at < :before;
