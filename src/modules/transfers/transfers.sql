-- name: import_insert
-- one
-- json: header, columns
INSERT INTO person_import (staff_id, file_name, charset, delimiter, header, columns, existing, state, created_at)
VALUES (:staff_id, :file_name, :charset, :delimiter, :header, :columns, :existing, :state, :created_at) RETURNING id AS import_id;

-- name: import_row_add
-- int: line
-- json: cells
INSERT INTO person_import_row (import_id, line, cells, state) VALUES (:import_id, :line, :cells, 'pending');

-- name: import_by_id
-- one
-- json: header, columns
SELECT id AS import_id, staff_id, file_name, charset, delimiter, header, columns, existing, state, error, created_at, finished_at
  FROM person_import WHERE id = :import_id;

-- name: import_hold
SELECT id AS import_id FROM person_import WHERE id = :import_id;

-- name: import_hold (postgresql)
SELECT id AS import_id FROM person_import WHERE id = :import_id FOR UPDATE;

-- name: import_list
-- Of one agent, the newest first.
-- plan: person_import_by_staff
-- int: before
SELECT id AS import_id FROM person_import WHERE staff_id = :staff_id AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: import_kept
-- How many there are of one agent.
-- plan: person_import_by_staff
-- one
-- int: count
SELECT count(*) AS count FROM person_import WHERE staff_id = :staff_id;

-- name: import_counts
-- one
-- int: total, pending, fresh, change, same, refused, made, changed, cancelled
SELECT count(*) AS total, count(CASE WHEN state = 'pending' THEN 1 END) AS pending, count(CASE WHEN state = 'new' THEN 1 END) AS fresh,
       count(CASE WHEN state = 'change' THEN 1 END) AS change, count(CASE WHEN state = 'same' THEN 1 END) AS same,
       count(CASE WHEN state = 'refused' THEN 1 END) AS refused, count(CASE WHEN state = 'made' THEN 1 END) AS made,
       count(CASE WHEN state = 'changed' THEN 1 END) AS changed, count(CASE WHEN state = 'cancelled' THEN 1 END) AS cancelled
  FROM person_import_row WHERE import_id = :import_id;

-- name: import_rows
-- int: line, after
-- json: cells, detail
SELECT line, cells, state, person_id, detail FROM person_import_row WHERE import_id = :import_id AND line > :after ORDER BY line LIMIT :limit;

-- name: import_rows_in
-- Those in one state.
-- plan: person_import_row_by_state
-- int: line, after
-- json: cells, detail
SELECT line, cells, state, person_id, detail FROM person_import_row
 WHERE import_id = :import_id AND state = :state AND line > :after ORDER BY line LIMIT :limit;

-- name: import_set
-- Another wish for what the columns are: everything is looked at anew.
-- json: columns
UPDATE person_import SET columns = :columns, existing = :existing, state = 'checking', error = NULL WHERE id = :import_id;

-- name: import_rows_reset
UPDATE person_import_row SET state = 'pending', person_id = NULL, detail = NULL WHERE import_id = :import_id;

-- name: import_keys_clear
DELETE FROM person_import_key WHERE import_id = :import_id;

-- name: import_key_add
-- int: line
INSERT INTO person_import_key (import_id, channel, normalized, line) VALUES (:import_id, :channel, :normalized, :line) ON CONFLICT DO NOTHING;

-- name: import_key_line
-- one
-- int: line
SELECT line FROM person_import_key WHERE import_id = :import_id AND channel = :channel AND normalized = :normalized;

-- name: import_move
-- From one state to another; nothing when it is in another one by now.
UPDATE person_import SET state = :state, error = :error, finished_at = :finished_at WHERE id = :import_id AND state = :from_state;

-- name: import_cancel_rows
UPDATE person_import_row SET state = 'cancelled' WHERE import_id = :import_id AND state IN ('pending', 'new', 'change');

-- name: import_delete
DELETE FROM person_import WHERE id = :import_id;

-- name: import_next
-- plan: person_import_due
-- one
SELECT id AS import_id FROM person_import WHERE state IN ('checking', 'running') ORDER BY id LIMIT 1;

-- name: import_take
-- The next one, kept from other processes until some of its rows are written.
-- plan: person_import_due
-- one
-- json: header, columns
SELECT id AS import_id, staff_id, header, columns, existing, state FROM person_import WHERE state IN ('checking', 'running') ORDER BY id LIMIT 1;

-- name: import_take (postgresql)
SELECT id AS import_id, staff_id, header, columns, existing, state FROM person_import WHERE state IN ('checking', 'running') ORDER BY id LIMIT 1
   FOR UPDATE SKIP LOCKED;

-- name: import_rows_unseen
-- plan: person_import_row_by_state
-- int: line
-- json: cells
SELECT line, cells FROM person_import_row WHERE import_id = :import_id AND state = 'pending' ORDER BY line LIMIT :limit;

-- name: import_rows_due
-- plan: person_import_row_due
-- int: line
-- json: cells
SELECT line, cells FROM person_import_row WHERE import_id = :import_id AND state IN ('new', 'change') ORDER BY line LIMIT :limit;

-- name: import_settle
-- int: line
-- json: detail
UPDATE person_import_row SET state = :state, person_id = :person_id, detail = :detail WHERE import_id = :import_id AND line = :line;

-- name: import_old
-- plan: person_import_by_created
-- one
SELECT id AS import_id FROM person_import WHERE created_at < :before_at AND state NOT IN ('checking', 'running') LIMIT 1;

-- name: import_purge
-- plan: person_import_by_created
DELETE FROM person_import WHERE created_at < :before_at AND state NOT IN ('checking', 'running');
