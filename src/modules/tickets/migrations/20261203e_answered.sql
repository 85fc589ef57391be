-- Whose tickets somebody of us has answered.
CREATE INDEX ticket_answered ON ticket (requester_id) WHERE first_response_at IS NOT NULL;
