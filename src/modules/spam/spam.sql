-- name: spam_sender_match
-- What is said of an address, or of its domain: the address counts before the domain, and the longer domain before the shorter.
-- one
-- int: sender_id
SELECT id AS sender_id, pattern, is_allowed FROM spam_sender
 WHERE pattern IN (:address, :domain, :above1, :above2, :above3, :above4, :above5, :above6)
   AND (has_subdomains = 1 OR pattern IN (:address, :domain)) AND (expires_at IS NULL OR expires_at > :now_at)
 ORDER BY CASE WHEN pattern = :address THEN 0 ELSE 1 END, length(pattern) DESC LIMIT 1;

-- name: spam_sender_row
-- one
-- staff_id: created_by
-- int: sender_id
SELECT spam_sender.id AS sender_id, pattern, has_subdomains, is_allowed, reason, created_by_id AS created_by, card.name AS author_name, created_at, expires_at
  FROM spam_sender LEFT JOIN staff_card AS card ON card.id = created_by_id WHERE spam_sender.id = :sender_id;

-- name: spam_sender_by_pattern
-- one
-- int: sender_id
SELECT id AS sender_id, has_subdomains, is_allowed, expires_at FROM spam_sender WHERE pattern = :pattern;

-- name: spam_sender_list
-- Newest first; words: a part of the pattern or the reason, as a pattern for LIKE.
-- staff_id: created_by
-- int: sender_id, before
SELECT spam_sender.id AS sender_id, pattern, has_subdomains, is_allowed, reason, created_by_id AS created_by, card.name AS author_name, created_at, expires_at
  FROM spam_sender LEFT JOIN staff_card AS card ON card.id = created_by_id
 WHERE spam_sender.id < :before AND (pattern LIKE :words OR lower(reason) LIKE :words)
 ORDER BY spam_sender.id DESC LIMIT :limit;

-- name: spam_sender_count
-- one
SELECT count(*) AS count FROM spam_sender;

-- name: spam_sender_insert
-- one
-- staff_id: created_by
-- int: sender_id
INSERT INTO spam_sender (pattern, has_subdomains, is_allowed, reason, created_by_id, created_at, expires_at)
VALUES (:pattern, :has_subdomains, :is_allowed, :reason, :created_by, :created_at, :expires_at) RETURNING id AS sender_id;

-- name: spam_sender_delete
-- int: sender_id
DELETE FROM spam_sender WHERE id = :sender_id;

-- name: spam_own_addresses
-- Those of our mailboxes, and of everybody who works here.
SELECT address FROM mailbox_card UNION ALL SELECT email FROM staff_card WHERE is_active = 1;

-- name: spam_state
-- one
-- int: threshold, minimum, spam_letters, ham_letters
SELECT is_on, threshold, minimum, version, spam_letters, ham_letters FROM spam_filter JOIN spam_cursor ON spam_cursor.id = 1 WHERE spam_filter.id = 1;

-- name: spam_filter_write
-- int: threshold, minimum
UPDATE spam_filter SET is_on = :is_on, threshold = :threshold, minimum = :minimum, version = version + 1 WHERE id = 1;

-- name: spam_filter_hold
SELECT id AS filter FROM spam_filter WHERE id = 1;

-- name: spam_filter_hold (postgresql)
SELECT id AS filter FROM spam_filter WHERE id = 1 FOR UPDATE;

-- name: spam_word_counts
-- Of these keys those that were seen.
-- int: word, spam, ham
SELECT spam_word.word, spam_word.spam, spam_word.ham FROM json_each(:words) AS wanted JOIN spam_word ON spam_word.word = wanted.value;

-- name: spam_word_counts (postgresql)
SELECT word, spam, ham FROM spam_word WHERE word IN (SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:words AS json)));

-- name: spam_words_learn
-- int: spam, ham
INSERT INTO spam_word (word, spam, ham) SELECT value, :spam, :ham FROM json_each(:words) WHERE true
ON CONFLICT (word) DO UPDATE SET spam = spam_word.spam + excluded.spam, ham = spam_word.ham + excluded.ham;

