-- name: identity_find
-- one
SELECT person.id AS person_id, person.name, identity.id AS id, identity.bounced_at,
       (SELECT card.email FROM person_card AS card WHERE card.id = person.id) AS email,
       (SELECT card.company FROM person_card AS card WHERE card.id = person.id) AS company
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
-- one
SELECT person_a.company_id FROM person AS person_a JOIN person AS person_b ON person_b.company_id = person_a.company_id
 WHERE person_a.id = :a_id AND person_b.id = :b_id;

-- name: staff_active_by_email
-- one
SELECT id AS staff_id FROM staff WHERE email = :email AND state = 'active';

-- name: person_list
-- int: limit
SELECT id, name, email, company FROM person_card
 WHERE (:email IS NULL OR id = (SELECT person_id FROM identity WHERE channel = 'email' AND normalized = :email))
   AND (:prefix IS NULL OR name LIKE :prefix) ORDER BY name, id LIMIT :limit;

-- name: person_list (postgresql)
SELECT id, name, email, company FROM person_card
 WHERE (:email IS NULL OR id = (SELECT person_id FROM identity WHERE channel = 'email' AND normalized = :email))
   AND (:prefix IS NULL OR name ILIKE :prefix) ORDER BY name, id LIMIT :limit;

-- name: person_by_id
-- one
SELECT person.id, person.name, person.locale, person.notes, person.version, person.created_at, card.email, card.company
  FROM person JOIN person_card AS card ON card.id = person.id WHERE person.id = :id;

-- name: person_identities
-- The identities of a person.
SELECT id, channel, value, proof, bounced_at, bounce_detail, created_at FROM identity WHERE person_id = :person_id ORDER BY id;

-- name: person_patch
UPDATE person SET name = :name, locale = :locale, notes = :notes, version = version + 1 WHERE id = :id;
