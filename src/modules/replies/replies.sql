-- name: reply_find
-- What somebody may look for, those of all teams among them: the key as typed comes first, then keys and names that begin so, then what
-- is used most.
-- int: uses
-- json: languages
SELECT reply.id AS reply_id, reply.name, reply.key, reply.scope, reply.owner_id, reply.team_id, reply.folder, reply.languages, reply.snippet,
       reply.uses, reply.used_at, reply.version, reply.updated_at
  FROM reply
 WHERE deleted_at IS NULL AND (scope <> 'personal' OR owner_id = :owner_id)
   AND words LIKE :first AND words LIKE :second AND words LIKE :third AND words LIKE :fourth
 ORDER BY CASE WHEN key = :key THEN 0 WHEN key LIKE :key_begins THEN 1 WHEN names LIKE :first THEN 2 ELSE 3 END, uses DESC, name, id;

-- name: reply_row
-- one
-- int: uses
-- json: languages, texts
SELECT reply.id AS reply_id, reply.name, reply.key, reply.scope, reply.owner_id, reply.team_id, reply.folder, reply.texts, reply.languages, reply.snippet,
       reply.names, reply.words, reply.uses, reply.used_at, reply.version, reply.created_at, reply.updated_at, reply.deleted_at
  FROM reply WHERE id = :reply_id;

-- name: reply_hold
-- Holds it until the transaction ends, so that two changes come one after the other.
SELECT id AS reply_id FROM reply WHERE id = :reply_id;

-- name: reply_hold (postgresql)
SELECT id AS reply_id FROM reply WHERE id = :reply_id FOR UPDATE;

-- name: reply_count
-- one
-- int: count
SELECT count(*) AS count FROM reply WHERE deleted_at IS NULL;

-- name: reply_with_key
-- Others of the same place that are typed by the same key.
-- plan: reply_by_key
-- int: except
-- one
SELECT id AS reply_id FROM reply
 WHERE key = :key AND deleted_at IS NULL AND scope = :scope AND id <> :except AND (scope <> 'personal' OR owner_id = :owner_id)
   AND (scope <> 'team' OR team_id = :team_id)
 LIMIT 1;

-- name: reply_insert
-- one
-- json: texts, languages
INSERT INTO reply (name, key, scope, owner_id, team_id, folder, texts, languages, snippet, names, words, created_at, updated_at)
VALUES (:name, :key, :scope, :owner_id, :team_id, :folder, :texts, :languages, :snippet, :names, :words, :created_at, :created_at)
RETURNING id AS reply_id;

-- name: reply_write
-- json: texts, languages
UPDATE reply SET name = :name, key = :key, scope = :scope, team_id = :team_id, folder = :folder, texts = :texts, languages = :languages,
       snippet = :snippet, names = :names, words = :words, updated_at = :updated_at, version = version + 1
 WHERE id = :reply_id;

-- name: reply_mark
-- Out of sight, or (no time) back in it.
UPDATE reply SET deleted_at = :deleted_at, version = version + 1 WHERE id = :reply_id;

-- name: reply_purge
-- plan: reply_by_deleted
DELETE FROM reply WHERE deleted_at < :deleted_at;

-- name: reply_used
UPDATE reply SET uses = uses + 1, used_at = :used_at WHERE id = :reply_id;

-- name: reply_team
-- one
SELECT id AS team_id FROM team_card WHERE id = :team_id;

-- name: reply_known
-- What the variables stand for, and in which languages the customer may be written to.
-- one
SELECT person_card.name AS customer, person_card.email, person_card.company, person_language.locale, team_card.name AS team, team_card.language,
       (SELECT value FROM setting_card WHERE key = 'company') AS house, (SELECT value FROM setting_card WHERE key = 'locale') AS house_locale
  FROM person_card JOIN person_language ON person_language.id = person_card.id LEFT JOIN team_card ON team_card.id = :team_id
 WHERE person_card.id = :person_id;
