-- name: mail_in_insert
-- One row however often the same letter is handed over.
INSERT INTO mail_in (source_key, content_key, raw_hash, size, sender, recipients, mailbox_id, team_id, state, reason, next_at, received_at, is_partial)
VALUES (:source_key, :content_key, :raw_hash, :size, :sender, :recipients, :mailbox_id, :team_id, :state, :reason, :next_at, :received_at, :is_partial)
ON CONFLICT (source_key) DO NOTHING;

-- name: mail_in_by_source
-- one
SELECT raw_hash FROM mail_in WHERE source_key = :source_key;

-- name: mail_in_due
-- plan: mail_in_due
-- int: limit, size, crashes, failures
-- json: recipients
-- text: sender
SELECT id AS mail_id, raw_hash, content_key, size, sender, recipients, mailbox_id, attempts, crashes, failures, received_at FROM mail_in
 WHERE state = 'waiting' AND next_at <= :now_at ORDER BY next_at, id LIMIT :limit;

-- name: mail_in_due (postgresql)
SELECT id AS mail_id, raw_hash, content_key, size, sender, recipients, mailbox_id, attempts, crashes, failures, received_at FROM mail_in
 WHERE state = 'waiting' AND next_at <= :now_at ORDER BY next_at, id LIMIT :limit FOR UPDATE SKIP LOCKED;

-- name: mail_in_lease
-- alone: 1 when nothing else is under way, so that this letter is to blame if the program ends now.
-- int: leased_by, alone
UPDATE mail_in SET attempts = attempts + 1, crashes = crashes + :alone, next_at = :next_at, leased_by = :leased_by WHERE id = :mail_id;

-- name: mail_in_holders
-- The processes that have letters under way.
-- int: process
SELECT DISTINCT leased_by AS process FROM mail_in WHERE state = 'waiting' AND next_at > :now_at AND leased_by IS NOT NULL;

-- name: mail_in_recover
-- What a process had taken that is no longer there is waiting again. Its attempts stay, so that a letter that ends the program
-- is known.
-- int: process
UPDATE mail_in SET next_at = :now_at, leased_by = NULL WHERE state = 'waiting' AND next_at > :now_at AND leased_by = :process;

-- name: mail_in_untake
-- What this process took and is not about: no attempt of the letter's.
-- int: leased_by
UPDATE mail_in SET next_at = :now_at, leased_by = NULL, attempts = attempts - 1, crashes = 0 WHERE state = 'waiting' AND next_at > :now_at AND leased_by = :leased_by;

-- name: mail_in_hasten
UPDATE mail_in SET next_at = :now_at WHERE state = 'waiting' AND next_at > :now_at AND leased_by IS NULL;

-- name: mail_in_finish
UPDATE mail_in SET state = :state, next_at = NULL, reason = :reason, from_address = :from_address, subject = :subject,
       message_id = :message_id, done_key = :done_key, done_at = :done_at
 WHERE id = :mail_id AND state = 'waiting';

-- name: mail_in_retry
-- failed: 1 when the letter itself is the reason. Not by one who is late and no longer has it in hand.
-- int: failed, leased_by
UPDATE mail_in SET next_at = :next_at, reason = :reason, failures = failures + :failed, crashes = 0, leased_by = NULL
 WHERE id = :mail_id AND state = 'waiting' AND leased_by = :leased_by;

-- name: mail_in_park
-- int: leased_by
UPDATE mail_in SET state = 'parked', next_at = NULL, reason = :reason, from_address = :from_address, subject = :subject, team_id = :team_id
 WHERE id = :mail_id AND state = 'waiting' AND leased_by = :leased_by;

-- name: mail_in_release
UPDATE mail_in SET state = 'waiting', next_at = :next_at, attempts = 0, crashes = 0, failures = 0, reason = NULL, leased_by = NULL WHERE id = :mail_id AND state = 'parked';

-- name: mail_in_drop
UPDATE mail_in SET state = 'dropped', done_at = :done_at WHERE id = :mail_id AND state = 'parked';

-- name: mail_in_done_by_content
-- one
SELECT id AS mail_id, message_id FROM mail_in WHERE done_key = :content_key;

-- name: mail_in_row
-- one
-- int: missing_uid
SELECT id AS mail_id, raw_hash, state, mailbox_id, team_id, from_address, subject, reason, is_partial, missing_uid FROM mail_in WHERE id = :mail_id;

-- name: mail_in_hashes
-- Each raw letter, once.
SELECT raw_hash FROM mail_in WHERE raw_hash <> '' GROUP BY raw_hash ORDER BY raw_hash;

-- name: mail_in_parked
-- Parked letters, newest first, as far as they are not a confidential team's of others. wanted: those of this mailbox; 0: all; -1: those
-- that were fetched from none that is still there.
-- plan: mail_in_parked
-- int: before, wanted, limit
-- id: mailbox, missing_uid
-- json: recipients
-- text: from
SELECT mail_in.id, mail_in.received_at, COALESCE(mail_in.from_address, mail_in.sender) AS "from", mail_in.recipients, mail_in.subject, mail_in.size,
       mail_in.reason, card.id AS mailbox, mail_in.is_partial, mail_in.missing_uid
  FROM mail_in LEFT JOIN mailbox_card AS card ON card.id = mail_in.mailbox_id
 WHERE mail_in.state = 'parked' AND mail_in.id < :before AND (:wanted = 0 OR COALESCE(card.id, -1) = :wanted)
   AND NOT EXISTS (SELECT 1 FROM team_closed WHERE team_closed.staff_id = :staff_id AND team_closed.team_id = mail_in.team_id)
 ORDER BY mail_in.id DESC LIMIT :limit;

