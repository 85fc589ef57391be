-- Which form a page was of, and which network it came from: of IPv6 the /56 that one customer is given, else as remote_hash.
ALTER TABLE request_taken ADD COLUMN form_id {int} NOT NULL DEFAULT 0;
ALTER TABLE request_taken ADD COLUMN network_hash TEXT NOT NULL DEFAULT '';
CREATE INDEX request_taken_by_form ON request_taken (form_id, created_at);
CREATE INDEX request_taken_by_network ON request_taken (network_hash, created_at);
