-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- States that the house names itself. teams: ids of those that offer it, none for all. The five that were there stay for everybody.
ALTER TABLE ticket_state ADD COLUMN is_active {int} NOT NULL DEFAULT 1;
ALTER TABLE ticket_state ADD COLUMN teams TEXT NOT NULL DEFAULT '[]';
ALTER TABLE ticket_state ADD COLUMN version {int} NOT NULL DEFAULT 1;
-- only: postgresql
ALTER TABLE ticket_state ALTER COLUMN id RESTART WITH 6;
-- end

-- How often the ways of a team have been changed, so that nobody overwrites what another has changed meanwhile.
CREATE TABLE ticket_ways (
    team_id {int} PRIMARY KEY NOT NULL,
    version {int} NOT NULL
) {strict};

-- Where a team has rules for a state, its tickets leave that state by these ways alone. fields: keys of those that a way needs.
CREATE TABLE ticket_transition (
    team_id {int} NOT NULL,
    from_id {int} NOT NULL REFERENCES ticket_state (id),
    to_id {int} NOT NULL REFERENCES ticket_state (id),
    permission TEXT,
    fields TEXT NOT NULL DEFAULT '[]',
    PRIMARY KEY (team_id, from_id, to_id),
    CHECK (from_id <> to_id)
) {strict};
