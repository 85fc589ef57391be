-- What came by a page for everybody of late: each page once, and how much from where. address_hash and remote_hash are keyed hashes: nobody
-- reads an address in them, and they are gone after two days.
CREATE TABLE request_taken (
    nonce TEXT PRIMARY KEY,
    message_id {int},
    ticket_id {int},
    address_hash TEXT NOT NULL,
    remote_hash TEXT NOT NULL,
    created_at {int} NOT NULL
) {strict};
CREATE INDEX request_taken_by_address ON request_taken (address_hash, created_at);
CREATE INDEX request_taken_by_remote ON request_taken (remote_hash, created_at);
CREATE INDEX request_taken_by_time ON request_taken (created_at);
