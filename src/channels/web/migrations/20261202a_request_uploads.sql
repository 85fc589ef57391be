-- Files that came by a page for everybody of late: they are kept before it is known what becomes of the page. remote_hash as in request_taken.
CREATE TABLE request_upload (
    id {id},
    remote_hash TEXT NOT NULL,
    created_at {int} NOT NULL
) {strict};
CREATE INDEX request_upload_by_remote ON request_upload (remote_hash, created_at);
CREATE INDEX request_upload_by_time ON request_upload (created_at);
