-- name: notice_cursor_read
-- one
-- int: event, step, newest
SELECT event, step, (SELECT COALESCE(MAX(id), 0) FROM event) AS newest FROM notice_cursor WHERE id = 1;

-- name: notice_cursor_take
-- Nobody else has taken this step.
-- one
-- int: event, step, next
UPDATE notice_cursor SET event = :event, step = step + 1 WHERE id = 1 AND step = :step RETURNING step AS next;

-- name: notice_put
-- Another time of what is still unread is no other row; a mail that is on its way already is enough for all of them.
-- int: actor_kind, actor_id, event
INSERT INTO notice (staff_id, kind, ticket_id, message_id, why, actor_kind, actor_id, is_shown, event, created_at, updated_at, mail_at)
VALUES (:staff_id, :kind, :ticket_id, :message_id, :why, :actor_kind, :actor_id, :is_shown, :event, :created_at, :created_at, :mail_at)
ON CONFLICT (staff_id, ticket_id, kind) WHERE read_at IS NULL DO UPDATE
   SET times = notice.times + 1, message_id = excluded.message_id, why = excluded.why, actor_kind = excluded.actor_kind,
       actor_id = excluded.actor_id, is_shown = CASE WHEN notice.is_shown = 1 THEN 1 ELSE excluded.is_shown END, event = excluded.event,
       updated_at = excluded.updated_at, mail_at = CASE WHEN notice.mailed_at IS NULL THEN COALESCE(notice.mail_at, excluded.mail_at) END;

-- name: notice_settle
-- What somebody was asked to decide, once there is nothing to decide any more. The event tells their screens.
-- int: event
UPDATE notice SET read_at = :read_at, mail_at = NULL, event = :event
 WHERE staff_id = :staff_id AND ticket_id = :ticket_id AND kind IN ('approval', 'overdue') AND read_at IS NULL;

-- name: notice_list
-- Newest first; with the ticket's place, for who may see it.
-- plan: notice_by_staff
-- int: actor_kind, actor_id, before, times, number
-- text: label
-- staff_id: assignee_id
SELECT notice.id, notice.kind, notice.ticket_id, ticket.number, ticket.label, ticket.subject, ticket.team_id, ticket.assignee_id, notice.message_id, notice.why,
       notice.actor_kind, notice.actor_id,
       CASE notice.actor_kind WHEN 1 THEN (SELECT name FROM staff_card WHERE staff_card.id = notice.actor_id)
                              WHEN 2 THEN (SELECT name FROM person_card WHERE person_card.id = notice.actor_id) END AS actor_name,
       notice.times, notice.created_at, notice.updated_at, notice.read_at
  FROM notice JOIN ticket_card AS ticket ON ticket.id = notice.ticket_id
 WHERE notice.staff_id = :staff_id AND notice.is_shown = 1 AND (notice.updated_at, notice.id) < (:updated_at, :before)
 ORDER BY notice.updated_at DESC, notice.id DESC LIMIT :limit;

-- name: notice_list_unread
-- The same of what is unread, which may be little among much that was read.
-- plan: notice_waiting
-- int: actor_kind, actor_id, before, times, number
-- text: label
-- staff_id: assignee_id
SELECT notice.id, notice.kind, notice.ticket_id, ticket.number, ticket.label, ticket.subject, ticket.team_id, ticket.assignee_id, notice.message_id, notice.why,
       notice.actor_kind, notice.actor_id,
       CASE notice.actor_kind WHEN 1 THEN (SELECT name FROM staff_card WHERE staff_card.id = notice.actor_id)
                              WHEN 2 THEN (SELECT name FROM person_card WHERE person_card.id = notice.actor_id) END AS actor_name,
       notice.times, notice.created_at, notice.updated_at, notice.read_at
  FROM notice JOIN ticket_card AS ticket ON ticket.id = notice.ticket_id
 WHERE notice.staff_id = :staff_id AND notice.read_at IS NULL AND notice.is_shown = 1
   AND (notice.updated_at, notice.id) < (:updated_at, :before)
 ORDER BY notice.updated_at DESC, notice.id DESC LIMIT :limit;

-- name: notice_unread
-- plan: notice_waiting
-- staff_id: assignee_id
SELECT notice.id, notice.ticket_id, ticket.team_id, ticket.assignee_id
  FROM notice JOIN ticket_card AS ticket ON ticket.id = notice.ticket_id
 WHERE notice.staff_id = :staff_id AND notice.read_at IS NULL AND notice.is_shown = 1 LIMIT :limit;

-- name: notice_find
-- one
-- staff_id: assignee_id
SELECT notice.id, notice.ticket_id, ticket.team_id, ticket.assignee_id
  FROM notice JOIN ticket_card AS ticket ON ticket.id = notice.ticket_id WHERE notice.id = :id AND notice.staff_id = :staff_id;

