-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- Who names a letter's bytes, and the dropped ones whose bytes are still there.
CREATE INDEX mail_in_by_raw ON mail_in (raw_hash) WHERE raw_hash <> '';
CREATE INDEX mail_in_dropped ON mail_in (done_at) WHERE state = 'dropped' AND raw_hash <> '';
