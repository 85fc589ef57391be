-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- Forms for one topic each: the team that gets what is asked, the fields that are asked for ([{"field", "required"}]), the first answer.
CREATE TABLE request_form (
    id {id},
    key TEXT NOT NULL UNIQUE,
    name_de TEXT NOT NULL,
    name_en TEXT NOT NULL,
    name_hu TEXT NOT NULL,
    team_id {int} NOT NULL,
    fields TEXT NOT NULL DEFAULT '[]',
    answer_de TEXT,
    answer_en TEXT,
    answer_hu TEXT,
    is_active {int} NOT NULL DEFAULT 1,
    version {int} NOT NULL DEFAULT 1,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL
) {strict};