-- name: notice_read
-- A mail that was still to come is not wanted any more.
UPDATE notice SET read_at = :read_at, mail_at = NULL WHERE id = :id AND staff_id = :staff_id AND read_at IS NULL;

-- name: notice_unread_again
-- Where something newer of the kind is unread it stays read: that one stands for both.
UPDATE notice SET read_at = NULL WHERE id = :id AND staff_id = :staff_id
   AND NOT EXISTS (SELECT 1 FROM notice AS other WHERE other.staff_id = notice.staff_id AND other.ticket_id = notice.ticket_id
                      AND other.kind = notice.kind AND other.read_at IS NULL);

-- name: notice_read_all
UPDATE notice SET read_at = :read_at, mail_at = NULL WHERE staff_id = :staff_id AND read_at IS NULL;

-- name: notice_read_ticket
UPDATE notice SET read_at = :read_at, mail_at = NULL WHERE staff_id = :staff_id AND ticket_id = :ticket_id AND read_at IS NULL;

-- name: notice_old
-- plan: notice_read
-- one
SELECT id FROM notice WHERE read_at < :before_at LIMIT 1;

-- name: notice_purge
-- plan: notice_read
DELETE FROM notice WHERE id IN (SELECT id FROM notice WHERE read_at < :before_at ORDER BY read_at LIMIT :limit);

-- name: notice_told
-- Who has something new since.
-- plan: notice_by_event
-- int: told, upto
SELECT DISTINCT staff_id FROM notice WHERE event > :told AND event <= :upto;

-- name: notice_due
-- Mails whose time has come, those of one person beside one another.
-- plan: notice_mail
-- int: actor_kind, actor_id, times
-- text: label
-- staff_id: assignee_id
SELECT notice.id, notice.staff_id, notice.kind, notice.ticket_id, ticket.label, ticket.subject, ticket.team_id, ticket.assignee_id, notice.times,
       CASE notice.actor_kind WHEN 1 THEN (SELECT name FROM staff_card WHERE staff_card.id = notice.actor_id)
                              WHEN 2 THEN (SELECT name FROM person_card WHERE person_card.id = notice.actor_id) END AS actor_name
  FROM notice JOIN ticket_card AS ticket ON ticket.id = notice.ticket_id
 WHERE notice.mail_at IS NOT NULL AND notice.mail_at <= :now_at ORDER BY notice.staff_id, notice.mail_at, notice.id LIMIT :limit;

-- name: notice_mailed
-- What is not shown can't be read anywhere but in its mail.
UPDATE notice SET mail_at = NULL, mailed_at = :mailed_at, read_at = CASE WHEN is_shown = 0 THEN :mailed_at ELSE read_at END
 WHERE id = :id AND mail_at IS NOT NULL;

-- name: notice_unmailed
-- There is nothing to mail any more.
UPDATE notice SET mail_at = NULL, read_at = CASE WHEN is_shown = 0 THEN :read_at ELSE read_at END WHERE id = :id;

-- name: notice_wishes
SELECT kind, is_shown, is_mailed FROM notice_wish WHERE staff_id = :staff_id ORDER BY kind;

-- name: notice_wish_put
INSERT INTO notice_wish (staff_id, kind, is_shown, is_mailed) VALUES (:staff_id, :kind, :is_shown, :is_mailed)
ON CONFLICT (staff_id, kind) DO UPDATE SET is_shown = excluded.is_shown, is_mailed = excluded.is_mailed;

-- name: notice_quiet_find
-- one
-- int: from_minute, to_minute, days, at_minute
SELECT is_on, from_minute, to_minute, days, rhythm, at_minute, stopped_at FROM notice_quiet WHERE staff_id = :staff_id;

-- name: notice_quiet_put
-- Who says when they want mails wants them.
-- int: from_minute, to_minute, days, at_minute
INSERT INTO notice_quiet (staff_id, is_on, from_minute, to_minute, days, rhythm, at_minute)
VALUES (:staff_id, :is_on, :from_minute, :to_minute, :days, :rhythm, :at_minute)
ON CONFLICT (staff_id) DO UPDATE SET is_on = excluded.is_on, from_minute = excluded.from_minute, to_minute = excluded.to_minute,
   days = excluded.days, rhythm = excluded.rhythm, at_minute = excluded.at_minute, stopped_at = NULL;

-- name: notice_stop
INSERT INTO notice_quiet (staff_id, stopped_at) VALUES (:staff_id, :stopped_at)
ON CONFLICT (staff_id) DO UPDATE SET stopped_at = excluded.stopped_at;

-- name: notice_address
-- one
SELECT email FROM staff_card WHERE id = :staff_id AND is_active = 1;
