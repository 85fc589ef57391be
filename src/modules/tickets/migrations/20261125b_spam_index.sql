-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- Lists of spam must not walk all that is none.
CREATE INDEX ticket_spam ON ticket (updated_at, id) WHERE is_spam = 1;
CREATE INDEX ticket_spam_by_team ON ticket (team_id, updated_at, id) WHERE is_spam = 1;
