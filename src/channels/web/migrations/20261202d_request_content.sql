-- A keyed hash of what was sent with a page, to tell whether the same is sent again.
ALTER TABLE request_taken ADD COLUMN content_hash TEXT NOT NULL DEFAULT '';
