-- name: view_visible
-- The views that somebody may see, those of all teams among them, in their order.
-- int: position, counting
-- json: columns
SELECT saved_view.id AS view_id, saved_view.name, saved_view.scope, saved_view.owner_id, saved_view.team_id, saved_view.condition, saved_view.zone,
       saved_view.columns, saved_view.sort, saved_view.grouping, saved_view.position, saved_view.version, saved_view.counting, saved_view.is_counted
  FROM saved_view
 WHERE scope <> 'personal' OR owner_id = :owner_id
 ORDER BY CASE scope WHEN 'global' THEN 0 WHEN 'team' THEN 1 ELSE 2 END, position, id;

-- name: view_row
-- one
-- int: position, counting
-- json: columns
SELECT saved_view.id AS view_id, saved_view.name, saved_view.scope, saved_view.owner_id, saved_view.team_id, saved_view.condition, saved_view.zone,
       saved_view.columns, saved_view.sort, saved_view.grouping, saved_view.position, saved_view.version, saved_view.counting, saved_view.is_counted
  FROM saved_view WHERE id = :view_id;

-- name: view_hold
-- Holds the view until the transaction ends, so that two changes come one after the other.
SELECT id AS view_id FROM saved_view WHERE id = :view_id;

-- name: view_hold (postgresql)
SELECT id AS view_id FROM saved_view WHERE id = :view_id FOR UPDATE;

-- name: view_count
-- one
-- int: count
SELECT count(*) AS count FROM saved_view;

-- name: view_insert
-- one
-- json: columns
-- int: position
INSERT INTO saved_view (name, scope, owner_id, team_id, condition, zone, columns, sort, grouping, position, created_at, updated_at)
VALUES (:name, :scope, :owner_id, :team_id, :condition, :zone, :columns, :sort, :grouping, :position, :created_at, :created_at)
RETURNING id AS view_id;

-- name: view_write
-- json: columns
-- int: position
UPDATE saved_view SET name = :name, scope = :scope, team_id = :team_id, condition = :condition, zone = :zone, columns = :columns, sort = :sort,
       grouping = :grouping, position = :position, updated_at = :updated_at, version = version + 1
 WHERE id = :view_id;

-- name: view_place
-- int: position
UPDATE saved_view SET position = :position WHERE id = :view_id;

-- name: view_delete
DELETE FROM saved_view WHERE id = :view_id;

-- name: view_revise
-- The views are others now: who counts has to read them anew.
UPDATE view_cursor SET revision = revision + 1 WHERE id = 1;

-- name: view_cursor_read
-- one
-- int: event, step, revision, counting, newest
SELECT event, step, revision, counting, (SELECT COALESCE(MAX(id), 0) FROM event) AS newest FROM view_cursor WHERE id = 1;

-- name: view_cursor_take
-- Nobody else has taken this step, and the views are the same.
-- one
-- int: event, step, revision, counting, next
UPDATE view_cursor SET event = :event, step = step + 1, counting = :counting WHERE id = 1 AND step = :step AND revision = :revision RETURNING step AS next;

-- name: view_all
-- int: counting, counted_to
SELECT id AS view_id, scope, owner_id, condition, zone, counting, bound, counted_to, is_counted FROM saved_view ORDER BY id;

-- name: view_counting
-- int: counting
UPDATE saved_view SET counting = :counting, bound = :bound, counted_to = 0, is_counted = :is_counted WHERE id = :view_id;

-- name: view_counted_to
-- int: counting, counted_to
UPDATE saved_view SET counted_to = :counted_to, is_counted = :is_counted WHERE counting = :counting;

-- name: view_team_count_clear
-- int: counting
DELETE FROM view_team_count WHERE counting = :counting;

-- name: view_agent_count_clear
-- plan: view_agent_count_by_counting
-- int: counting
DELETE FROM view_agent_count WHERE counting = :counting;

-- name: view_count_orphans
-- Countings whose view means something else now, or is gone.
-- int: counting
SELECT counting FROM view_team_count WHERE counting NOT IN (SELECT counting FROM saved_view)
UNION SELECT counting FROM view_agent_count WHERE counting NOT IN (SELECT counting FROM saved_view);

-- name: view_team_count_add
-- int: counting, others
INSERT INTO view_team_count (counting, team_id, others) VALUES (:counting, :team_id, :others)
ON CONFLICT (counting, team_id) DO UPDATE SET others = view_team_count.others + excluded.others;

-- name: view_agent_count_add
-- int: counting, own, others, assignee
INSERT INTO view_agent_count (assignee_id, counting, team_id, own, others) VALUES (:assignee, :counting, :team_id, :own, :others)
ON CONFLICT (assignee_id, counting, team_id) DO UPDATE SET own = view_agent_count.own + excluded.own, others = view_agent_count.others + excluded.others;

-- name: view_team_counts
-- int: counting, others
SELECT counting, team_id, others FROM view_team_count WHERE others <> 0;

-- name: view_agent_counts
-- int: assignee, counting, own, others
SELECT assignee_id AS assignee, counting, team_id, own, others FROM view_agent_count WHERE assignee_id = :assignee AND (own <> 0 OR others <> 0);

-- name: view_agent_counts_all
-- int: assignee, counting, own, others
SELECT assignee_id AS assignee, counting, team_id, own, others FROM view_agent_count WHERE own <> 0 OR others <> 0;

-- name: view_member_find
-- one
-- int: assignee
SELECT ticket_id, team_id, assignee_id AS assignee, countings, turns_at FROM view_member WHERE ticket_id = :ticket_id;

-- name: view_members_between
-- int: assignee, after, upto
SELECT ticket_id, team_id, assignee_id AS assignee, countings, turns_at FROM view_member
 WHERE ticket_id > :after AND ticket_id <= :upto ORDER BY ticket_id;

-- name: view_member_put
-- int: assignee
INSERT INTO view_member (ticket_id, team_id, assignee_id, countings, turns_at) VALUES (:ticket_id, :team_id, :assignee, :countings, :turns_at)
ON CONFLICT (ticket_id) DO UPDATE SET team_id = excluded.team_id, assignee_id = excluded.assignee_id, countings = excluded.countings,
   turns_at = excluded.turns_at;

-- name: view_member_delete
DELETE FROM view_member WHERE ticket_id = :ticket_id;

-- name: view_member_due
-- plan: view_member_turns
-- int: limit
SELECT ticket_id FROM view_member WHERE turns_at IS NOT NULL AND turns_at <= :now_at ORDER BY turns_at LIMIT :limit;

-- name: view_member_clear
DELETE FROM view_member;

-- name: view_team_count_clear_all
DELETE FROM view_team_count;

-- name: view_agent_count_clear_all
DELETE FROM view_agent_count;

-- name: view_forget
UPDATE saved_view SET counting = 0, bound = '', counted_to = 0, is_counted = 0;

-- name: view_team
-- one
SELECT id AS team_id FROM team_card WHERE id = :team_id;

-- name: view_member_admitted
-- Of the tickets that somebody was admitted to.
-- int: assignee
SELECT view_member.ticket_id, view_member.team_id, view_member.assignee_id AS assignee, view_member.countings, view_member.turns_at
  FROM admission_card JOIN view_member ON view_member.ticket_id = admission_card.ticket_id WHERE admission_card.staff_id = :staff_id;
