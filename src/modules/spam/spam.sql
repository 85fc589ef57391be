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
