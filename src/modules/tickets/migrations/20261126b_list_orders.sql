-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.

-- Every list is walked team by team and category by category in the order that was asked for: what it leaves out must not lie in its
-- way, and an index that holds all teams is one to write and none that is needed.
DROP INDEX ticket_by_team_updated;
DROP INDEX ticket_by_team_created;
DROP INDEX ticket_by_team_priority;
DROP INDEX ticket_by_updated;
DROP INDEX ticket_by_created;
DROP INDEX ticket_by_priority;
DROP INDEX ticket_by_assignee;
DROP INDEX ticket_by_requester;
DROP INDEX ticket_spam;
DROP INDEX ticket_spam_by_team;
DROP INDEX ticket_unassigned;
DROP INDEX ticket_unassigned_by_team;
CREATE INDEX ticket_by_team_updated ON ticket (team_id, category, updated_at, id) WHERE is_spam = 0 AND merged_into_id IS NULL;
CREATE INDEX ticket_by_team_created ON ticket (team_id, category, created_at, id) WHERE is_spam = 0 AND merged_into_id IS NULL;
CREATE INDEX ticket_by_team_priority ON ticket (team_id, category, priority, id) WHERE is_spam = 0 AND merged_into_id IS NULL;
CREATE INDEX ticket_by_assignee_updated ON ticket (assignee_id, team_id, category, updated_at, id)
    WHERE assignee_id IS NOT NULL AND is_spam = 0 AND merged_into_id IS NULL;
CREATE INDEX ticket_by_assignee_created ON ticket (assignee_id, team_id, category, created_at, id)
    WHERE assignee_id IS NOT NULL AND is_spam = 0 AND merged_into_id IS NULL;
CREATE INDEX ticket_by_assignee_priority ON ticket (assignee_id, team_id, category, priority, id)
    WHERE assignee_id IS NOT NULL AND is_spam = 0 AND merged_into_id IS NULL;
CREATE INDEX ticket_unassigned_updated ON ticket (team_id, category, updated_at, id)
    WHERE assignee_id IS NULL AND is_spam = 0 AND merged_into_id IS NULL;
CREATE INDEX ticket_unassigned_created ON ticket (team_id, category, created_at, id)
    WHERE assignee_id IS NULL AND is_spam = 0 AND merged_into_id IS NULL;
CREATE INDEX ticket_unassigned_priority ON ticket (team_id, category, priority, id)
    WHERE assignee_id IS NULL AND is_spam = 0 AND merged_into_id IS NULL;
CREATE INDEX ticket_spam_updated ON ticket (team_id, category, updated_at, id, assignee_id) WHERE is_spam = 1 AND merged_into_id IS NULL;
CREATE INDEX ticket_spam_created ON ticket (team_id, category, created_at, id, assignee_id) WHERE is_spam = 1 AND merged_into_id IS NULL;
CREATE INDEX ticket_spam_priority ON ticket (team_id, category, priority, id, assignee_id) WHERE is_spam = 1 AND merged_into_id IS NULL;

-- One person's tickets are in order by their last change; for another order this says all that is needed to sort them.
CREATE INDEX ticket_by_requester ON ticket (requester_id, updated_at, id, created_at, priority, category, team_id, assignee_id, is_spam,
    merged_into_id, state_id);

-- A tag holds what the order of its tickets needs, written with each change of the ticket. shelf: 0 in the lists, 1 spam, 2 merged.
ALTER TABLE ticket_tag RENAME TO ticket_tag_before;
-- only: sqlite
CREATE TABLE ticket_tag (
    ticket_id INTEGER NOT NULL REFERENCES ticket (id),
    tag TEXT NOT NULL,
    shelf INTEGER NOT NULL,
    team_id INTEGER NOT NULL,
    assignee_id INTEGER,
    category INTEGER NOT NULL,
    priority INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (ticket_id, tag)
) STRICT, WITHOUT ROWID;
-- end
-- only: postgresql
CREATE TABLE ticket_tag (
    ticket_id BIGINT NOT NULL REFERENCES ticket (id),
    tag TEXT NOT NULL,
    shelf BIGINT NOT NULL,
    team_id BIGINT NOT NULL,
    assignee_id BIGINT,
    category BIGINT NOT NULL,
    priority BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    CONSTRAINT ticket_tag_key PRIMARY KEY (ticket_id, tag)
);
-- end
INSERT INTO ticket_tag (ticket_id, tag, shelf, team_id, assignee_id, category, priority, created_at, updated_at)
    SELECT ticket.id, tag, CASE WHEN merged_into_id IS NOT NULL THEN 2 ELSE is_spam END, team_id, assignee_id, category, priority, created_at,
           updated_at
      FROM ticket_tag_before JOIN ticket ON ticket.id = ticket_tag_before.ticket_id ORDER BY ticket.id, tag;
DROP TABLE ticket_tag_before;
CREATE INDEX ticket_tag_by_updated ON ticket_tag (tag, shelf, team_id, category, updated_at, ticket_id, assignee_id);
CREATE INDEX ticket_tag_by_created ON ticket_tag (tag, shelf, team_id, category, created_at, ticket_id, assignee_id);
CREATE INDEX ticket_tag_by_priority ON ticket_tag (tag, shelf, team_id, category, priority, ticket_id, assignee_id);

-- How many tickets of a team and an agent (0: nobody) have a tag, so that nobody has to count them.
CREATE TABLE ticket_tag_count (
    tag TEXT NOT NULL,
    team_id {int} NOT NULL,
    assignee_id {int} NOT NULL,
    uses {int} NOT NULL,
    PRIMARY KEY (tag, team_id, assignee_id)
) {strict};
INSERT INTO ticket_tag_count (tag, team_id, assignee_id, uses)
    SELECT tag, team_id, COALESCE(assignee_id, 0), count(*) FROM ticket_tag GROUP BY tag, team_id, COALESCE(assignee_id, 0);