-- name: mail_in_parked_count
-- wanted and for whom: see mail_in_parked; staff_id 0: of all teams
-- one
-- int: wanted, count
SELECT count(*) AS count FROM mail_in LEFT JOIN mailbox_card AS card ON card.id = mail_in.mailbox_id
 WHERE mail_in.state = 'parked' AND (:wanted = 0 OR COALESCE(card.id, -1) = :wanted)
   AND NOT EXISTS (SELECT 1 FROM team_closed WHERE team_closed.staff_id = :staff_id AND team_closed.team_id = mail_in.team_id);

-- name: mail_in_waiting_count
-- one
-- int: count
SELECT count(*) AS count, MIN(next_at) AS oldest_at FROM mail_in WHERE state = 'waiting' AND missing_uid IS NULL;

-- name: mail_in_of_raw
-- one
-- plan: mail_in_by_raw
SELECT id AS mail_id FROM mail_in WHERE raw_hash = :raw_hash AND raw_hash <> '' LIMIT 1;

-- name: mail_in_dropped
-- plan: mail_in_dropped
-- int: limit
SELECT id AS mail_id, raw_hash FROM mail_in
 WHERE state = 'dropped' AND raw_hash <> '' AND done_at < :before_at ORDER BY done_at LIMIT :limit;

-- name: mail_in_unname
UPDATE mail_in SET raw_hash = '' WHERE id = :mail_id;

-- name: mail_in_set_aside
-- A letter that could not be fetched, or not again.
-- int: size, missing_uid
INSERT INTO mail_in (source_key, content_key, raw_hash, size, recipients, mailbox_id, team_id, state, reason, received_at, missing_uid)
VALUES (:source_key, :source_key, '', :size, '[]', :mailbox_id, :team_id, 'parked', :reason, :received_at, :missing_uid)
ON CONFLICT (source_key) DO UPDATE SET state = 'parked', reason = excluded.reason WHERE mail_in.state = 'waiting';

-- name: mail_in_by_missing
-- one
SELECT id AS mail_id FROM mail_in WHERE source_key = :source_key AND missing_uid IS NOT NULL;

-- name: mail_in_wanted
-- What is to be fetched again, oldest first.
-- plan: mail_in_missing
-- int: missing_uid
SELECT source_key, missing_uid FROM mail_in
 WHERE state = 'waiting' AND missing_uid IS NOT NULL AND mailbox_id = :mailbox_id ORDER BY id;

-- name: mail_in_miss_no_more
DELETE FROM mail_in WHERE source_key = :source_key AND missing_uid IS NOT NULL;

-- name: mail_in_ask_again
UPDATE mail_in SET state = 'waiting', reason = NULL WHERE id = :mail_id AND state = 'parked' AND missing_uid IS NOT NULL;

-- name: intake_team_first
-- one
SELECT id AS team_id FROM team_card ORDER BY CASE WHEN slug = 'support' THEN 0 ELSE 1 END, id LIMIT 1;

-- name: intake_confidant
-- The confidential team of somebody who works here.
-- one
SELECT team_id FROM team_confidential_member WHERE email = :email ORDER BY team_id LIMIT 1;

-- name: intake_team
-- one
SELECT id AS team_id, name, language, is_auto_reply, auto_reply_text FROM team_card WHERE id = :team_id;

-- name: auto_reply_recent
-- one
-- int: count
SELECT count(*) AS count FROM auto_reply WHERE address = :address AND team_id = :team_id AND created_at > :since_at;

-- name: auto_reply_count
-- Of all teams.
-- one
-- int: count
SELECT count(*) AS count FROM auto_reply WHERE address = :address AND created_at > :since_at;

-- name: auto_reply_hour
-- To letters alone: what strangers bring about by forms trips no mailbox's breaker.
-- one
-- int: count
SELECT count(*) AS count FROM auto_reply
 WHERE created_at > :since_at AND request_id IS NULL AND (COALESCE(:mailbox_id, 0) = 0 OR mailbox_id = :mailbox_id);

-- name: auto_reply_hour_of_forms
-- one
-- plan: auto_reply_by_time
-- int: count
SELECT count(*) AS count FROM auto_reply WHERE created_at > :since_at AND request_id IS NOT NULL AND mailbox_id = :mailbox_id;

-- name: auto_reply_insert
INSERT INTO auto_reply (address, team_id, mailbox_id, ticket_id, message_id, request_id, created_at)
VALUES (:address, :team_id, :mailbox_id, :ticket_id, :message_id, :request_id, :created_at);

-- name: auto_reply_request
-- The request of a form that our letter answers.
-- one
-- plan: auto_reply_by_message
SELECT request_id FROM auto_reply WHERE message_id = :message_id AND request_id IS NOT NULL LIMIT 1;
