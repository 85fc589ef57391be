-- Views: conditions with a name. Their condition stands in its canonical text, their days in the zone of who saved them.
CREATE TABLE saved_view (
    id {id},
    name TEXT NOT NULL,
    scope TEXT NOT NULL CHECK (scope IN ('personal', 'team', 'global')),
    owner_id {int} NOT NULL,
    team_id {int},
    condition TEXT NOT NULL,
    zone TEXT NOT NULL,
    columns TEXT NOT NULL DEFAULT '[]',
    sort TEXT NOT NULL DEFAULT '-updated_at',
    grouping TEXT NOT NULL DEFAULT 'none',
    position {int} NOT NULL DEFAULT 0,
    version {int} NOT NULL DEFAULT 1,
    -- Each meaning that the condition takes on is counted by itself: counting is its number, bound the meaning, and tickets up to
    -- counted_to are in the count. 0: it is not counted.
    counting {int} NOT NULL DEFAULT 0,
    bound TEXT NOT NULL DEFAULT '',
    counted_to {int} NOT NULL DEFAULT 0,
    is_counted {int} NOT NULL DEFAULT 0,
    created_at {int} NOT NULL,
    updated_at {int} NOT NULL,
    CHECK ((scope = 'team') = (team_id IS NOT NULL))
) {strict};
CREATE INDEX saved_view_by_owner ON saved_view (owner_id);

-- Which countings a ticket is in, so that a change of it moves only these: "3 7+ 9-", + for its assignee alone, - for all but them.
-- turns_at: when the clock changes that.
CREATE TABLE view_member (
    ticket_id {int} PRIMARY KEY NOT NULL,
    team_id {int} NOT NULL,
    assignee_id {int} NOT NULL,
    countings TEXT NOT NULL,
    turns_at {int}
) {strict};
CREATE INDEX view_member_turns ON view_member (turns_at) WHERE turns_at IS NOT NULL;

-- What a team has, as seen by who is not the assignee; and what an agent has, as seen by themselves and by others.
CREATE TABLE view_team_count (
    counting {int} NOT NULL,
    team_id {int} NOT NULL,
    others {int} NOT NULL,
    PRIMARY KEY (counting, team_id)
) {strict};
CREATE TABLE view_agent_count (
    assignee_id {int} NOT NULL,
    counting {int} NOT NULL,
    team_id {int} NOT NULL,
    own {int} NOT NULL,
    others {int} NOT NULL,
    PRIMARY KEY (assignee_id, counting, team_id)
) {strict};
CREATE INDEX view_agent_count_by_counting ON view_agent_count (counting);

-- How far the events are counted. Whoever counts takes the next step; a change of the views is another revision.
CREATE TABLE view_cursor (
    id {int} PRIMARY KEY NOT NULL,
    event {int} NOT NULL,
    step {int} NOT NULL,
    revision {int} NOT NULL,
    counting {int} NOT NULL
) {strict};
INSERT INTO view_cursor (id, event, step, revision, counting) SELECT 1, COALESCE(MAX(id), 0), 0, 0, 0 FROM event;
