-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- How ticket numbers look from a time on; the years in them are those of the zone of who chose the format. Nothing is ever changed here.
CREATE TABLE number_format (
    id {id},
    prefix TEXT NOT NULL,
    separator TEXT NOT NULL,
    year_digits {int} NOT NULL,
    digits {int} NOT NULL,
    has_check {int} NOT NULL,
    zone TEXT NOT NULL,
    created_at {int} NOT NULL
) {strict};
