-- Letters as received, compressed (zstd), by the SHA-256 of their bytes. Large ones are files instead.
CREATE TABLE mail_raw (
    hash TEXT PRIMARY KEY NOT NULL,
    packed {blob} NOT NULL
) {strict};
