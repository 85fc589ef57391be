-- name: webhook_list
-- int: webhook, parallel, since_event, failures
-- json: kinds
-- blob: secret, old_secret
SELECT webhook.id AS webhook, webhook.name, webhook.url, webhook.kinds, webhook.team_id, webhook.parallel, webhook.is_active, webhook.owner_id,
       staff_card.name AS owner_name, webhook.scopes, webhook.secret, webhook.old_secret, webhook.old_until_at, webhook.since_event, webhook.version,
       webhook.created_at, webhook.updated_at, webhook.deleted_at, webhook.ok_at, webhook.failing_since_at, webhook.failures,
       webhook.paused_until_at, webhook.error, webhook.off_reason
  FROM webhook LEFT JOIN staff_card ON staff_card.id = webhook.owner_id WHERE webhook.deleted_at IS NULL ORDER BY webhook.id;

-- name: webhook_row
-- As webhook_list, one of them, also after it was deleted.
-- one
-- int: webhook, parallel, since_event, failures
-- json: kinds
-- blob: secret, old_secret
SELECT webhook.id AS webhook, webhook.name, webhook.url, webhook.kinds, webhook.team_id, webhook.parallel, webhook.is_active, webhook.owner_id,
       staff_card.name AS owner_name, webhook.scopes, webhook.secret, webhook.old_secret, webhook.old_until_at, webhook.since_event, webhook.version,
       webhook.created_at, webhook.updated_at, webhook.deleted_at, webhook.ok_at, webhook.failing_since_at, webhook.failures,
       webhook.paused_until_at, webhook.error, webhook.off_reason
  FROM webhook LEFT JOIN staff_card ON staff_card.id = webhook.owner_id WHERE webhook.id = :webhook;

-- name: webhook_hold
-- Holds it until the transaction ends, so that two changes come one after the other.
-- int: webhook
SELECT id AS webhook FROM webhook WHERE id = :webhook;

-- name: webhook_hold (postgresql)
-- int: webhook
SELECT id AS webhook FROM webhook WHERE id = :webhook FOR UPDATE;

-- name: webhook_count
-- one
SELECT count(*) AS count FROM webhook WHERE deleted_at IS NULL;

-- name: webhook_insert
-- one
-- int: webhook, parallel, since_event
-- json: kinds
-- blob: secret
INSERT INTO webhook (name, url, kinds, team_id, parallel, is_active, owner_id, scopes, secret, since_event, created_at, updated_at)
VALUES (:name, :url, :kinds, :team_id, :parallel, :is_active, :owner_id, :scopes, :secret, :since_event, :created_at, :created_at)
RETURNING id AS webhook;

-- name: webhook_write
-- int: webhook, parallel
-- json: kinds
UPDATE webhook SET name = :name, url = :url, kinds = :kinds, team_id = :team_id, parallel = :parallel, is_active = :is_active, owner_id = :owner_id,
       scopes = :scopes, updated_at = :updated_at, version = version + 1
 WHERE id = :webhook;

-- name: webhook_begin
-- From the present event on, and as if it had never failed.
-- int: webhook
UPDATE webhook SET since_event = (SELECT COALESCE(MAX(id), 0) FROM event), failing_since_at = NULL, failures = 0, paused_until_at = NULL,
       error = NULL, off_reason = NULL
 WHERE id = :webhook;

-- name: webhook_hasten
-- It may be tried at once, whatever it did before.
-- int: webhook
UPDATE webhook SET paused_until_at = NULL WHERE id = :webhook;

-- name: webhook_renew
-- The one before signs too, until a time.
-- int: webhook
-- blob: secret, old_secret
UPDATE webhook SET secret = :secret, old_secret = :old_secret, old_until_at = :old_until_at, updated_at = :updated_at, version = version + 1
 WHERE id = :webhook;

-- name: webhook_mark
-- Out of sight, or (no time) back in it.
-- int: webhook
UPDATE webhook SET deleted_at = :deleted_at, version = version + 1 WHERE id = :webhook;

-- name: webhook_off
-- int: webhook
UPDATE webhook SET is_active = 0, off_reason = :off_reason, updated_at = :updated_at, version = version + 1 WHERE id = :webhook AND is_active = 1;

-- name: webhook_park
-- What still waits is sent no more.
-- plan: webhook_delivery_due
-- int: webhook
UPDATE webhook_delivery SET state = 'failed', next_at = NULL, error = :error, updated_at = :updated_at
 WHERE webhook_id = :webhook AND next_at IS NOT NULL AND state = 'queued';

-- name: webhook_well
-- Said now and then as long as it fares well.
-- int: webhook
UPDATE webhook SET ok_at = :ok_at, failing_since_at = NULL, failures = 0, paused_until_at = NULL, error = NULL
 WHERE id = :webhook AND (failures > 0 OR failing_since_at IS NOT NULL OR COALESCE(ok_at, 0) < :before_at);

