-- name: macro_visible
-- What somebody may see, those of all teams among them; what is used most comes first.
-- int: uses
-- json: actions
SELECT macro.id AS macro_id, macro.name, macro.scope, macro.owner_id, macro.team_id, macro.condition, macro.zone, macro.actions, macro.uses,
       macro.used_at, macro.version, macro.deleted_at
  FROM macro WHERE deleted_at IS NULL AND (scope <> 'personal' OR owner_id = :owner_id)
 ORDER BY uses DESC, name, id;

-- name: macro_row
-- one
-- int: uses
-- json: actions
SELECT macro.id AS macro_id, macro.name, macro.scope, macro.owner_id, macro.team_id, macro.condition, macro.zone, macro.actions, macro.uses,
       macro.used_at, macro.version, macro.deleted_at
  FROM macro WHERE id = :macro_id;

-- name: macro_hold
-- Holds it until the transaction ends, so that two changes come one after the other.
SELECT id AS macro_id FROM macro WHERE id = :macro_id;

-- name: macro_hold (postgresql)
SELECT id AS macro_id FROM macro WHERE id = :macro_id FOR UPDATE;

-- name: macro_count
-- one
-- int: count
SELECT count(*) AS count FROM macro WHERE deleted_at IS NULL;

-- name: macro_insert
-- one
-- json: actions
INSERT INTO macro (name, scope, owner_id, team_id, condition, zone, actions, created_at, updated_at)
VALUES (:name, :scope, :owner_id, :team_id, :condition, :zone, :actions, :created_at, :created_at)
RETURNING id AS macro_id;

-- name: macro_write
-- json: actions
UPDATE macro SET name = :name, scope = :scope, team_id = :team_id, condition = :condition, zone = :zone, actions = :actions,
       updated_at = :updated_at, version = version + 1
 WHERE id = :macro_id;

-- name: macro_mark
-- Out of sight, or (no time) back in it.
UPDATE macro SET deleted_at = :deleted_at, version = version + 1 WHERE id = :macro_id;

-- name: macro_purge
-- plan: macro_by_deleted
DELETE FROM macro WHERE deleted_at < :deleted_at;

-- name: macro_used
UPDATE macro SET uses = uses + 1, used_at = :used_at WHERE id = :macro_id;

-- name: macro_team
-- one
SELECT id AS team_id FROM team_card WHERE id = :team_id;

-- name: macro_delivery
-- one
SELECT state FROM delivery_card WHERE message_id = :message_id;
