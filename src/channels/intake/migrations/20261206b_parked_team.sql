-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- Whose a parked letter is, as far as the addresses tell: a confidential team's is for its members.
ALTER TABLE mail_in ADD COLUMN team_id {int};
UPDATE mail_in SET team_id = (SELECT team_id FROM mailbox_team_card WHERE mailbox_team_card.id = mail_in.mailbox_id)
 WHERE state = 'parked' AND mailbox_id IS NOT NULL;
