-- A form that is switched on stands on a page for everybody. origins: the sites that may show it in a frame of theirs, as JSON.
ALTER TABLE request_form ADD COLUMN is_public {int} NOT NULL DEFAULT 0;
ALTER TABLE request_form ADD COLUMN origins TEXT NOT NULL DEFAULT '[]';