-- name: spam_words_learn (postgresql)
INSERT INTO spam_word (word, spam, ham) SELECT CAST(value AS bigint), :spam, :ham FROM json_array_elements_text(CAST(:words AS json))
ON CONFLICT (word) DO UPDATE SET spam = spam_word.spam + excluded.spam, ham = spam_word.ham + excluded.ham;

-- name: spam_words_tidy
-- What no lesson has any more.
DELETE FROM spam_word WHERE word IN (SELECT value FROM json_each(:words)) AND spam = 0 AND ham = 0;

-- name: spam_words_tidy (postgresql)
DELETE FROM spam_word WHERE word IN (SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:words AS json))) AND spam = 0 AND ham = 0;

-- name: spam_lesson_row
-- is_spam and before: -1 for none.
-- one
-- int: spam, before
-- json: words
SELECT COALESCE(is_spam, -1) AS spam, COALESCE(before, -1) AS before, is_said, words FROM spam_lesson WHERE ticket_id = :ticket_id;

-- name: spam_lesson_put
-- int: spam, before
INSERT INTO spam_lesson (ticket_id, is_spam, before, is_said, words, learned_at)
VALUES (:ticket_id, NULLIF(:spam, -1), NULLIF(:before, -1), :is_said, :words, :learned_at)
ON CONFLICT (ticket_id) DO UPDATE SET is_spam = excluded.is_spam, before = excluded.before, is_said = excluded.is_said, learned_at = excluded.learned_at;

-- name: spam_lesson_delete
DELETE FROM spam_lesson WHERE ticket_id = :ticket_id;

-- name: spam_lesson_oldest
-- one
-- plan: spam_lesson_oldest
-- int: spam
-- json: words
SELECT ticket_id, words FROM spam_lesson WHERE is_spam = :spam AND is_spam IS NOT NULL ORDER BY learned_at, ticket_id LIMIT 1;

-- name: spam_cursor_read
-- one
-- int: event, step, newest, spam_letters, ham_letters
SELECT event, step, (SELECT COALESCE(MAX(id), 0) FROM event) AS newest, spam_letters, ham_letters FROM spam_cursor WHERE id = 1;

-- name: spam_cursor_take
-- Nobody else has taken this step.
-- one
-- int: event, step, next
UPDATE spam_cursor SET event = :event, step = step + 1 WHERE id = 1 AND step = :step RETURNING step AS next;

-- name: spam_cursor_count
-- int: spam, ham
UPDATE spam_cursor SET spam_letters = spam_letters + :spam, ham_letters = ham_letters + :ham WHERE id = 1;

-- name: spam_verdict_put
-- int: score, threshold, spam_letters, ham_letters
INSERT INTO spam_verdict (ticket_id, is_spam, because, pattern, score, threshold, signs, spam_letters, ham_letters, created_at)
VALUES (:ticket_id, :is_spam, :because, :pattern, :score, :threshold, :signs, :spam_letters, :ham_letters, :created_at)
ON CONFLICT (ticket_id) DO NOTHING;

-- name: spam_verdict_row
-- one
-- int: score, threshold, spam_letters, ham_letters
-- json: signs
SELECT is_spam, because, pattern, score, threshold, signs, spam_letters, ham_letters, created_at FROM spam_verdict WHERE ticket_id = :ticket_id;

-- name: spam_verdicts
-- Of these tickets, with their places, for who may see them.
-- json: tickets
-- staff_id: assignee_id
-- int: score, threshold
SELECT verdict.ticket_id, ticket.team_id, ticket.assignee_id, verdict.is_spam, verdict.because, verdict.pattern, verdict.score, verdict.threshold
  FROM json_each(:tickets) AS wanted JOIN spam_verdict AS verdict ON verdict.ticket_id = wanted.value JOIN ticket_card AS ticket ON ticket.id = verdict.ticket_id
 ORDER BY verdict.ticket_id;

-- name: spam_verdicts (postgresql)
SELECT verdict.ticket_id, ticket.team_id, ticket.assignee_id, verdict.is_spam, verdict.because, verdict.pattern, verdict.score, verdict.threshold
  FROM spam_verdict AS verdict JOIN ticket_card AS ticket ON ticket.id = verdict.ticket_id
 WHERE verdict.ticket_id IN (SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:tickets AS json)))
 ORDER BY verdict.ticket_id;
