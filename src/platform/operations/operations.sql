-- name: operation_insert
-- one
-- int: actor_kind
-- json: summary, data
INSERT INTO operation (kind, actor_kind, actor_id, at, summary, data) VALUES (:kind, :actor_kind, :actor_id, :at, :summary, :data)
RETURNING id;

-- name: operation_subject_add
INSERT INTO operation_subject (kind, subject_id, operation_id) VALUES (:kind, :subject_id, :operation_id) ON CONFLICT DO NOTHING;

-- name: operation_by_id
-- one
-- int: actor_kind
-- json: summary, data, kept
SELECT id, kind, actor_kind, actor_id, at, summary, data, undone_at, undone_by_id, kept FROM operation WHERE id = :id;

-- name: operation_hold
-- Two who take the same back do so one after the other.
SELECT id FROM operation WHERE id = :id;

-- name: operation_hold (postgresql)
SELECT id FROM operation WHERE id = :id FOR UPDATE;

-- name: operation_of_subject
-- int: before
SELECT operation_id FROM operation_subject WHERE kind = :kind AND subject_id = :subject_id AND operation_id < :before
 ORDER BY operation_id DESC LIMIT :limit;

-- name: operation_of_actor
-- plan: operation_by_actor
-- int: before
SELECT id AS operation_id FROM operation WHERE actor_id = :actor_id AND actor_kind = 1 AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: operation_undone
-- json: kept
UPDATE operation SET undone_at = :undone_at, undone_by_id = :undone_by_id, kept = :kept WHERE id = :id;
