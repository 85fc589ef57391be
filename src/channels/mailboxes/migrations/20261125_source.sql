-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- Which account, server and folder the numbers of letters belong to: raised whenever one of them changes.
ALTER TABLE mailbox ADD COLUMN generation {int} NOT NULL DEFAULT 1;

-- What was there before we came and is yet to be fetched: the unread letters of a mailbox that is new to us, or what came since
-- the last fetch where the server has given all letters new numbers. Only up to backlog_last; what is above is new and waits for
-- nobody.
ALTER TABLE mailbox ADD COLUMN backlog TEXT NOT NULL DEFAULT 'unread' CHECK (backlog IN ('none', 'unread', 'since'));
ALTER TABLE mailbox ADD COLUMN backlog_last {int} NOT NULL DEFAULT 0;
ALTER TABLE mailbox ADD COLUMN backlog_since_at {int};
UPDATE mailbox SET backlog = 'none' WHERE uid_validity <> 0;
