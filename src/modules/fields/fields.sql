-- name: field_list
-- int: position
-- json: choices, teams
SELECT id AS field_id, key, type, label_de, label_en, label_hu, position, is_active, minimum, maximum, mask, choices, teams, version
  FROM ticket_field ORDER BY position, id;

-- name: field_insert
-- No row when the key is taken.
-- one
-- int: position
-- json: choices, teams
INSERT INTO ticket_field (key, type, label_de, label_en, label_hu, position, is_active, minimum, maximum, mask, choices, teams, created_at, updated_at)
VALUES (:key, :type, :label_de, :label_en, :label_hu, :position, :is_active, :minimum, :maximum, :mask, :choices, :teams, :created_at, :created_at)
ON CONFLICT (key) DO NOTHING RETURNING id AS field_id;

-- name: field_write
-- json: choices, teams
UPDATE ticket_field SET label_de = :label_de, label_en = :label_en, label_hu = :label_hu, is_active = :is_active, minimum = :minimum,
       maximum = :maximum, mask = :mask, choices = :choices, teams = :teams, updated_at = :updated_at, version = version + 1
 WHERE id = :field_id;

-- name: field_hold
SELECT id AS field_id FROM ticket_field WHERE id = :field_id;

-- name: field_hold (postgresql)
SELECT id AS field_id FROM ticket_field WHERE id = :field_id FOR UPDATE;

-- name: field_place
-- int: position
UPDATE ticket_field SET position = :position WHERE id = :field_id;

-- name: field_team
-- one
SELECT id AS team_id FROM team_card WHERE id = :team_id;
