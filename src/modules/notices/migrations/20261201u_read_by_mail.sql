-- What was only mailed has been read with its mail.
UPDATE notice SET read_at = mailed_at WHERE is_shown = 0 AND mailed_at IS NOT NULL AND read_at IS NULL;
