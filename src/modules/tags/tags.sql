-- name: tag_change_insert
-- one
INSERT INTO tag_change (tag, meaning, staff_id, total, state, created_at)
VALUES (:tag, :meaning, :staff_id, (SELECT count(*) FROM tag_card WHERE tag = :tag), 'running', :created_at) RETURNING id AS change_id;

-- name: tag_change_operation
UPDATE tag_change SET operation_id = :operation_id WHERE id = :change_id;

-- name: tag_change_row
-- one
-- int: total, done
SELECT id AS change_id, tag, meaning, staff_id, operation_id, total, done, state FROM tag_change WHERE id = :change_id;

-- name: tag_change_view
-- one
-- int: total, done
SELECT tag_change.id, tag_change.tag, tag_change.meaning AS "to", staff.id AS "author.id", staff.name AS "author.name", tag_change.operation_id,
       tag_change.total, tag_change.done, tag_change.state, tag_change.created_at, tag_change.finished_at
  FROM tag_change LEFT JOIN staff_card AS staff ON staff.id = tag_change.staff_id
 WHERE tag_change.id = :change_id;

-- name: tag_change_views
-- int: total, done
SELECT tag_change.id, tag_change.tag, tag_change.meaning AS "to", staff.id AS "author.id", staff.name AS "author.name", tag_change.operation_id,
       tag_change.total, tag_change.done, tag_change.state, tag_change.created_at, tag_change.finished_at
  FROM tag_change LEFT JOIN staff_card AS staff ON staff.id = tag_change.staff_id
 ORDER BY tag_change.id DESC LIMIT :limit;

-- name: tag_change_next
-- plan: tag_change_open
-- one
SELECT id AS change_id FROM tag_change WHERE state IN ('running', 'undoing') ORDER BY id LIMIT 1;

-- name: tag_change_take
-- The same, kept from other processes until its next tickets are changed.
-- plan: tag_change_open
-- one
SELECT id AS change_id FROM tag_change WHERE state IN ('running', 'undoing') ORDER BY id LIMIT 1;

-- name: tag_change_take (postgresql)
SELECT id AS change_id FROM tag_change WHERE state IN ('running', 'undoing') ORDER BY id LIMIT 1 FOR UPDATE;

-- name: tag_change_tickets
-- plan: tag=?
SELECT ticket_id FROM tag_card WHERE tag = :tag LIMIT :limit;

-- name: tag_change_note
-- bool: had_both
INSERT INTO tag_change_ticket (change_id, ticket_id, had_both) VALUES (:change_id, :ticket_id, :had_both)
ON CONFLICT (change_id, ticket_id) DO UPDATE SET had_both = excluded.had_both, is_back = 0;

-- name: tag_change_forth
-- plan: tag_change_forth
-- bool: had_both
SELECT ticket_id, had_both FROM tag_change_ticket WHERE change_id = :change_id AND is_back = 0 ORDER BY ticket_id LIMIT :limit;

-- name: tag_change_back
UPDATE tag_change_ticket SET is_back = 1 WHERE change_id = :change_id AND ticket_id = :ticket_id;

-- name: tag_change_lost
-- How many of its tickets have not what the tag became any more.
-- one
-- int: lost, changed
SELECT count(*) AS changed, count(CASE WHEN NOT EXISTS (SELECT 1 FROM tag_card WHERE tag_card.ticket_id = one.ticket_id AND tag_card.tag = :meaning) THEN 1 END) AS lost
  FROM tag_change_ticket AS one WHERE one.change_id = :change_id AND one.is_back = 0;

-- name: tag_change_move
-- int: count
UPDATE tag_change SET done = done + :count WHERE id = :change_id;

-- name: tag_change_state
UPDATE tag_change SET state = :state, finished_at = :finished_at WHERE id = :change_id;

-- name: tag_aliases
SELECT id, tag, meaning FROM tag_alias_card ORDER BY tag, id;

-- name: tag_alias_by_id
-- one
SELECT tag, meaning FROM tag_alias_card WHERE id = :alias_id;
