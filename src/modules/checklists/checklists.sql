-- name: checklist_items
-- plan: checklist_by_ticket
-- int: place
SELECT item.id AS item_id, item.ticket_id, item.text, item.place, item.done_at, item.staff_id, staff.name AS staff_name, item.created_at,
       item.version, item.removed_at
  FROM checklist_item AS item LEFT JOIN staff_card AS staff ON staff.id = item.staff_id
 WHERE item.ticket_id = :ticket_id ORDER BY item.place, item.id;

-- name: checklist_item_add
-- int: place
-- one
INSERT INTO checklist_item (ticket_id, text, place, created_at) VALUES (:ticket_id, :text, :place, :created_at) RETURNING id AS item_id;

-- name: checklist_item_write
UPDATE checklist_item SET text = :text, done_at = :done_at, staff_id = :staff_id, removed_at = :removed_at, version = version + 1 WHERE id = :item_id;

-- name: checklist_item_place
-- int: place
UPDATE checklist_item SET place = :place WHERE id = :item_id;
