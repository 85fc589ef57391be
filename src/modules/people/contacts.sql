-- name: identity_find
-- one
SELECT person.id AS person_id, person.name, identity.id AS id, identity.bounced_at
  FROM identity JOIN person ON person.id = identity.person_id
 WHERE identity.channel = :channel AND identity.normalized = :normalized;

-- name: person_insert
-- one
INSERT INTO person (name, company_id, created_at) VALUES (:name, :company_id, :created_at) RETURNING id AS person_id;

-- name: identity_insert
-- Does nothing when somebody else was quicker.
INSERT INTO identity (person_id, channel, value, normalized, proof, created_at)
VALUES (:person_id, :channel, :value, :normalized, :proof, :created_at) ON CONFLICT DO NOTHING;

-- name: person_name
UPDATE person SET name = :name, version = version + 1 WHERE id = :person_id;

-- name: person_delete
DELETE FROM person WHERE id = :person_id;

-- name: identity_bounce
UPDATE identity SET bounced_at = :bounced_at, bounce_detail = :bounce_detail WHERE channel = 'email' AND normalized = :normalized;

-- name: company_by_domain
-- one
SELECT company_id FROM company_domain WHERE domain = :domain;

-- name: person_company
-- The company of one person, when the other has an address at one of its domains.
-- one
SELECT person_b.company_id FROM person AS person_b JOIN company_domain ON company_domain.company_id = person_b.company_id
       JOIN identity ON identity.person_id = :a_id AND identity.channel = 'email' AND identity.normalized LIKE '%@' || company_domain.domain
 WHERE person_b.id = :b_id LIMIT 1;

-- name: staff_active_by_email
-- one
SELECT id AS staff_id FROM staff WHERE email = :email AND state = 'active';

-- name: person_list
-- Persons by name, from one on.
-- plan: person_by_name
-- int: limit
-- bool: bounced
SELECT person.id, person.name, card.email, person.company_id AS "company.id", card.company AS "company.name", person.locale,
       EXISTS (SELECT 1 FROM identity WHERE identity.person_id = person.id AND identity.bounced_at IS NOT NULL) AS bounced
  FROM person JOIN person_card AS card ON card.id = person.id
 WHERE person.merged_into_id IS NULL AND (person.name, person.id) > (:after_name, :after) ORDER BY person.name, person.id LIMIT :limit;

-- name: person_of_company
-- plan: person_by_company
-- int: limit
-- bool: bounced
SELECT person.id, person.name, card.email, person.company_id AS "company.id", card.company AS "company.name", person.locale,
       EXISTS (SELECT 1 FROM identity WHERE identity.person_id = person.id AND identity.bounced_at IS NOT NULL) AS bounced
  FROM person JOIN person_card AS card ON card.id = person.id
 WHERE person.company_id = :company_id AND person.merged_into_id IS NULL AND (person.name, person.id) > (:after_name, :after)
 ORDER BY person.name, person.id LIMIT :limit;

-- name: person_of_identity
-- bool: bounced
SELECT person.id, person.name, card.email, person.company_id AS "company.id", card.company AS "company.name", person.locale,
       EXISTS (SELECT 1 FROM identity WHERE identity.person_id = person.id AND identity.bounced_at IS NOT NULL) AS bounced
  FROM person JOIN person_card AS card ON card.id = person.id
 WHERE person.id = (SELECT person_id FROM identity WHERE channel = :channel AND normalized = :normalized);

-- name: person_search
-- Persons who have words that begin so; a beginning that very many share is cut off.
-- int: limit
-- bool: bounced
SELECT person.id, person.name, card.email, person.company_id AS "company.id", card.company AS "company.name", person.locale,
       EXISTS (SELECT 1 FROM identity WHERE identity.person_id = person.id AND identity.bounced_at IS NOT NULL) AS bounced
  FROM person JOIN person_card AS card ON card.id = person.id
 WHERE person.id IN (SELECT person_id FROM person_word WHERE word >= :first AND word < :first_end LIMIT 20000)
   AND (:second IS NULL OR EXISTS (SELECT 1 FROM person_word AS two WHERE two.person_id = person.id AND two.word >= :second AND two.word < :second_end))
   AND (:third IS NULL OR EXISTS (SELECT 1 FROM person_word AS three WHERE three.person_id = person.id AND three.word >= :third AND three.word < :third_end))
   AND person.merged_into_id IS NULL AND (person.name, person.id) > (:after_name, :after) ORDER BY person.name, person.id LIMIT :limit;

-- name: person_word_add
INSERT INTO person_word (word, person_id) VALUES (:word, :person_id) ON CONFLICT DO NOTHING;

-- name: person_words_clear
DELETE FROM person_word WHERE person_id = :person_id;

-- name: person_word_last
-- one
-- int: after
SELECT COALESCE(MAX(person_id), 0) AS after FROM person_word;

-- name: person_without_words
SELECT id AS person_id FROM person WHERE id > :after ORDER BY id LIMIT 1000;

