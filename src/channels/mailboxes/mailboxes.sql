-- name: mailbox_row
-- one
-- int: in_port, out_port, uid_validity, uid_last, generation, backlog_last, authentication_hits, authentication_letters
-- blob: in_secret, out_secret, oauth_secret, oauth_refresh
SELECT id AS mailbox_id, name, address, team_id, kind, auth, in_host, in_port, in_security, in_user, in_secret, in_folder,
       out_host, out_port, out_security, out_user, out_secret, oauth_token_url, oauth_client, oauth_secret, oauth_refresh,
       is_contact_form, uid_validity, uid_last, generation, backlog, backlog_last, backlog_since_at, in_ok_at, in_error, in_error_at, out_ok_at, out_error, out_error_at, tripped_at, version,
       authentication_server, authentication_name, authentication_hits, authentication_letters
  FROM mailbox WHERE id = :mailbox_id;

-- name: mailbox_hold
-- Holds the mailbox until the transaction ends, so that two changes come one after the other.
SELECT id AS mailbox_id FROM mailbox WHERE id = :mailbox_id;

-- name: mailbox_hold (postgresql)
SELECT id AS mailbox_id FROM mailbox WHERE id = :mailbox_id FOR UPDATE;

-- name: mailbox_ids
-- int: refetches
SELECT id AS mailbox_id, kind, version, refetches FROM mailbox ORDER BY id;

-- name: mailbox_states
-- bool: is_in_failing, is_out_failing, is_tripped
SELECT id AS mailbox_id, CASE WHEN in_error IS NULL THEN 0 ELSE 1 END AS is_in_failing, CASE WHEN out_error IS NULL THEN 0 ELSE 1 END AS is_out_failing,
       CASE WHEN tripped_at IS NULL THEN 0 ELSE 1 END AS is_tripped
  FROM mailbox ORDER BY id;

-- name: mailbox_troubles
-- The mailboxes that somebody should look at.
-- time: since
SELECT id, name, address, COALESCE(in_error_at, out_error_at) AS since, in_error, out_error, tripped_at
  FROM mailbox WHERE in_error IS NOT NULL OR out_error IS NOT NULL OR tripped_at IS NOT NULL ORDER BY id;

-- name: mailbox_any
-- one
SELECT id AS mailbox_id FROM mailbox ORDER BY id LIMIT 1;

-- name: mailbox_of_address
-- one
SELECT mailbox_id FROM mailbox_address WHERE address = :address;

-- name: mailbox_sending
-- The mailbox that a team's answers leave from when the ticket names none: the team's first, else the first of all.
-- one
SELECT id AS mailbox_id FROM mailbox WHERE out_host <> ''
 ORDER BY CASE WHEN team_id = :team_id THEN 0 ELSE 1 END, id LIMIT 1;

-- name: mailbox_addresses
SELECT address FROM mailbox_address WHERE mailbox_id = :mailbox_id ORDER BY address;

-- name: mailbox_insert
-- one
-- int: in_port, out_port
-- blob: in_secret, out_secret, oauth_secret, oauth_refresh
INSERT INTO mailbox (name, address, team_id, kind, auth, in_host, in_port, in_security, in_user, in_secret, in_folder,
       out_host, out_port, out_security, out_user, out_secret, oauth_token_url, oauth_client, oauth_secret, oauth_refresh, is_contact_form, authentication_server, created_at)
VALUES (:name, :address, :team_id, :kind, :auth, :in_host, :in_port, :in_security, :in_user, :in_secret, :in_folder,
       :out_host, :out_port, :out_security, :out_user, :out_secret, :oauth_token_url, :oauth_client, :oauth_secret, :oauth_refresh,
       :is_contact_form, :authentication_server, :created_at)
RETURNING id AS mailbox_id;

