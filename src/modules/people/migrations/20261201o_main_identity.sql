-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- The address to which letters go: the first one, unless a person has chosen another. Who has become part of somebody else has no
-- identities, and is nobody's choice any more.
ALTER TABLE identity ADD COLUMN is_main {int} NOT NULL DEFAULT 0;
-- only: sqlite
DROP VIEW person_card;
CREATE VIEW person_card AS
    SELECT person.id AS id, person.name AS name, company.name AS company, person.company_id AS company_id,
           (SELECT identity.value FROM identity WHERE identity.person_id = person.id AND identity.channel = 'email'
             ORDER BY identity.is_main DESC, identity.id LIMIT 1) AS email, person.merged_into_id AS merged_into_id
      FROM person LEFT JOIN company ON company.id = person.company_id;
-- end
-- only: postgresql
CREATE OR REPLACE VIEW person_card AS
    SELECT person.id AS id, person.name AS name, company.name AS company, person.company_id AS company_id,
           (SELECT identity.value FROM identity WHERE identity.person_id = person.id AND identity.channel = 'email'
             ORDER BY identity.is_main DESC, identity.id LIMIT 1) AS email, person.merged_into_id AS merged_into_id
      FROM person LEFT JOIN company ON company.id = person.company_id;
-- end
