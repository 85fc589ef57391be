-- name: request_form_list
-- json: fields, origins
SELECT id AS form_id, key, name_de, name_en, name_hu, team_id, fields, answer_de, answer_en, answer_hu, is_active, is_public, origins, version FROM request_form ORDER BY id;

-- name: request_form_insert
-- No row when the key is taken.
-- one
-- json: fields, origins
INSERT INTO request_form (key, name_de, name_en, name_hu, team_id, fields, answer_de, answer_en, answer_hu, is_active, is_public, origins, created_at, updated_at)
VALUES (:key, :name_de, :name_en, :name_hu, :team_id, :fields, :answer_de, :answer_en, :answer_hu, :is_active, :is_public, :origins, :created_at, :created_at)
ON CONFLICT (key) DO NOTHING RETURNING id AS form_id;

-- name: request_form_write
-- json: fields, origins
UPDATE request_form SET name_de = :name_de, name_en = :name_en, name_hu = :name_hu, team_id = :team_id, fields = :fields, answer_de = :answer_de,
       answer_en = :answer_en, answer_hu = :answer_hu, is_active = :is_active, is_public = :is_public, origins = :origins, updated_at = :updated_at, version = version + 1
 WHERE id = :form_id;

-- name: request_form_hold
SELECT id AS form_id FROM request_form WHERE id = :form_id;

-- name: request_form_hold (postgresql)
SELECT id AS form_id FROM request_form WHERE id = :form_id FOR UPDATE;

-- name: request_form_team
-- one
SELECT id AS team_id FROM team_card WHERE id = :team_id;
