-- name: checklist_items
-- What is shown in a ticket, what was taken out too.
-- plan: checklist_by_shown
-- int: place
SELECT item.id AS item_id, item.text, item.place, item.done_at, item.staff_id, staff.name AS staff_name, item.created_at, item.version,
       item.removed_at
  FROM checklist_item AS item LEFT JOIN staff_card AS staff ON staff.id = item.staff_id
 WHERE item.shown_in_id = :ticket_id ORDER BY item.place, item.id;

-- name: checklist_last
-- What stands behind all others, or stood there.
-- one
-- int: place
SELECT place FROM checklist_item WHERE shown_in_id = :ticket_id ORDER BY place DESC LIMIT 1;

-- name: checklist_open
-- What is not done, the first of it.
-- plan: checklist_by_shown
-- int: limit
SELECT text FROM checklist_item WHERE shown_in_id = :ticket_id AND done_at IS NULL AND removed_at IS NULL ORDER BY place LIMIT :limit;

-- name: checklist_item_add
-- int: place
-- one
INSERT INTO checklist_item (ticket_id, shown_in_id, text, place, created_at) VALUES (:ticket_id, :ticket_id, :text, :place, :created_at)
RETURNING id AS item_id;

-- name: checklist_item_write
UPDATE checklist_item SET text = :text, done_at = :done_at, staff_id = :staff_id, removed_at = :removed_at, version = version + 1 WHERE id = :item_id;

-- name: checklist_item_place
-- int: place
UPDATE checklist_item SET place = :place WHERE id = :item_id;

-- name: checklist_show
-- What is shown in one ticket is shown in another from now on.
-- plan: checklist_by_shown
UPDATE checklist_item SET shown_in_id = :into_id WHERE shown_in_id = :from_id;

-- name: checklist_unshow
-- The items of a ticket, and of what was merged into it, are shown in it again.
WITH RECURSIVE tree (id) AS (
    SELECT id FROM ticket WHERE id = :ticket_id UNION SELECT ticket.id FROM ticket JOIN tree ON ticket.merged_into_id = tree.id)
UPDATE checklist_item SET shown_in_id = :ticket_id WHERE shown_in_id = :into_id AND ticket_id IN (SELECT id FROM tree);
