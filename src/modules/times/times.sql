-- name: activity_list
-- bool: is_billable, is_active
SELECT id AS activity_id, name_de, name_en, name_hu, is_billable, is_active, version FROM activity ORDER BY name_de, id;

-- name: activity_hold
-- Holds it until the transaction ends, so that two changes come one after the other.
SELECT id AS activity_id FROM activity WHERE id = :activity_id;

-- name: activity_hold (postgresql)
SELECT id AS activity_id FROM activity WHERE id = :activity_id FOR UPDATE;

-- name: activity_insert
-- bool: is_billable
-- one
INSERT INTO activity (name_de, name_en, name_hu, is_billable) VALUES (:name_de, :name_en, :name_hu, :is_billable) RETURNING id AS activity_id;

-- name: activity_write
-- bool: is_billable, is_active
UPDATE activity SET name_de = :name_de, name_en = :name_en, name_hu = :name_hu, is_billable = :is_billable, is_active = :is_active,
       version = version + 1
 WHERE id = :activity_id;

-- name: time_list
-- What was spent on a ticket and on those that were merged into it, what was taken out too; the newest first.
-- plan: time_entry_by_ticket
-- int: seconds
-- bool: is_billable
WITH RECURSIVE tree (id) AS (
    SELECT id FROM ticket_card WHERE id = :ticket_id
    UNION SELECT card.id FROM ticket_card AS card JOIN tree ON card.merged_into_id = tree.id)
SELECT entry.id AS entry_id, entry.ticket_id, entry.staff_id, staff.name AS staff_name, entry.activity_id, entry.started_at, entry.seconds,
       entry.note, entry.is_billable, entry.created_at, entry.removed_at, entry.version
  FROM time_entry AS entry LEFT JOIN staff_card AS staff ON staff.id = entry.staff_id
 WHERE entry.ticket_id IN (SELECT id FROM tree) ORDER BY entry.started_at DESC, entry.id DESC;

-- name: time_insert
-- int: seconds
-- bool: is_billable
-- one
INSERT INTO time_entry (ticket_id, staff_id, activity_id, started_at, seconds, note, is_billable, created_at)
VALUES (:ticket_id, :staff_id, :activity_id, :started_at, :seconds, :note, :is_billable, :created_at) RETURNING id AS entry_id;

-- name: time_write
-- int: seconds
-- bool: is_billable
UPDATE time_entry SET activity_id = :activity_id, started_at = :started_at, seconds = :seconds, note = :note, is_billable = :is_billable,
       removed_at = :removed_at, version = version + 1
 WHERE id = :entry_id;

-- name: time_running_of
-- one
-- bool: is_billable
SELECT running.ticket_id, ticket.number, ticket.label, ticket.subject, ticket.team_id, ticket.assignee_id, running.activity_id, running.is_billable,
       running.started_at
  FROM time_running AS running JOIN ticket_card AS ticket ON ticket.id = running.ticket_id WHERE running.staff_id = :staff_id;

-- name: time_running_take
-- The clock stops. No row when none ran.
-- one
-- bool: is_billable
DELETE FROM time_running WHERE staff_id = :staff_id RETURNING ticket_id, activity_id, is_billable, started_at;

-- name: time_running_begin
-- No row when one runs already.
-- one
-- bool: is_billable
INSERT INTO time_running (staff_id, ticket_id, activity_id, is_billable, started_at)
VALUES (:staff_id, :ticket_id, :activity_id, :is_billable, :started_at) ON CONFLICT (staff_id) DO NOTHING RETURNING started_at;

-- name: time_entries
-- Across tickets; the list puts its own conditions behind it.
-- int: seconds
-- bool: is_billable
SELECT entry.id AS entry_id, entry.ticket_id, ticket.label, ticket.subject, entry.staff_id, staff.name AS staff_name, entry.activity_id,
       entry.started_at, entry.seconds, entry.note, entry.is_billable, team.name AS team, person.name AS person, person.company
  FROM time_entry AS entry JOIN ticket_card AS ticket ON ticket.id = entry.ticket_id JOIN ticket_requester_card AS asker ON asker.id = ticket.id
       JOIN person_card AS person ON person.id = asker.requester_id LEFT JOIN team_card AS team ON team.id = ticket.team_id
       LEFT JOIN staff_card AS staff ON staff.id = entry.staff_id
 WHERE 1 = 1;

-- name: time_sums
-- Across tickets, by one trait of them; the report puts its own conditions behind it.
-- int: group_id, seconds, billable, entries
-- text: name
SELECT CASE :grouping WHEN 'staff' THEN entry.staff_id WHEN 'ticket' THEN entry.ticket_id WHEN 'team' THEN ticket.team_id
            WHEN 'person' THEN person.id WHEN 'company' THEN person.company_id ELSE entry.activity_id END AS group_id,
       MIN(CASE :grouping WHEN 'staff' THEN staff.name WHEN 'ticket' THEN ticket.label || ' ' || ticket.subject WHEN 'team' THEN team.name
                WHEN 'person' THEN person.name WHEN 'company' THEN person.company END) AS name,
       CAST(SUM(entry.seconds) AS bigint) AS seconds,
       CAST(SUM(CASE WHEN entry.is_billable = 1 THEN entry.seconds ELSE 0 END) AS bigint) AS billable, COUNT(*) AS entries
  FROM time_entry AS entry JOIN ticket_card AS ticket ON ticket.id = entry.ticket_id JOIN ticket_requester_card AS asker ON asker.id = ticket.id
       JOIN person_card AS person ON person.id = asker.requester_id LEFT JOIN team_card AS team ON team.id = ticket.team_id
       LEFT JOIN staff_card AS staff ON staff.id = entry.staff_id
 WHERE 1 = 1 GROUP BY 1;
