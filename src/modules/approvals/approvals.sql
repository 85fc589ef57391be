-- name: approval_list
-- Those of a ticket and of the tickets that were merged into it, the newest first.
-- plan: approval_by_ticket
WITH RECURSIVE tree (id) AS (
    SELECT id FROM ticket_card WHERE id = :ticket_id
    UNION SELECT card.id FROM ticket_card AS card JOIN tree ON card.merged_into_id = tree.id)
SELECT approval.id AS approval_id, approval.ticket_id, approval.asker_id, asker.name AS asker_name, approval.approver_id,
       approver.name AS approver_name, approval.deputy_id, deputy.name AS deputy_name, approval.text, approval.due_at, approval.state,
       approval.decider_id, decider.name AS decider_name, approval.decided_at, approval.reason, approval.created_at
  FROM approval LEFT JOIN staff_card AS asker ON asker.id = approval.asker_id LEFT JOIN staff_card AS approver ON approver.id = approval.approver_id
       LEFT JOIN staff_card AS deputy ON deputy.id = approval.deputy_id LEFT JOIN staff_card AS decider ON decider.id = approval.decider_id
 WHERE approval.ticket_id IN (SELECT id FROM tree) ORDER BY approval.id DESC;

-- name: approval_add
-- one
INSERT INTO approval (ticket_id, asker_id, approver_id, deputy_id, text, due_at, created_at)
VALUES (:ticket_id, :asker_id, :approver_id, :deputy_id, :text, :due_at, :created_at) RETURNING id AS approval_id;

-- name: approval_settle
UPDATE approval SET state = :state, decider_id = :decider_id, decided_at = :decided_at, reason = :reason
 WHERE id = :approval_id AND state = 'open';

-- name: approval_waiting
-- What waits for the decision of somebody; the list puts its own condition behind it.
SELECT approval.id AS approval_id, ticket.id AS ticket_id, ticket.label, ticket.subject, approval.asker_id, asker.name AS asker_name, approval.text,
       approval.due_at, approval.created_at
  FROM approval JOIN ticket_card AS ticket ON ticket.id = approval.ticket_id LEFT JOIN staff_card AS asker ON asker.id = approval.asker_id
 WHERE 1 = 1;

-- name: approval_staff
-- one
-- bool: is_active
SELECT name, is_active FROM staff_card WHERE id = :staff_id;

-- name: approval_due
-- plan: approval_due
-- int: limit
SELECT id AS approval_id FROM approval WHERE state = 'open' AND overdue_at IS NULL AND due_at IS NOT NULL AND due_at <= :now_at
 ORDER BY due_at LIMIT :limit;

-- name: approval_due_take
-- The same, kept from other processes until they are told of.
-- plan: approval_due
-- int: limit
SELECT id AS approval_id, ticket_id, asker_id, approver_id, deputy_id FROM approval
 WHERE state = 'open' AND overdue_at IS NULL AND due_at IS NOT NULL AND due_at <= :now_at ORDER BY due_at LIMIT :limit;

-- name: approval_due_take (postgresql)
-- int: limit
SELECT id AS approval_id, ticket_id, asker_id, approver_id, deputy_id FROM approval
 WHERE state = 'open' AND overdue_at IS NULL AND due_at IS NOT NULL AND due_at <= :now_at ORDER BY due_at LIMIT :limit FOR UPDATE SKIP LOCKED;

-- name: approval_remind
UPDATE approval SET overdue_at = :now_at WHERE id = :approval_id;

-- name: approval_open_for
-- plan: approval_by_ticket
-- one
-- bool: waits
SELECT approval.ticket_id, EXISTS (SELECT 1 FROM approval AS other WHERE other.ticket_id = approval.ticket_id AND other.state = 'open'
                                      AND (other.approver_id = :staff_id OR other.deputy_id = :staff_id)) AS waits
  FROM approval WHERE approval.id = :approval_id;
