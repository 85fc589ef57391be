-- name: incident_list
-- The incidents of a problem that are not closed, up to a limit.
SELECT ticket_id, team_id, assignee_id FROM incident_card WHERE problem_id = :problem_id ORDER BY ticket_id LIMIT :limit;

-- name: problem_update_insert
-- one
INSERT INTO problem_update (ticket_id, staff_id, text, html, state, created_at) VALUES (:ticket_id, :staff_id, :text, :html, :state, :created_at)
RETURNING id;

-- name: problem_update_operation
UPDATE problem_update SET operation_id = :operation_id WHERE id = :update_id;

-- name: problem_update_item_add
INSERT INTO problem_update_item (update_id, ticket_id, state) VALUES (:update_id, :ticket_id, 'pending');

-- name: problem_update_row
-- one
SELECT id AS update_id, ticket_id, staff_id, text, html, state, operation_id FROM problem_update WHERE id = :update_id;

-- name: problem_update_hold
SELECT id AS update_id FROM problem_update WHERE id = :update_id;

-- name: problem_update_hold (postgresql)
SELECT id AS update_id FROM problem_update WHERE id = :update_id FOR UPDATE;

-- name: problem_update_next
-- plan: problem_update_pending
-- one
SELECT update_id, ticket_id FROM problem_update_item WHERE state = 'pending' ORDER BY update_id, ticket_id LIMIT 1;

-- name: problem_update_take
-- The same, kept from other processes until it is written.
-- plan: problem_update_pending
-- one
SELECT update_id, ticket_id FROM problem_update_item WHERE state = 'pending' ORDER BY update_id, ticket_id LIMIT 1;

-- name: problem_update_take (postgresql)
SELECT update_id, ticket_id FROM problem_update_item WHERE state = 'pending' ORDER BY update_id, ticket_id LIMIT 1 FOR UPDATE SKIP LOCKED;

-- name: problem_update_settle
UPDATE problem_update_item SET state = :state, error = :error, message_id = :message_id
 WHERE update_id = :update_id AND ticket_id = :ticket_id AND state = 'pending';

-- name: problem_update_finish
-- Once nothing is left to write.
UPDATE problem_update SET finished_at = :finished_at
 WHERE id = :update_id AND finished_at IS NULL
   AND NOT EXISTS (SELECT 1 FROM problem_update_item WHERE update_id = :update_id AND state = 'pending');

-- name: problem_update_cancel
UPDATE problem_update_item SET state = 'cancelled' WHERE update_id = :update_id AND state = 'pending';

-- name: problem_update_again
UPDATE problem_update_item SET state = 'pending', error = NULL WHERE update_id = :update_id AND state = 'failed';

-- name: problem_update_begin_again
UPDATE problem_update SET finished_at = NULL WHERE id = :update_id;

-- name: problem_update_items
-- text: label
SELECT item.ticket_id, ticket.number, ticket.label, ticket.subject, ticket.team_id, ticket.assignee_id, item.state, item.error, item.message_id,
       delivery.state AS delivery, delivery.detail
  FROM problem_update_item AS item JOIN ticket_card AS ticket ON ticket.id = item.ticket_id
       LEFT JOIN delivery_card AS delivery ON delivery.message_id = item.message_id
 WHERE item.update_id = :update_id ORDER BY item.ticket_id;

-- name: problem_update_view
-- one
-- int: total, pending, done, failed, cancelled
SELECT problem_update.id, problem_update.ticket_id AS ticket_id, problem_update.operation_id, problem_update.created_at, staff.id AS "author.id",
       staff.name AS "author.name", problem_update.text, problem_update.state, problem_update.finished_at, count(*) AS total,
       count(CASE WHEN item.state = 'pending' THEN 1 END) AS pending,
       count(CASE WHEN item.state = 'done' AND COALESCE(delivery.state, '') NOT IN ('failed', 'bounced') THEN 1 END) AS done,
       count(CASE WHEN item.state = 'failed' OR delivery.state IN ('failed', 'bounced') THEN 1 END) AS failed,
       count(CASE WHEN item.state = 'cancelled' THEN 1 END) AS cancelled
  FROM problem_update JOIN problem_update_item AS item ON item.update_id = problem_update.id
       LEFT JOIN delivery_card AS delivery ON delivery.message_id = item.message_id
       LEFT JOIN staff_card AS staff ON staff.id = problem_update.staff_id
 WHERE problem_update.id = :update_id GROUP BY problem_update.id, staff.id, staff.name;

-- name: problem_update_list
-- plan: problem_update_by_ticket
SELECT id AS update_id FROM problem_update WHERE ticket_id = :ticket_id ORDER BY id DESC LIMIT 20;

-- name: problem_author
-- one
SELECT id AS staff_id, name FROM staff_card WHERE id = :staff_id;
