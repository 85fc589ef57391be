-- name: company_by_id
-- one
SELECT id AS company_id, name, notes, version, created_at FROM company WHERE id = :company_id;

-- name: company_hold
-- Holds the company until the transaction ends, so that two changes come one after the other.
SELECT id AS company_id FROM company WHERE id = :company_id;

-- name: company_hold (postgresql)
SELECT id AS company_id FROM company WHERE id = :company_id FOR UPDATE;

-- name: company_list
-- Companies by name, from one on; only those whose name holds the words.
-- int: limit
SELECT id AS company_id, name FROM company
 WHERE (:words IS NULL OR name LIKE :words OR EXISTS (SELECT 1 FROM company_domain WHERE company_id = company.id AND domain LIKE :words))
   AND (name, id) > (:after_name, :after) ORDER BY name, id LIMIT :limit;

-- name: company_list (postgresql)
SELECT id AS company_id, name FROM company
 WHERE (:words IS NULL OR name ILIKE :words OR EXISTS (SELECT 1 FROM company_domain WHERE company_id = company.id AND domain LIKE :words))
   AND (name, id) > (:after_name, :after) ORDER BY name, id LIMIT :limit;

-- name: company_naming_lock
-- One at a time looks whether a name is free and takes it.
-- int: locked
SELECT 1 AS locked;

-- name: company_naming_lock (postgresql)
SELECT 1::bigint AS locked FROM (SELECT pg_advisory_xact_lock(7460104)) AS held;

-- name: company_taken
-- Another company of this name.
-- one
SELECT id AS company_id FROM company WHERE name = :name AND id <> COALESCE(:company_id, 0) LIMIT 1;

-- name: company_insert
-- one
INSERT INTO company (name, notes, created_at) VALUES (:name, :notes, :created_at) RETURNING id AS company_id;

-- name: company_update
UPDATE company SET name = :name, notes = :notes, version = version + 1 WHERE id = :company_id;

-- name: company_delete
DELETE FROM company WHERE id = :company_id;

-- name: company_domains
SELECT domain FROM company_domain WHERE company_id = :company_id ORDER BY domain;

-- name: company_domain_add
-- Does nothing when a company has the domain already.
INSERT INTO company_domain (domain, company_id) VALUES (:domain, :company_id) ON CONFLICT DO NOTHING;

-- name: company_domains_clear
DELETE FROM company_domain WHERE company_id = :company_id;

-- name: company_people_count
-- one
-- int: count
SELECT count(*) AS count FROM person WHERE company_id = :company_id AND merged_into_id IS NULL;

-- name: company_members
SELECT id AS person_id FROM person WHERE company_id = :company_id ORDER BY id;

-- name: company_strangers
-- Who has an address at this domain and belongs to no company yet.
SELECT DISTINCT person.id AS person_id FROM identity JOIN person ON person.id = identity.person_id
 WHERE identity.channel = 'email' AND identity.normalized LIKE '%@' || :domain AND person.company_id IS NULL
 ORDER BY person.id LIMIT 10000;

-- name: person_company_set
UPDATE person SET company_id = :company_id, version = version + 1 WHERE id = :person_id;
