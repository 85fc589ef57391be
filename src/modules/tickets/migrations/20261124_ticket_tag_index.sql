-- Changing the tags of one ticket must not read the tags of all.
CREATE INDEX ticket_tag_by_ticket ON ticket_tag (ticket_id);
