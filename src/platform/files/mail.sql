-- name: mail_raw_insert
-- blob: packed
INSERT INTO mail_raw (hash, packed) VALUES (:hash, :packed) ON CONFLICT (hash) DO NOTHING;

-- name: mail_raw_insert (postgresql)
-- Who takes bytes away at the same time waits, and sees that they are named.
INSERT INTO mail_raw (hash, packed) VALUES (:hash, :packed) ON CONFLICT (hash) DO UPDATE SET hash = excluded.hash;

-- name: mail_raw_lock
-- one
SELECT hash FROM mail_raw WHERE hash = :hash;

-- name: mail_raw_lock (postgresql)
SELECT hash FROM mail_raw WHERE hash = :hash FOR UPDATE;

-- name: mail_raw_find
-- one
-- blob: packed
SELECT packed FROM mail_raw WHERE hash = :hash;

-- name: mail_raw_delete
DELETE FROM mail_raw WHERE hash = :hash;
