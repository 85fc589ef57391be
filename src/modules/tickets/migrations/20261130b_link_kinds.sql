-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- The problem behind incidents is a link too.
CREATE TABLE ticket_link_all (
    from_id {int} NOT NULL REFERENCES ticket (id),
    to_id {int} NOT NULL REFERENCES ticket (id),
    kind TEXT NOT NULL CHECK (kind IN ('follows', 'related', 'parent', 'duplicate', 'blocks', 'problem')),
    created_at {int} NOT NULL,
    PRIMARY KEY (from_id, to_id, kind),
    CHECK (from_id <> to_id)
) {strict};
INSERT INTO ticket_link_all (from_id, to_id, kind, created_at) SELECT from_id, to_id, kind, created_at FROM ticket_link;
DROP TABLE ticket_link;
ALTER TABLE ticket_link_all RENAME TO ticket_link;
CREATE INDEX ticket_link_to ON ticket_link (to_id);
CREATE UNIQUE INDEX ticket_link_pair ON ticket_link ((CASE WHEN from_id < to_id THEN from_id ELSE to_id END),
    (CASE WHEN from_id < to_id THEN to_id ELSE from_id END), kind);
