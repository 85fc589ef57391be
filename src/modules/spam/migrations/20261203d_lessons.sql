-- In how many letters that people called spam, or not spam, each trait was (wire/mail/traits.h); word is the trait's key. It holds what the
-- lessons hold and nothing else.
CREATE TABLE spam_word (
    word {int} PRIMARY KEY NOT NULL,
    spam {int} NOT NULL,
    ham {int} NOT NULL
) {strict};

-- What was learned from the letter that a ticket came by. is_spam: as what, NULL: nothing now. before: as what until somebody marked the
-- ticket or took the mark away; is_said: somebody did, and whoever does the opposite takes that back. words: a JSON array of keys.
CREATE TABLE spam_lesson (
    ticket_id {int} PRIMARY KEY NOT NULL,
    is_spam {int},
    before {int},
    is_said {int} NOT NULL,
    words TEXT NOT NULL,
    learned_at {int} NOT NULL
) {strict};
CREATE INDEX spam_lesson_oldest ON spam_lesson (is_spam, learned_at, ticket_id) WHERE is_spam IS NOT NULL;

-- What people decide of the filter. threshold: in percent.
CREATE TABLE spam_filter (
    id {int} PRIMARY KEY NOT NULL,
    is_on {int} NOT NULL,
    threshold {int} NOT NULL,
    minimum {int} NOT NULL,
    version {int} NOT NULL
) {strict};
INSERT INTO spam_filter (id, is_on, threshold, minimum, version) VALUES (1, 1, 95, 20, 1);

-- Up to which event it has learned, and from how many letters of each kind.
CREATE TABLE spam_cursor (
    id {int} PRIMARY KEY NOT NULL,
    event {int} NOT NULL,
    step {int} NOT NULL,
    spam_letters {int} NOT NULL,
    ham_letters {int} NOT NULL
) {strict};
INSERT INTO spam_cursor (id, event, step, spam_letters, ham_letters) SELECT 1, COALESCE(MAX(id), 0), 0, 0, 0 FROM event;

-- What was found of the letter that opened a ticket, as it came. because: a word; pattern: the entry that blocks the sender; score: in
-- hundredths of a percent, -1: it was not weighed; signs: a JSON array of the traits that told most, with the counts of that day.
CREATE TABLE spam_verdict (
    ticket_id {int} PRIMARY KEY NOT NULL,
    is_spam {int} NOT NULL,
    because TEXT NOT NULL,
    pattern TEXT,
    score {int} NOT NULL,
    threshold {int} NOT NULL,
    signs TEXT,
    spam_letters {int} NOT NULL,
    ham_letters {int} NOT NULL,
    created_at {int} NOT NULL
) {strict};
