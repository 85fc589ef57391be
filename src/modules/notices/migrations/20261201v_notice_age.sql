-- What is unread is found without what was read, and what was read long ago without everything else.
DROP INDEX notice_waiting;
CREATE INDEX notice_waiting ON notice (staff_id, updated_at, id) WHERE read_at IS NULL AND is_shown = 1;
CREATE INDEX notice_read ON notice (read_at) WHERE read_at IS NOT NULL;
