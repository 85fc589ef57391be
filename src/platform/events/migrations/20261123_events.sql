CREATE TABLE event (
    id {int} PRIMARY KEY NOT NULL,
    at {int} NOT NULL,
    kind TEXT NOT NULL,
    actor_kind {int} NOT NULL,
    actor_id {int} NOT NULL,
    cause TEXT,
    ticket_id {int},
    team_id {int},
    scope TEXT,
    data TEXT NOT NULL,
    is_internal {int} NOT NULL,
    hash {blob} NOT NULL
) {strict};
CREATE INDEX event_by_ticket ON event (ticket_id, id) WHERE ticket_id IS NOT NULL;
CREATE INDEX event_by_scope ON event (scope, id) WHERE scope IS NOT NULL;
