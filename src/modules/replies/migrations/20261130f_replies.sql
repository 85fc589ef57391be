-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- Canned replies. texts: {"de": HTML, ...}. names and words are what they are found by, folded, each word behind a space: those of name
-- and key, and those of the texts as well.
CREATE TABLE reply (
    id {id},
    name TEXT NOT NULL,
    key TEXT NOT NULL DEFAULT '',
    scope TEXT NOT NULL CHECK (scope IN ('personal', 'team', 'global')),
    owner_id {int} NOT NULL,
    team_id {int},
    folder TEXT NOT NULL DEFAULT '',
    texts TEXT NOT NULL,
    languages TEXT NOT NULL,
    snippet TEXT NOT NULL,
    names TEXT NOT NULL,
    words TEXT NOT NULL,
    uses {int} NOT NULL DEFAULT 0,
    used_at {int},
    version {int} NOT NULL DEFAULT 1,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    -- Out of sight, and gone for good a month later.
    deleted_at {int},
    CHECK ((scope = 'team') = (team_id IS NOT NULL))
) {strict};
CREATE INDEX reply_by_key ON reply (key) WHERE deleted_at IS NULL;
CREATE INDEX reply_by_deleted ON reply (deleted_at) WHERE deleted_at IS NOT NULL;
