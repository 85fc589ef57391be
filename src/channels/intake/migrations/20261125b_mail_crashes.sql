-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- How often the program ended while this letter alone was under way, and how often the letter itself was the reason for a failure.
ALTER TABLE mail_in ADD COLUMN crashes {int} NOT NULL DEFAULT 0;
ALTER TABLE mail_in ADD COLUMN failures {int} NOT NULL DEFAULT 0;
UPDATE mail_in SET failures = attempts WHERE state = 'waiting' AND reason IS NOT NULL;
