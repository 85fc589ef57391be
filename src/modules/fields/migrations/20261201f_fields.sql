-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- Fields of tickets that the house defines itself. choices: [{"key", "labels": {"de", "en", "hu"}, "is_active"}], teams: ids, none for all.
CREATE TABLE ticket_field (
    id {id},
    key TEXT NOT NULL UNIQUE,
    type TEXT NOT NULL CHECK (type IN ('text', 'long_text', 'number', 'date', 'boolean', 'choice', 'multi_choice', 'url')),
    label_de TEXT NOT NULL,
    label_en TEXT NOT NULL,
    label_hu TEXT NOT NULL,
    position {int} NOT NULL,
    is_active {int} NOT NULL DEFAULT 1,
    minimum TEXT,
    maximum TEXT,
    mask TEXT,
    choices TEXT NOT NULL DEFAULT '[]',
    teams TEXT NOT NULL DEFAULT '[]',
    version {int} NOT NULL DEFAULT 1,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL
) {strict};
