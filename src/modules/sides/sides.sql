-- name: side_list
-- Those of a ticket and of the tickets that were merged into it, the newest first; not what was taken back before anything of it left.
-- plan: side_conversation_by_ticket
-- int: count, seen, last_in
WITH RECURSIVE tree (id) AS (
    SELECT id FROM ticket_card WHERE id = :ticket_id
    UNION SELECT card.id FROM ticket_card AS card JOIN tree ON card.merged_into_id = tree.id)
SELECT side.id AS side_id, side.ticket_id, side.subject, side.state, side.starter_id, starter.name AS starter_name, side.created_at,
       count(card.id) AS count, MAX(card.created_at) AS last_at, COALESCE(MAX(CASE WHEN card.direction = 0 THEN card.id END), 0) AS last_in,
       COALESCE((SELECT seen.message_id FROM side_seen AS seen WHERE seen.side_id = side.id AND seen.staff_id = :staff_id), 0) AS seen
  FROM side_conversation AS side JOIN side_message AS part ON part.side_id = side.id AND COALESCE(part.state, '') <> 'cancelled'
       JOIN message_card AS card ON card.id = part.message_id LEFT JOIN staff_card AS starter ON starter.id = side.starter_id
 WHERE side.ticket_id IN (SELECT id FROM tree)
 GROUP BY side.id, side.ticket_id, side.subject, side.state, side.starter_id, starter.name, side.created_at ORDER BY side.id DESC;

-- name: side_row
-- one
SELECT id AS side_id, ticket_id, subject, state, starter_id FROM side_conversation WHERE id = :side_id;

-- name: side_row_of_message
-- one
SELECT side.id AS side_id, side.ticket_id, side.subject, side.state, side.starter_id, part.state AS delivery_state
  FROM side_message AS part JOIN side_conversation AS side ON side.id = part.side_id WHERE part.message_id = :message_id;

-- name: side_add
-- one
INSERT INTO side_conversation (ticket_id, subject, starter_id, created_at) VALUES (:ticket_id, :subject, :starter_id, :created_at)
RETURNING id AS side_id;

-- name: side_put_state
UPDATE side_conversation SET state = :state WHERE id = :side_id AND state <> :state;

-- name: side_messages
-- Up to a message, the newest first; not what was taken back.
-- plan: side_message_by_side
-- int: upto, direction, limit
-- json: to_list, cc_list
SELECT part.message_id, card.direction, card.from_name, card.from_address, card.to_list, card.cc_list, card.header_id, card.is_automatic,
       card.is_unverified, part.state, part.detail
  FROM side_message AS part JOIN message_card AS card ON card.id = part.message_id
 WHERE part.side_id = :side_id AND part.message_id <= :upto AND COALESCE(part.state, '') <> 'cancelled' ORDER BY part.message_id DESC LIMIT :limit;

-- name: side_letters
-- Whom the letters went to of the side conversations of a ticket and of what was merged into it; only: of this one alone, 0: of all.
-- plan: side_conversation_by_ticket
-- int: only
-- json: to_list, cc_list
WITH RECURSIVE tree (id) AS (
    SELECT id FROM ticket_card WHERE id = :ticket_id
    UNION SELECT card.id FROM ticket_card AS card JOIN tree ON card.merged_into_id = tree.id)
SELECT card.to_list, card.cc_list
  FROM side_conversation AS side JOIN side_message AS part ON part.side_id = side.id JOIN message_card AS card ON card.id = part.message_id
 WHERE side.ticket_id IN (SELECT id FROM tree) AND part.state IS NOT NULL AND part.state NOT IN ('held', 'cancelled')
   AND (:only = 0 OR side.id = :only)
 GROUP BY card.to_list, card.cc_list;

-- name: side_message_add
INSERT INTO side_message (message_id, side_id, state, next_at) VALUES (:message_id, :side_id, :state, :next_at);

-- name: side_see
INSERT INTO side_seen (side_id, staff_id, message_id) VALUES (:side_id, :staff_id, :message_id)
ON CONFLICT (side_id, staff_id) DO UPDATE SET message_id = excluded.message_id WHERE side_seen.message_id < excluded.message_id;

-- name: side_own_address
-- one
SELECT address FROM own_address WHERE address = :address;

-- name: side_outgoing_row
-- one
-- json: to_list, cc_list
SELECT part.side_id, card.shown_in_id, ticket.team_id, card.mailbox_id, card.author_staff_id, card.from_name, card.to_list, card.cc_list, card.subject,
       card.header_id, card.text, card.html, card.created_at
  FROM side_message AS part JOIN message_card AS card ON card.id = part.message_id JOIN ticket_card AS ticket ON ticket.id = card.shown_in_id
 WHERE part.message_id = :message_id AND card.direction = 1 AND part.state IS NOT NULL;

-- name: side_due
-- plan: side_message_due
-- int: limit
SELECT part.message_id, part.attempts, card.created_at FROM side_message AS part JOIN message_card AS card ON card.id = part.message_id
 WHERE part.next_at IS NOT NULL AND part.next_at <= :now_at ORDER BY part.next_at LIMIT :limit;

-- name: side_due (postgresql)
-- int: limit
SELECT part.message_id, part.attempts, card.created_at FROM side_message AS part JOIN message_card AS card ON card.id = part.message_id
 WHERE part.next_at IS NOT NULL AND part.next_at <= :now_at ORDER BY part.next_at LIMIT :limit FOR UPDATE OF part SKIP LOCKED;

-- name: side_first_due
-- one
-- plan: side_message_due
SELECT next_at FROM side_message WHERE next_at IS NOT NULL AND next_at <= :now_at ORDER BY next_at LIMIT 1;

-- name: side_waiting
-- one
-- plan: side_message_due
-- int: count
SELECT count(*) AS count FROM side_message WHERE next_at IS NOT NULL;

-- name: side_lease
-- int: leased_by
UPDATE side_message SET state = 'sending', attempts = attempts + 1, next_at = :next_at, leased_by = :leased_by WHERE message_id = :message_id;

-- name: side_holders
-- The processes that have something under way.
-- int: process
SELECT DISTINCT leased_by AS process FROM side_message WHERE state = 'sending' AND next_at > :now_at AND leased_by IS NOT NULL;

-- name: side_recover
-- What a process had under way that is no longer there, or is not about.
-- int: process
UPDATE side_message SET state = 'queued', next_at = :now_at, leased_by = NULL WHERE state = 'sending' AND next_at > :now_at AND leased_by = :process;

-- name: side_hasten
-- What is held so that it can be taken back is held for seconds; only a clock that was set back makes more of them.
UPDATE side_message SET next_at = :now_at WHERE (state = 'queued' AND next_at > :now_at) OR (state = 'held' AND next_at > :far_at);

-- name: side_settle
-- How an attempt has ended. Not by one who is late and no longer has it in hand, unless it did leave.
UPDATE side_message SET state = :state, detail = :detail, next_at = :next_at, leased_by = NULL
 WHERE message_id = :message_id
   AND ((state = 'sending' AND attempts = :attempts) OR (:state = 'sent' AND state IN ('sending', 'queued', 'failed')));

-- name: side_bounce
UPDATE side_message SET state = 'bounced', detail = :detail, next_at = NULL WHERE message_id = :message_id AND state IS NOT NULL;

-- name: side_cancel
UPDATE side_message SET state = 'cancelled', next_at = NULL WHERE message_id = :message_id AND state = 'held';

-- name: side_retry
UPDATE side_message SET state = 'queued', detail = NULL, next_at = :next_at WHERE message_id = :message_id AND state IN ('failed', 'queued');
