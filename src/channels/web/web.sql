-- name: request_taken_claim
-- No row when this page was sent already.
INSERT INTO request_taken (nonce, form_id, address_hash, remote_hash, network_hash, content_hash, created_at)
VALUES (:nonce, :form_id, :address_hash, :remote_hash, :network_hash, :content_hash, :created_at)
ON CONFLICT (nonce) DO NOTHING;

-- name: request_taken_done
UPDATE request_taken SET ticket_id = :ticket_id, message_id = :message_id WHERE nonce = :nonce;

-- name: request_taken_row
-- one
SELECT ticket_id, message_id, content_hash FROM request_taken WHERE nonce = :nonce;

-- name: request_taken_from
-- one
-- plan: request_taken_by_remote
-- int: count
SELECT count(*) AS count, min(created_at) AS first_at FROM request_taken WHERE remote_hash = :remote_hash AND created_at > :since_at;

-- name: request_taken_near
-- one
-- plan: request_taken_by_network
-- int: count
SELECT count(*) AS count, min(created_at) AS first_at FROM request_taken WHERE network_hash = :network_hash AND created_at > :since_at;

-- name: request_taken_of
-- one
-- plan: request_taken_by_form
-- int: count
SELECT count(*) AS count, min(created_at) AS first_at FROM request_taken WHERE form_id = :form_id AND created_at > :since_at;

-- name: request_taken_all
-- one
-- plan: request_taken_by_time
-- int: count
SELECT count(*) AS count, min(created_at) AS first_at FROM request_taken WHERE created_at > :since_at;

-- name: request_taken_for
-- one
-- plan: request_taken_by_address
-- int: count
SELECT count(*) AS count, min(created_at) AS first_at FROM request_taken WHERE address_hash = :address_hash AND created_at > :since_at;

-- name: request_lock
-- One at a time counts what came of late, and adds to it.
-- int: locked
SELECT 1 AS locked;

-- name: request_lock (postgresql)
SELECT 1::bigint AS locked FROM (SELECT pg_advisory_xact_lock(7460105)) AS held;

-- name: request_upload_from
-- one
-- plan: request_upload_by_remote
-- int: count
SELECT count(*) AS count, min(created_at) AS first_at FROM request_upload WHERE remote_hash = :remote_hash AND created_at > :since_at;

-- name: request_upload_add
INSERT INTO request_upload (remote_hash, created_at) VALUES (:remote_hash, :created_at);

-- name: request_upload_forget
DELETE FROM request_upload WHERE created_at < :before_at;

-- name: request_taken_forget
DELETE FROM request_taken WHERE created_at < :before_at;

-- name: web_house
-- one
SELECT (SELECT value FROM setting_card WHERE key = 'company') AS name;
