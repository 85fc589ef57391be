-- name: event_last
-- one
-- blob: hash
SELECT id, hash FROM event ORDER BY id DESC LIMIT 1;

-- name: event_hash
-- one
-- blob: hash
SELECT hash FROM event WHERE id = :id;

-- name: event_insert
-- int: actor_kind, actor_id
-- blob: hash
INSERT INTO event (id, at, kind, actor_kind, actor_id, cause, ticket_id, team_id, assignee_id, scope, data, is_internal, hash)
VALUES (:id, :at, :kind, :actor_kind, :actor_id, :cause, :ticket_id, :team_id, :assignee_id, :scope, :data, :is_internal, :hash);

-- name: event_lock
-- One writer at a time appends to the chain: ids then become visible in their order.
-- int: locked
SELECT 1 AS locked;

-- name: event_lock (postgresql)
-- Other processes hear of it at the commit; the name lets a process know its own.
SELECT 1::bigint AS locked FROM (SELECT pg_advisory_xact_lock(7460100), pg_notify('theke_event', current_setting('theke.process', true))) AS held;

-- name: event_after
-- What happened after an id, in order.
-- int: actor_kind, actor_id
-- json: data
SELECT id, at, kind, actor_kind, actor_id, cause, ticket_id, team_id, assignee_id, scope, data, is_internal
  FROM event WHERE id > :after ORDER BY id LIMIT :limit;

-- name: event_before
-- What happened before an id, newest first.
-- int: actor_kind, actor_id, before
-- json: data
SELECT id, at, kind, actor_kind, actor_id, cause, ticket_id, team_id, assignee_id, scope, data, is_internal
  FROM event WHERE id < :before ORDER BY id DESC LIMIT :limit;

-- name: event_audit
-- As event_before, of what concerns no ticket: people, rights, settings.
-- plan: event_audit
-- int: actor_kind, actor_id, before
-- json: data
SELECT id, at, kind, actor_kind, actor_id, cause, ticket_id, team_id, assignee_id, scope, data, is_internal
  FROM event WHERE scope IS NOT NULL AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: event_chain
-- The record from an id on, for verifying.
-- int: actor_kind, actor_id
-- blob: hash
SELECT id, at, kind, actor_kind, actor_id, cause, ticket_id, team_id, assignee_id, scope, data, is_internal, hash
  FROM event WHERE id > :after ORDER BY id LIMIT :limit;

-- name: event_of_ticket
-- The history of one ticket, newest first.
-- plan: event_by_ticket
-- int: actor_kind, actor_id, before
-- json: data
SELECT id, at, kind, actor_kind, actor_id, cause, ticket_id, team_id, scope, data, is_internal
  FROM event WHERE ticket_id = :ticket_id AND id < :before ORDER BY id DESC LIMIT :limit;

-- name: event_of_ticket_since
-- The latest changes of one ticket, newest first.
-- plan: event_by_ticket
-- int: actor_kind, actor_id
SELECT kind, data, actor_kind, actor_id FROM event WHERE ticket_id = :ticket_id ORDER BY id DESC LIMIT :limit;
