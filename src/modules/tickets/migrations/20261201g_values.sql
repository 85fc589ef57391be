-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- What a ticket holds in the fields of the house: as a whole with it, and each part once more, by word or number, to be searched.
ALTER TABLE ticket ADD COLUMN fields TEXT NOT NULL DEFAULT '{}';
CREATE TABLE ticket_value (
    ticket_id {int} NOT NULL REFERENCES ticket (id),
    field_id {int} NOT NULL REFERENCES ticket_field (id),
    part {int} NOT NULL,
    word TEXT,
    number {real},
    PRIMARY KEY (ticket_id, field_id, part)
) {strict};
-- only: postgresql
ALTER TABLE ticket_value ALTER COLUMN word TYPE TEXT COLLATE "C";
-- end
CREATE INDEX ticket_value_word ON ticket_value (field_id, word, ticket_id) WHERE word IS NOT NULL;
CREATE INDEX ticket_value_number ON ticket_value (field_id, number, ticket_id) WHERE number IS NOT NULL;
