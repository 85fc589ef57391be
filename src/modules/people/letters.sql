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
-- int: letter, leased_by
UPDATE letter SET attempts = attempts + 1, next_at = :next_at, leased_by = :leased_by WHERE id = :letter;

-- name: letter_holders
-- The processes that have something under way.
-- int: process
SELECT DISTINCT leased_by AS process FROM letter WHERE next_at > :now_at AND leased_by IS NOT NULL;

-- name: letter_recover
-- What a process had under way that is no longer there.
-- int: process
UPDATE letter SET next_at = :now_at, leased_by = NULL WHERE next_at > :now_at AND leased_by = :process;

-- name: letter_release
-- What this process took and is not about.
-- int: leased_by
UPDATE letter SET next_at = :now_at, leased_by = NULL WHERE next_at > :now_at AND leased_by = :leased_by;

-- name: letter_hasten
UPDATE letter SET next_at = :now_at WHERE next_at > :now_at AND leased_by IS NULL;

-- name: letter_done
-- int: letter
UPDATE letter SET next_at = NULL, sent_at = :sent_at, data = '{}', error = NULL, leased_by = NULL WHERE id = :letter;

-- name: letter_undone
-- Not by one who is late and no longer has it in hand; what was withdrawn meanwhile stays so.
-- int: letter, attempts
UPDATE letter SET next_at = :next_at, error = :error, leased_by = NULL
 WHERE id = :letter AND attempts = :attempts AND sent_at IS NULL AND next_at IS NOT NULL;

-- name: letter_first_due
-- one
-- plan: letter_due
SELECT next_at FROM letter WHERE next_at IS NOT NULL AND next_at <= :now_at ORDER BY next_at LIMIT 1;

-- name: letter_by_id
-- one
-- int: letter
SELECT kind, to_address, created_at FROM letter WHERE id = :letter;
