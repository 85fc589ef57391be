-- How often mails are wanted: each soon, or what has gathered once an hour, or once a day at a minute of it where they live.
ALTER TABLE notice_quiet ADD COLUMN rhythm TEXT NOT NULL DEFAULT 'soon';
ALTER TABLE notice_quiet ADD COLUMN at_minute {int} NOT NULL DEFAULT 480;
