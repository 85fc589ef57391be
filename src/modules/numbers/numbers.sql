-- name: number_format_list
-- Those that the house has had, the present one first.
-- int: year_digits, digits, limit
SELECT id AS format_id, prefix, separator, year_digits, digits, has_check, zone, created_at FROM number_format ORDER BY id DESC LIMIT :limit;

-- name: number_format_insert
-- one
-- int: year_digits, digits
INSERT INTO number_format (prefix, separator, year_digits, digits, has_check, zone, created_at)
VALUES (:prefix, :separator, :year_digits, :digits, :has_check, :zone, :created_at) RETURNING id AS format_id;
