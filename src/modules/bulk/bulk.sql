-- name: bulk_insert
-- one
-- json: actions
INSERT INTO bulk (staff_id, actions, condition, state, created_at) VALUES (:staff_id, :actions, :condition, 'running', :created_at)
RETURNING id;

-- name: bulk_item_add
INSERT INTO bulk_item (bulk_id, ticket_id, state) VALUES (:bulk_id, :ticket_id, 'pending');

-- name: bulk_set_operation
UPDATE bulk SET operation_id = :operation_id WHERE id = :bulk_id;

-- name: bulk_row
-- one
-- json: actions
SELECT id AS bulk_id, staff_id, actions, condition, state, operation_id, undone_by_id, created_at, finished_at FROM bulk WHERE id = :bulk_id;

-- name: bulk_hold
SELECT id AS bulk_id FROM bulk WHERE id = :bulk_id;

-- name: bulk_hold (postgresql)
SELECT id AS bulk_id FROM bulk WHERE id = :bulk_id FOR UPDATE;

-- name: bulk_list
-- Of one agent, the newest first.
-- plan: bulk_by_staff
-- int: before
SELECT id AS bulk_id FROM bulk WHERE staff_id = :staff_id AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: bulk_counts
-- one
-- int: total, pending, done, unchanged, failed, cancelled, returning, returned, kept
SELECT count(*) AS total, count(CASE WHEN state = 'pending' THEN 1 END) AS pending, count(CASE WHEN state = 'done' THEN 1 END) AS done,
       count(CASE WHEN state = 'unchanged' THEN 1 END) AS unchanged, count(CASE WHEN state = 'failed' THEN 1 END) AS failed,
       count(CASE WHEN state = 'cancelled' THEN 1 END) AS cancelled, count(CASE WHEN state = 'returning' THEN 1 END) AS "returning",
       count(CASE WHEN state = 'returned' THEN 1 END) AS returned, count(CASE WHEN state = 'kept' THEN 1 END) AS kept
  FROM bulk_item WHERE bulk_id = :bulk_id;

-- name: bulk_failures
-- What could not be done, or not be taken back.
-- plan: bulk_item_failed
-- int: after
-- text: label
SELECT item.ticket_id, ticket.number, ticket.label, ticket.subject, ticket.team_id, ticket.assignee_id, item.state, item.error
  FROM bulk_item AS item LEFT JOIN ticket_card AS ticket ON ticket.id = item.ticket_id
 WHERE item.bulk_id = :bulk_id AND item.ticket_id > :after AND item.state IN ('failed', 'kept') ORDER BY item.ticket_id LIMIT :limit;

-- name: bulk_next
-- plan: bulk_item_due
-- one
SELECT bulk_id FROM bulk_item WHERE state IN ('pending', 'returning') ORDER BY bulk_id, ticket_id LIMIT 1;

-- name: bulk_take
-- The next ones, kept from other processes until they are written.
-- plan: bulk_item_due
-- json: data
SELECT bulk_id, ticket_id, state, data FROM bulk_item WHERE state IN ('pending', 'returning') ORDER BY bulk_id, ticket_id LIMIT :limit;

-- name: bulk_take (postgresql)
SELECT bulk_id, ticket_id, state, data FROM bulk_item WHERE state IN ('pending', 'returning') ORDER BY bulk_id, ticket_id LIMIT :limit
   FOR UPDATE SKIP LOCKED;

-- name: bulk_settle
-- json: data
UPDATE bulk_item SET state = :state, error = :error, data = :data, version = :version WHERE bulk_id = :bulk_id AND ticket_id = :ticket_id;

-- name: bulk_give_back
UPDATE bulk_item SET state = :state, error = :error WHERE bulk_id = :bulk_id AND ticket_id = :ticket_id;

-- name: bulk_finish
-- Once nothing is left to do.
UPDATE bulk SET finished_at = :finished_at, state = CASE state WHEN 'running' THEN 'done' WHEN 'returning' THEN 'returned' ELSE state END
 WHERE id = :bulk_id AND finished_at IS NULL
   AND NOT EXISTS (SELECT 1 FROM bulk_item WHERE bulk_id = :bulk_id AND state IN ('pending', 'returning'));

-- name: bulk_stop
UPDATE bulk SET state = 'stopped', finished_at = :finished_at WHERE id = :bulk_id AND state = 'running';

-- name: bulk_cancel
UPDATE bulk_item SET state = 'cancelled' WHERE bulk_id = :bulk_id AND state = 'pending';

-- name: bulk_return
UPDATE bulk SET state = 'returning', finished_at = NULL, undone_by_id = :undone_by_id WHERE id = :bulk_id;

-- name: bulk_return_items
UPDATE bulk_item SET state = 'returning' WHERE bulk_id = :bulk_id AND state = 'done';

-- name: bulk_touched
-- How many of the changed tickets have been written since.
-- one
-- int: done, touched
SELECT count(*) AS done, count(CASE WHEN ticket.version <> item.version THEN 1 END) AS touched
  FROM bulk_item AS item JOIN ticket_version_card AS ticket ON ticket.id = item.ticket_id
 WHERE item.bulk_id = :bulk_id AND item.state = 'done';

-- name: bulk_purge
-- plan: bulk_by_created
DELETE FROM bulk WHERE created_at < :before_at AND finished_at IS NOT NULL;

-- name: bulk_old
-- plan: bulk_by_created
-- one
SELECT id AS bulk_id FROM bulk WHERE created_at < :before_at AND finished_at IS NOT NULL LIMIT 1;

-- name: bulk_author
-- one
SELECT id AS staff_id, name FROM staff_card WHERE id = :staff_id;
