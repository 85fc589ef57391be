-- What each automatic answer was (message_id), and the request of a form that it answers (request_id; NULL: it answers a letter).
ALTER TABLE auto_reply ADD COLUMN message_id {int};
ALTER TABLE auto_reply ADD COLUMN request_id {int};
CREATE INDEX auto_reply_by_message ON auto_reply (message_id);
