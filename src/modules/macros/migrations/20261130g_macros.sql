-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- Macros: several changes under one name. actions is the list as the API takes it; the condition stands in its canonical text, its days in
-- the zone of who saved it.
CREATE TABLE macro (
    id {id},
    name TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('personal', 'team', 'global')),
    owner_id {int} NOT NULL,
    team_id {int},
    condition TEXT NOT NULL DEFAULT '',
    zone TEXT NOT NULL,
    actions TEXT NOT NULL,
    uses {int} NOT NULL DEFAULT 0,
    used_at {int},
    version {int} NOT NULL DEFAULT 1,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    -- Out of sight, and gone for good a month later.
    deleted_at {int},
    CHECK ((scope = 'team') = (team_id IS NOT NULL))
) {strict};
CREATE INDEX macro_by_deleted ON macro (deleted_at) WHERE deleted_at IS NOT NULL;
