-- Who asks in each ticket, for others to read.
CREATE VIEW ticket_requester_card AS SELECT id, requester_id FROM ticket;
