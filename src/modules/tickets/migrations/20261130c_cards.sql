-- Statements for both databases. {id} is a key that the database gives, {int}, {real} and {blob} are types, {strict} stands
-- behind a table's closing parenthesis; lines between '-- only: sqlite' (or postgresql) and '-- end' go to one database.
-- What other modules may know of tickets: their place, which incidents stand behind a problem, and how a letter fared.
CREATE VIEW ticket_card AS
    SELECT id, id + 10000 AS number, subject, team_id, assignee_id, category, is_active, is_spam, merged_into_id FROM ticket;
CREATE VIEW incident_card AS
    SELECT link.from_id AS problem_id, ticket.id AS ticket_id, ticket.team_id, ticket.assignee_id
      FROM ticket_link AS link JOIN ticket ON ticket.id = link.to_id
     WHERE link.kind = 'problem' AND ticket.category < 4 AND ticket.is_spam = 0 AND ticket.merged_into_id IS NULL;
CREATE VIEW delivery_card AS SELECT message_id, state, detail FROM delivery;