-- name: webhook_unwell
-- one
-- int: webhook, failures
UPDATE webhook SET failing_since_at = COALESCE(failing_since_at, :now_at), failures = failures + 1, error = :error WHERE id = :webhook
RETURNING failing_since_at, failures;

-- name: webhook_pause
-- int: webhook
UPDATE webhook SET paused_until_at = :until_at WHERE id = :webhook;

-- name: webhook_cursor_read
-- one
-- int: event, step, newest
SELECT event, step, (SELECT COALESCE(MAX(id), 0) FROM event) AS newest FROM webhook_cursor WHERE id = 1;

-- name: webhook_cursor_take
-- Nobody else has taken this step.
-- one
-- int: event, step, next
UPDATE webhook_cursor SET event = :event, step = step + 1 WHERE id = 1 AND step = :step RETURNING step AS next;

-- name: webhook_delivery_put
-- int: webhook, event
INSERT INTO webhook_delivery (webhook_id, event_id, key, kind, next_at, created_at, updated_at)
VALUES (:webhook, :event, :key, :kind, :next_at, :created_at, :created_at) ON CONFLICT (webhook_id, event_id) DO NOTHING;

-- name: webhook_due
-- Those that have something due and room for it; after some failures one attempt at a time finds out whether they are back.
-- int: webhook, few
SELECT webhook.id AS webhook FROM webhook
 WHERE COALESCE(webhook.paused_until_at, 0) <= :now_at AND webhook.deleted_at IS NULL
   AND EXISTS (SELECT 1 FROM webhook_delivery WHERE webhook_delivery.webhook_id = webhook.id AND webhook_delivery.next_at <= :now_at)
   AND (SELECT count(*) FROM webhook_delivery WHERE webhook_delivery.webhook_id = webhook.id AND webhook_delivery.state = 'sending'
           AND +webhook_delivery.next_at > :now_at) < CASE WHEN webhook.failures >= :few THEN 1 ELSE webhook.parallel END
 ORDER BY webhook.id LIMIT :limit;

-- name: webhook_under_way
-- one
-- plan: webhook_delivery_in_state
-- int: webhook
SELECT count(*) AS count FROM webhook_delivery WHERE webhook_id = :webhook AND state = 'sending' AND +next_at > :now_at;

-- name: webhook_delivery_due
-- In the order in which they became due; what was taken and got lost among them.
-- plan: webhook_delivery_due
-- int: webhook, delivery, event, begun_with
SELECT id AS delivery, event_id AS event, key, kind, attempts, begun_with, created_at FROM webhook_delivery
 WHERE webhook_id = :webhook AND next_at <= :now_at ORDER BY next_at, id LIMIT :limit;

-- name: webhook_delivery_take
-- int: delivery
UPDATE webhook_delivery SET state = 'sending', attempts = attempts + 1, next_at = :next_at WHERE id = :delivery;

-- name: webhook_delivery_recover
-- What a program that is no more had under way.
UPDATE webhook_delivery SET state = 'queued', next_at = :now_at WHERE state = 'sending';

-- name: webhook_delivery_hasten
-- Only a clock that was set back makes anything wait for longer than this; what is under way is let go of later.
UPDATE webhook_delivery SET next_at = :now_at WHERE (state = 'queued' AND next_at > :far_at) OR next_at > :farther_at;

-- name: webhook_hasten_all
UPDATE webhook SET paused_until_at = NULL WHERE paused_until_at > :far_at;

-- name: webhook_delivery_settled
-- How one attempt ended. Who is late and no longer has it in hand says nothing, unless it has arrived: that stays true.
-- int: delivery, attempts, status
UPDATE webhook_delivery SET state = :state, next_at = :next_at, status = :status, error = :error, updated_at = :updated_at
 WHERE id = :delivery AND ((state = 'sending' AND attempts = :attempts) OR (:state = 'sent' AND state <> 'sent'));

-- name: webhook_delivery_given_back
-- Broken off because the program ends: due at once, and no failure.
-- int: delivery, attempts
UPDATE webhook_delivery SET state = 'queued', begun_with = begun_with + 1, next_at = :next_at
 WHERE id = :delivery AND state = 'sending' AND attempts = :attempts;

-- name: webhook_attempt_put
-- int: delivery, number, micros, status
-- time: at
INSERT INTO webhook_attempt (delivery_id, number, at, micros, status, error, answer)
VALUES (:delivery, :number, :at, :micros, :status, :error, :answer) ON CONFLICT (delivery_id, number) DO NOTHING;

-- name: webhook_delivery_list
-- The newest first, with what decides who may see their events.
-- plan: webhook_delivery_list
-- int: delivery, webhook, event, status, before, actor_kind, actor_id
-- staff_id: assignee_id
SELECT webhook_delivery.id AS delivery, webhook_delivery.event_id AS event, webhook_delivery.key, webhook_delivery.kind, webhook_delivery.state,
       webhook_delivery.attempts, webhook_delivery.next_at, webhook_delivery.status, webhook_delivery.error, webhook_delivery.created_at,
       webhook_delivery.updated_at, event.actor_kind, event.actor_id, event.ticket_id, event.team_id, event.assignee_id, event.scope
  FROM webhook_delivery JOIN event ON event.id = webhook_delivery.event_id
 WHERE webhook_delivery.webhook_id = :webhook AND webhook_delivery.id < :before ORDER BY webhook_delivery.id DESC LIMIT :limit;

