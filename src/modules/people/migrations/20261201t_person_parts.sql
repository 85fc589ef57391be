-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- Who has become part of somebody points at whom they are part of in the end, so that one look finds them.
CREATE INDEX person_by_merged ON person (merged_into_id) WHERE merged_into_id IS NOT NULL;
