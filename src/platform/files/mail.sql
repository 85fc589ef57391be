-- name: mail_raw_insert
-- blob: packed
INSERT INTO mail_raw (hash, packed) VALUES (:hash, :packed) ON CONFLICT (hash) DO NOTHING;

-- name: mail_raw_find
-- one
-- blob: packed
SELECT packed FROM mail_raw WHERE hash = :hash;

-- name: mail_raw_delete
DELETE FROM mail_raw WHERE hash = :hash;