-- name: webhook_delivery_list_state
-- The same, of one state.
-- plan: webhook_delivery_in_state
-- int: delivery, webhook, event, status, before, actor_kind, actor_id
-- staff_id: assignee_id
SELECT webhook_delivery.id AS delivery, webhook_delivery.event_id AS event, webhook_delivery.key, webhook_delivery.kind, webhook_delivery.state,
       webhook_delivery.attempts, webhook_delivery.next_at, webhook_delivery.status, webhook_delivery.error, webhook_delivery.created_at,
       webhook_delivery.updated_at, event.actor_kind, event.actor_id, event.ticket_id, event.team_id, event.assignee_id, event.scope
  FROM webhook_delivery JOIN event ON event.id = webhook_delivery.event_id
 WHERE webhook_delivery.webhook_id = :webhook AND webhook_delivery.state = :state AND webhook_delivery.id < :before
 ORDER BY webhook_delivery.id DESC LIMIT :limit;

-- name: webhook_delivery_row
-- one
-- int: delivery, webhook, event, status, actor_kind, actor_id
-- staff_id: assignee_id
SELECT webhook_delivery.id AS delivery, webhook_delivery.event_id AS event, webhook_delivery.key, webhook_delivery.kind, webhook_delivery.state,
       webhook_delivery.attempts, webhook_delivery.next_at, webhook_delivery.status, webhook_delivery.error, webhook_delivery.created_at,
       webhook_delivery.updated_at, event.actor_kind, event.actor_id, event.ticket_id, event.team_id, event.assignee_id, event.scope
  FROM webhook_delivery JOIN event ON event.id = webhook_delivery.event_id
 WHERE webhook_delivery.id = :delivery AND webhook_delivery.webhook_id = :webhook;

-- name: webhook_attempt_list
-- The newest first.
-- int: delivery, number, micros, status
-- time: at
SELECT number, at, micros, status, error, answer FROM webhook_attempt WHERE delivery_id = :delivery ORDER BY number DESC LIMIT :limit;

-- name: webhook_delivery_replay
-- Also what waits for its next attempt.
-- int: delivery, webhook
UPDATE webhook_delivery SET state = 'queued', begun_with = attempts, next_at = :next_at, updated_at = :next_at
 WHERE id = :delivery AND webhook_id = :webhook AND state <> 'sending';

-- name: webhook_delivery_replay_failed
-- The oldest first, so many at a time. A test is for its moment.
-- plan: webhook_delivery_in_state
-- int: webhook
UPDATE webhook_delivery SET state = 'queued', begun_with = attempts, next_at = :next_at, updated_at = :next_at
 WHERE id IN (SELECT id FROM webhook_delivery WHERE webhook_id = :webhook AND state = 'failed' AND created_at >= :since_at AND kind <> 'webhook.tested'
               ORDER BY id LIMIT :limit);

-- name: webhook_delivery_old
-- plan: webhook_delivery_by_age
-- int: delivery
SELECT id AS delivery FROM webhook_delivery WHERE created_at < :before_at ORDER BY created_at LIMIT :limit;

-- name: webhook_attempt_purge
-- int: delivery
DELETE FROM webhook_attempt WHERE delivery_id = :delivery;

-- name: webhook_delivery_purge
-- int: delivery
DELETE FROM webhook_delivery WHERE id = :delivery;

-- name: webhook_old
-- one
-- int: webhook
SELECT id AS webhook FROM webhook WHERE deleted_at < :before_at LIMIT 1;

-- name: webhook_purge
-- Its deliveries have gone by then.
DELETE FROM webhook WHERE deleted_at < :before_at;

-- name: webhook_states
-- int: active, off, failing
-- one
SELECT count(CASE WHEN is_active = 1 THEN 1 END) AS active, count(off_reason) AS off,
       count(CASE WHEN is_active = 1 AND failures > 0 THEN 1 END) AS failing
  FROM webhook WHERE deleted_at IS NULL;

-- name: webhook_delivery_waiting
-- one
SELECT count(*) AS count, MIN(created_at) AS oldest_at FROM webhook_delivery
 WHERE next_at IS NOT NULL AND webhook_id IN (SELECT id FROM webhook WHERE deleted_at IS NULL);

-- name: webhook_keepers
-- Who works here, to be asked what they may.
-- staff_id: id
SELECT id, email FROM staff_card WHERE is_active = 1 ORDER BY id;

-- name: webhook_team
-- one
SELECT id AS team_id FROM team_card WHERE id = :team_id;
