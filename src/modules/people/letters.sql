-- name: letter_due
-- plan: letter_due
-- int: limit
-- json: data
SELECT id, to_address, language, kind, data, attempts, created_at, (SELECT value FROM setting WHERE key = 'company') AS company
  FROM letter WHERE next_at IS NOT NULL AND next_at <= :now_at ORDER BY next_at LIMIT :limit;

-- name: letter_due (postgresql)
SELECT id, to_address, language, kind, data, attempts, created_at, (SELECT value FROM setting WHERE key = 'company') AS company
  FROM letter WHERE next_at IS NOT NULL AND next_at <= :now_at ORDER BY next_at LIMIT :limit FOR UPDATE SKIP LOCKED;

-- name: letter_lease
-- int: letter
UPDATE letter SET attempts = attempts + 1, next_at = :next_at WHERE id = :letter;

-- name: letter_done
-- int: letter
UPDATE letter SET next_at = NULL, sent_at = :sent_at, data = '{}', error = NULL WHERE id = :letter;

-- name: letter_undone
-- int: letter
UPDATE letter SET next_at = :next_at, error = :error WHERE id = :letter;

-- name: letter_first_due
-- one
-- plan: letter_due
SELECT next_at FROM letter WHERE next_at IS NOT NULL AND next_at <= :now_at ORDER BY next_at LIMIT 1;
