-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- A file of persons: looked at row by row, then taken in row by row, behind the request. header: the first line, columns: what stands in
-- each column, both JSON arrays. existing: what becomes of persons who are there already. error: why it ended before its end.
CREATE TABLE person_import (
    id {id},
    staff_id {int} NOT NULL,
    file_name TEXT NOT NULL,
    charset TEXT NOT NULL,
    delimiter TEXT NOT NULL,
    header TEXT NOT NULL,
    columns TEXT NOT NULL,
    existing TEXT NOT NULL CHECK (existing IN ('fill', 'overwrite', 'skip')),
    state TEXT NOT NULL CHECK (state IN ('mapping', 'checking', 'checked', 'running', 'done', 'stopped')),
    error TEXT,
    created_at {int} NOT NULL,
    finished_at {int}
) {strict};
CREATE INDEX person_import_by_staff ON person_import (staff_id, id);
CREATE INDEX person_import_by_created ON person_import (created_at);
CREATE INDEX person_import_due ON person_import (id) WHERE state IN ('checking', 'running');

-- line: of the file, at which the row begins. new, change, same and refused: as the look found it; made and changed: done.
CREATE TABLE person_import_row (
    import_id {int} NOT NULL REFERENCES person_import (id) ON DELETE CASCADE,
    line {int} NOT NULL,
    cells TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'new', 'change', 'same', 'refused', 'made', 'changed', 'cancelled')),
    person_id {int},
    detail TEXT,
    PRIMARY KEY (import_id, line)
) {strict};
CREATE INDEX person_import_row_due ON person_import_row (import_id, line) WHERE state IN ('new', 'change');
CREATE INDEX person_import_row_by_state ON person_import_row (import_id, state, line);

-- By what the rows of one file tell persons apart: which row named it first.
CREATE TABLE person_import_key (
    import_id {int} NOT NULL REFERENCES person_import (id) ON DELETE CASCADE,
    channel TEXT NOT NULL,
    normalized TEXT NOT NULL,
    line {int} NOT NULL,
    PRIMARY KEY (import_id, channel, normalized)
) {strict};