-- name: mailbox_update
-- Another account, server or folder begins anew. Behind another port of the same server may be another one too, but hardly is:
-- what came since the last fetch is looked at again.
-- int: in_port, out_port
-- blob: in_secret, out_secret, oauth_secret, oauth_refresh
UPDATE mailbox SET name = :name, address = :address, team_id = :team_id, kind = :kind, auth = :auth,
       generation = CASE WHEN in_host = :in_host AND in_user = :in_user AND in_folder = :in_folder AND in_port = :in_port
                         THEN generation ELSE generation + 1 END,
       uid_validity = CASE WHEN in_host = :in_host AND in_user = :in_user AND in_folder = :in_folder AND in_port = :in_port
                           THEN uid_validity ELSE 0 END,
       authentication_server = :authentication_server,
       authentication_hits = CASE WHEN in_host = :in_host AND kind = :kind THEN authentication_hits ELSE 0 END,
       authentication_letters = CASE WHEN in_host = :in_host AND kind = :kind THEN authentication_letters ELSE 0 END,
       backlog = CASE WHEN in_host = :in_host AND in_user = :in_user AND in_folder = :in_folder THEN backlog ELSE 'unread' END,
       in_host = :in_host, in_port = :in_port, in_security = :in_security, in_user = :in_user, in_secret = :in_secret, in_folder = :in_folder,
       out_host = :out_host, out_port = :out_port, out_security = :out_security, out_user = :out_user, out_secret = :out_secret,
       oauth_token_url = :oauth_token_url, oauth_client = :oauth_client, oauth_secret = :oauth_secret, oauth_refresh = :oauth_refresh,
       is_contact_form = :is_contact_form, in_error = NULL, out_error = NULL, in_error_at = NULL, out_error_at = NULL, version = version + 1
 WHERE id = :mailbox_id;

-- name: mailbox_delete
DELETE FROM mailbox WHERE id = :mailbox_id;

-- name: mailbox_addresses_clear
DELETE FROM mailbox_address WHERE mailbox_id = :mailbox_id;

-- name: mailbox_address_add
INSERT INTO mailbox_address (address, mailbox_id) VALUES (:address, :mailbox_id);

-- name: mailbox_cursor
-- Where the fetcher stands; not when its mailbox has become another one meanwhile.
-- int: uid_validity, uid_last, backlog_last, generation
UPDATE mailbox SET uid_validity = :uid_validity, uid_last = :uid_last, backlog = :backlog, backlog_last = :backlog_last,
       backlog_since_at = :backlog_since_at
 WHERE id = :mailbox_id AND generation = :generation;

-- name: mailbox_authentication
-- int: hits, letters
UPDATE mailbox SET authentication_name = :name, authentication_hits = :hits, authentication_letters = :letters WHERE id = :mailbox_id;

-- name: mailbox_refetch
UPDATE mailbox SET refetches = refetches + 1 WHERE id = :mailbox_id AND kind = 'imap';

-- name: mailbox_in_ok
UPDATE mailbox SET in_ok_at = :now_at, in_error = NULL, in_error_at = NULL WHERE id = :mailbox_id;

-- name: mailbox_in_error
UPDATE mailbox SET in_error = :error, in_error_at = COALESCE(in_error_at, :now_at) WHERE id = :mailbox_id;

-- name: mailbox_out_ok
UPDATE mailbox SET out_ok_at = :now_at, out_error = NULL, out_error_at = NULL WHERE id = :mailbox_id;

-- name: mailbox_out_error
UPDATE mailbox SET out_error = :error, out_error_at = COALESCE(out_error_at, :now_at) WHERE id = :mailbox_id;

-- name: mailbox_refresh_token
-- A renewed one takes the place of the one that it was got with, and of no other.
-- blob: oauth_refresh, known
UPDATE mailbox SET oauth_refresh = :oauth_refresh WHERE id = :mailbox_id AND oauth_refresh = :known;

-- name: mailbox_trip
UPDATE mailbox SET tripped_at = :tripped_at WHERE id = :mailbox_id;

-- name: mailbox_untrip
UPDATE mailbox SET tripped_at = NULL WHERE id = :mailbox_id;
