-- The words of attached files. What a file says is kept once, by its content; what became of each attachment stands beside it.
CREATE TABLE file_text (
    hash TEXT PRIMARY KEY NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('indexed', 'nothing', 'refused')),
    reason TEXT,
    text TEXT NOT NULL
) {strict};

-- attempts is also the number of the claim: who holds an older one writes nothing any more.
CREATE TABLE attachment_text (
    attachment_id {int} PRIMARY KEY NOT NULL REFERENCES attachment (id),
    hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'indexed', 'nothing', 'refused')),
    reason TEXT,
    attempts {int} NOT NULL DEFAULT 0,
    next_at {int} NOT NULL
) {strict};
CREATE INDEX attachment_text_waiting ON attachment_text (next_at) WHERE state = 'waiting';

-- Up to which message attachments have been looked at.
CREATE TABLE attachment_text_place (
    id {int} PRIMARY KEY NOT NULL CHECK (id = 1),
    message_id {int} NOT NULL
) {strict};
INSERT INTO attachment_text_place (id, message_id) VALUES (1, 0);

-- only: sqlite
-- What the index holds of a message, to the word: SQLite takes a document out of it by what it was put in with. The sender of an answer
-- of ours is written beside it only when it leaves.
DROP VIEW message_document;
CREATE VIEW message_document AS
    SELECT message.id AS id, COALESCE(message.subject, '') AS subject, message.text AS body,
           COALESCE(message.from_name, '') || ' '
           || CASE WHEN message.direction = 1 AND message.author_staff_id IS NOT NULL AND message.header_id IS NOT NULL THEN ''
                   ELSE COALESCE(message.from_address, '') END
           || ' ' || message.to_list || ' ' || message.cc_list AS people,
           COALESCE((SELECT group_concat(attachment.name, ' ') FROM attachment WHERE attachment.message_id = message.id), '') || ' '
           || COALESCE((SELECT group_concat(file_text.text, ' ')
                          FROM attachment JOIN attachment_text ON attachment_text.attachment_id = attachment.id AND attachment_text.state = 'indexed'
                               JOIN file_text ON file_text.hash = attachment_text.hash
                         WHERE attachment.message_id = message.id), '') AS files
      FROM message;
-- end
