-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- What a tag that was renamed or merged into another one means now; who still writes it writes that one.
CREATE TABLE tag_alias (
    id {id},
    tag TEXT NOT NULL UNIQUE,
    meaning TEXT NOT NULL
) {strict};
CREATE VIEW tag_alias_card AS SELECT id, tag, meaning FROM tag_alias;
CREATE VIEW tag_card AS SELECT ticket_id, tag FROM ticket_tag;
