-- Two tickets are linked once in each way, whichever of them names the other.
CREATE UNIQUE INDEX ticket_link_pair ON ticket_link ((CASE WHEN from_id < to_id THEN from_id ELSE to_id END),
    (CASE WHEN from_id < to_id THEN to_id ELSE from_id END), kind);