-- name: person_by_id
-- one
SELECT person.id, person.name, person.locale, person.notes, person.company_id, person.version, person.created_at, person.merged_into_id,
       card.email, card.company
  FROM person JOIN person_card AS card ON card.id = person.id WHERE person.id = :id;

-- name: person_many
-- Whole persons, by the ids of a JSON array.
SELECT person.id, person.name, person.locale, person.notes, person.company_id, card.company, person.created_at
  FROM person JOIN person_card AS card ON card.id = person.id
 WHERE person.id IN (SELECT value FROM json_each(:ids)) ORDER BY person.id;

-- name: person_many (postgresql)
SELECT person.id, person.name, person.locale, person.notes, person.company_id, card.company, person.created_at
  FROM person JOIN person_card AS card ON card.id = person.id
 WHERE person.id IN (SELECT value::bigint FROM json_array_elements_text(CAST(:ids AS json))) ORDER BY person.id;

-- name: identity_many
-- plan: identity_by_person
-- bool: is_main
SELECT person_id, channel, value, normalized, is_main FROM identity WHERE person_id IN (SELECT value FROM json_each(:ids)) ORDER BY person_id, id;

-- name: identity_many (postgresql)
SELECT person_id, channel, value, normalized, is_main FROM identity
 WHERE person_id IN (SELECT value::bigint FROM json_array_elements_text(CAST(:ids AS json))) ORDER BY person_id, id;

-- name: person_identities
-- The identities of a person.
-- bool: is_main
SELECT id, channel, value, normalized, proof, bounced_at, bounce_detail, created_at, is_main FROM identity WHERE person_id = :person_id ORDER BY id;

-- name: person_patch
UPDATE person SET name = :name, locale = :locale, notes = :notes, company_id = :company_id, version = version + 1 WHERE id = :id;

-- name: person_changed
-- Something that belongs to the person has changed.
UPDATE person SET version = version + 1 WHERE id = :person_id;

-- name: person_lock
-- Holds the person, so that two changes to the identities come one after the other.
-- one
SELECT id AS person_id FROM person WHERE id = :person_id;

-- name: person_lock (postgresql)
SELECT id AS person_id FROM person WHERE id = :person_id FOR UPDATE;

-- name: identity_by_id
-- one
-- bool: is_main
SELECT id, person_id, channel, value, normalized, proof, bounced_at, is_main FROM identity WHERE id = :id AND person_id = :person_id;

-- name: identity_update
UPDATE identity SET value = :value, normalized = :normalized, proof = :proof, bounced_at = :bounced_at,
       bounce_detail = CASE WHEN :bounced_at IS NULL THEN NULL ELSE bounce_detail END
 WHERE id = :id;

-- name: identity_update (postgresql)
UPDATE identity SET value = :value, normalized = :normalized, proof = :proof, bounced_at = :bounced_at,
       bounce_detail = CASE WHEN :bounced_at::bigint IS NULL THEN NULL ELSE bounce_detail END
 WHERE id = :id;

-- name: identity_delete
DELETE FROM identity WHERE id = :id;

-- name: identity_others
-- How many other identities the person has.
-- one
-- int: count
SELECT count(*) AS count FROM identity WHERE person_id = :person_id AND id <> :id;

-- name: person_point
-- Part of somebody else, or (null) a person of their own again.
UPDATE person SET merged_into_id = :into_id, version = version + 1 WHERE id = :person_id;

-- name: person_parts
-- Who is part of the person.
-- plan: person_by_merged
SELECT id AS person_id FROM person WHERE merged_into_id = :into_id ORDER BY id;

-- name: person_now
-- Whose part somebody is; who is nobody's part gives no row.
-- one
SELECT merged_into_id FROM person WHERE id = :person_id AND merged_into_id IS NOT NULL;

-- name: person_hold
-- Nobody makes the person part of another until this transaction ends.
-- one
SELECT id AS person_id FROM person WHERE id = :person_id AND merged_into_id IS NULL;

-- name: person_hold (postgresql)
SELECT id AS person_id FROM person WHERE id = :person_id AND merged_into_id IS NULL FOR SHARE;

-- name: identity_pass
-- An identity becomes another person's, as long as it is the first one's.
-- bool: is_main
UPDATE identity SET person_id = :into_id, is_main = :is_main WHERE id = :id AND person_id = :from_id;

-- name: identity_main
-- bool: is_main
UPDATE identity SET is_main = :is_main WHERE id = :id AND person_id = :person_id;

-- name: person_alike
-- Who has words of the same name, at most so many.
-- int: limit
SELECT person.id AS person_id FROM person
 WHERE person.id IN (SELECT person_id FROM person_word WHERE word = :first ORDER BY person_id LIMIT 2000)
   AND (:second IS NULL OR EXISTS (SELECT 1 FROM person_word AS two WHERE two.person_id = person.id AND two.word = :second))
   AND person.id <> :person_id AND person.merged_into_id IS NULL ORDER BY person.id LIMIT :limit;
