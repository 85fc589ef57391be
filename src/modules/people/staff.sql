-- name: admin_count
-- An installation is set up as soon as it has an administrator.
-- one
-- int: count
SELECT count(*) AS count FROM staff WHERE role = 'admin';

-- name: staff_insert
-- one
INSERT INTO staff (email, name, role, password_hash, state, locale, zone, created_at)
VALUES (:email, :name, :role, :password_hash, :state, :locale, :zone, :created_at) RETURNING id AS staff_id;

-- name: staff_by_id
-- one
-- int: totp_step
-- blob: totp_secret
SELECT id AS staff_id, email, name, role, password_hash, state, locale, zone, theme, signature, is_keys_on, totp_secret,
       totp_step, is_totp_on, version, created_at FROM staff WHERE id = :staff_id;

-- name: staff_hold
-- Holds the account until the transaction ends, so that two changes come one after the other; with the administrators, always
-- in the same order, for a change that may be about to take the last of them away.
-- bool: with_admins
SELECT id AS staff_id FROM staff WHERE id = :staff_id OR (:with_admins = 1 AND role = 'admin' AND state = 'active') ORDER BY id;

-- name: staff_hold (postgresql)
SELECT id AS staff_id FROM staff WHERE id = :staff_id OR (:with_admins = 1 AND role = 'admin' AND state = 'active') ORDER BY id FOR UPDATE;

-- name: staff_by_email_row
-- one
-- int: totp_step
-- blob: totp_secret
SELECT id AS staff_id, email, name, role, password_hash, state, locale, zone, theme, signature, is_keys_on, totp_secret,
       totp_step, is_totp_on, version, created_at FROM staff WHERE email = :email;

-- name: staff_actor
-- What every request needs to know of who makes it: permissions as 'NAME SCOPE', teams, confidential teams of others and the tickets that
-- they were admitted to by their numbers, in order, with spaces between.
-- one
-- text: permissions, teams, closed, admitted
SELECT name, staff.role AS role, locale, zone, role_rights.permissions,
       (SELECT group_concat(team_id, ' ') FROM (SELECT team_id FROM team_member WHERE staff_id = :staff_id ORDER BY team_id)) AS teams,
       (SELECT group_concat(team_id, ' ') FROM team_closed WHERE staff_id = :staff_id) AS closed,
       (SELECT group_concat(ticket_id, ' ') FROM (SELECT ticket_id FROM admission_card WHERE staff_id = :staff_id ORDER BY ticket_id)) AS admitted
  FROM staff LEFT JOIN role_rights ON role_rights.role = staff.role WHERE id = :staff_id AND state = 'active';

-- name: staff_actor (postgresql)
SELECT name, staff.role AS role, locale, zone, role_rights.permissions,
       (SELECT string_agg(team_id::text, ' ' ORDER BY team_id) FROM team_member WHERE staff_id = :staff_id) AS teams,
       (SELECT string_agg(team_id::text, ' ') FROM team_closed WHERE staff_id = :staff_id) AS closed,
       (SELECT string_agg(ticket_id::text, ' ' ORDER BY ticket_id) FROM admission_card WHERE staff_id = :staff_id) AS admitted
  FROM staff LEFT JOIN role_rights ON role_rights.role = staff.role WHERE id = :staff_id AND state = 'active';

-- name: staff_teams
SELECT team_id FROM team_member WHERE staff_id = :staff_id ORDER BY team_id;

-- name: role_permissions
-- int: scope
SELECT permission, scope FROM role_permission WHERE role = :role;

-- name: role_permission_default
-- A permission that is new gets its default; one that a person has set stays.
-- int: scope
INSERT INTO role_permission (role, permission, scope) VALUES (:role, :permission, :scope) ON CONFLICT DO NOTHING;

-- name: role_rights_lock
-- One at a time changes what roles may, and sees what those before have changed.
-- int: locked
SELECT 1 AS locked;

-- name: role_rights_lock (postgresql)
SELECT 1::bigint AS locked FROM (SELECT pg_advisory_xact_lock(7460105)) AS held;

-- name: role_rights_gather
INSERT INTO role_rights (role, permissions)
SELECT role, group_concat(permission || ' ' || scope, ' ') FROM role_permission WHERE scope >= 0 GROUP BY role
ON CONFLICT (role) DO UPDATE SET permissions = excluded.permissions;

-- name: role_rights_gather (postgresql)
INSERT INTO role_rights (role, permissions)
SELECT role, string_agg(permission || ' ' || scope, ' ') FROM role_permission WHERE scope >= 0 GROUP BY role
ON CONFLICT (role) DO UPDATE SET permissions = excluded.permissions;

-- name: session_insert
-- one
-- blob: token_hash
INSERT INTO session (token_hash, staff_id, created_at, seen_at, expires_at, address, agent)
VALUES (:token_hash, :staff_id, :created_at, :created_at, :expires_at, :address, :agent) RETURNING id;

-- name: session_find
-- one
-- blob: token_hash
SELECT session.id AS id, session.staff_id, session.seen_at, session.expires_at FROM session JOIN staff ON staff.id = session.staff_id
 WHERE session.token_hash = :token_hash AND session.expires_at > :now_at AND staff.state = 'active';

-- name: session_touch
UPDATE session SET seen_at = :seen_at, expires_at = :expires_at WHERE id = :id;

-- name: session_delete
DELETE FROM session WHERE id = :id;

-- name: session_delete_all
DELETE FROM session WHERE staff_id = :staff_id;

-- name: session_purge
DELETE FROM session WHERE expires_at < :now_at;

-- name: token_insert
-- one
-- blob: token_hash
-- json: scopes
INSERT INTO api_token (staff_id, label, token_hash, scopes, created_at, expires_at)
VALUES (:staff_id, :label, :token_hash, :scopes, :created_at, :expires_at) RETURNING id;

-- name: token_find
-- one
-- blob: token_hash
-- json: scopes
SELECT api_token.id AS id, api_token.staff_id, api_token.scopes, api_token.last_used_at FROM api_token JOIN staff ON staff.id = api_token.staff_id
 WHERE api_token.token_hash = :token_hash AND api_token.revoked_at IS NULL
   AND (api_token.expires_at IS NULL OR api_token.expires_at > :now_at) AND staff.state = 'active';

-- name: token_alive
-- one
-- json: scopes
SELECT id, scopes FROM api_token WHERE id = :id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > :now_at);

-- name: token_touch
UPDATE api_token SET last_used_at = :last_used_at WHERE id = :id;

-- name: token_list
-- json: scopes
SELECT id, label, scopes, created_at, last_used_at, expires_at FROM api_token WHERE staff_id = :staff_id AND revoked_at IS NULL ORDER BY id;

-- name: token_revoke
UPDATE api_token SET revoked_at = :revoked_at WHERE id = :id AND staff_id = :staff_id AND revoked_at IS NULL;

-- name: token_revoke_all
UPDATE api_token SET revoked_at = :revoked_at WHERE staff_id = :staff_id AND revoked_at IS NULL;

-- name: token_by_id
-- one
-- json: scopes
SELECT label, scopes FROM api_token WHERE id = :id;

-- name: link_insert
-- blob: token_hash
INSERT INTO one_time_link (token_hash, kind, staff_id, created_at, expires_at)
VALUES (:token_hash, :kind, :staff_id, :created_at, :expires_at);

-- name: link_find
-- one
-- blob: token_hash
SELECT kind, staff_id, expires_at FROM one_time_link
 WHERE token_hash = :token_hash AND kind = :kind AND used_at IS NULL AND expires_at > :now_at;

-- name: link_recent
-- one
-- blob: token_hash
SELECT token_hash FROM one_time_link WHERE staff_id = :staff_id AND kind = :kind AND used_at IS NULL AND created_at > :since_at LIMIT 1;

-- name: link_use
-- blob: token_hash
UPDATE one_time_link SET used_at = :used_at WHERE token_hash = :token_hash AND used_at IS NULL;

-- name: link_drop_kind
DELETE FROM one_time_link WHERE kind = :kind AND used_at IS NULL;

-- name: failure_find
-- one
-- int: failed_count
SELECT failed_count, locked_until_at, updated_at FROM sign_in_failure WHERE subject = :subject;

-- name: failure_add
-- Failures in a row: what lies longer back than a day is forgotten.
-- one
-- int: failed_count
INSERT INTO sign_in_failure (subject, failed_count, updated_at) VALUES (:subject, 1, :updated_at)
ON CONFLICT (subject) DO UPDATE SET updated_at = excluded.updated_at,
   failed_count = CASE WHEN sign_in_failure.updated_at < :forgotten_at THEN 1 ELSE sign_in_failure.failed_count + 1 END
RETURNING failed_count;

-- name: failure_purge
DELETE FROM sign_in_failure WHERE updated_at < :forgotten_at;

-- name: failure_lock
UPDATE sign_in_failure SET locked_until_at = :locked_until_at WHERE subject = :subject;

-- name: failure_clear
DELETE FROM sign_in_failure WHERE subject = :subject;

-- name: staff_password
-- Begins an invited account; one that was switched off meanwhile stays so.
UPDATE staff SET password_hash = :password_hash, state = CASE WHEN state = 'invited' THEN 'active' ELSE state END, version = version + 1
 WHERE id = :staff_id;

-- name: team_list
-- bool: auto_reply, confidential
-- int: reopen_days
SELECT id, name, slug, language, reopen_days, signature_html, is_auto_reply AS auto_reply, auto_reply_text, is_confidential AS confidential, version FROM team ORDER BY name;

-- name: team_member_add
INSERT INTO team_member (team_id, staff_id) VALUES (:team_id, :staff_id) ON CONFLICT DO NOTHING;

-- name: staff_list
-- bool: totp
SELECT id, email, name, role, state, locale, is_totp_on AS totp, version, created_at FROM staff ORDER BY name, id;

-- name: session_staff
-- one
-- bool: keys_enabled, totp
-- json: own_keys
SELECT id, name, email, role, locale, zone, theme, signature, is_keys_on AS keys_enabled, own_keys, is_totp_on AS totp, version
  FROM staff WHERE id = :staff_id;

-- name: staff_patch
UPDATE staff SET name = :name, locale = :locale, zone = :zone, theme = :theme, signature = :signature, is_keys_on = :is_keys_on,
       own_keys = :own_keys, version = version + 1 WHERE id = :staff_id;

-- name: team_join_all
-- The first administrator belongs to every team that takes in whoever comes.
INSERT INTO team_member (team_id, staff_id) SELECT id, :staff_id FROM team WHERE is_confidential = 0 ON CONFLICT DO NOTHING;

-- name: setting_put
-- json: value
INSERT INTO setting (key, value, updated_at) VALUES (:key, :value, :updated_at)
ON CONFLICT (key) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at;

-- name: setting_find
-- one
-- json: value
SELECT value FROM setting WHERE key = :key;

-- name: team_by_id
-- one
-- int: reopen_days
SELECT id AS team_id, name, slug, language, reopen_days, signature_html, is_auto_reply, auto_reply_text, is_confidential, version FROM team WHERE id = :team_id;

-- name: team_hold
-- Holds the team until the transaction ends, so that two changes come one after the other.
SELECT id AS team_id FROM team WHERE id = :team_id;

-- name: team_hold (postgresql)
SELECT id AS team_id FROM team WHERE id = :team_id FOR UPDATE;

-- name: team_insert
-- one
INSERT INTO team (name, slug, language, is_confidential) VALUES (:name, :slug, :language, :is_confidential) RETURNING id AS team_id;

-- name: team_update
-- int: reopen_days
UPDATE team SET name = :name, language = :language, reopen_days = :reopen_days, signature_html = :signature_html,
       is_auto_reply = :is_auto_reply, auto_reply_text = :auto_reply_text, is_confidential = :is_confidential, version = version + 1
 WHERE id = :team_id;

-- name: team_speak
-- The team that was there before anybody came speaks the language that is chosen at set-up.
UPDATE team SET language = :language, version = version + 1 WHERE id = (SELECT MIN(id) FROM team);

-- name: team_of_slug
-- one
SELECT id AS team_id FROM team WHERE slug = :slug;

-- name: team_taken
-- Another team with this name or short name.
-- one
SELECT id AS team_id FROM team WHERE (name = :name OR slug = :slug) AND id <> COALESCE(:team_id, 0) LIMIT 1;

-- name: team_members
SELECT staff_id FROM team_member WHERE team_id = :team_id ORDER BY staff_id;

-- name: team_members_clear
DELETE FROM team_member WHERE team_id = :team_id;

-- name: staff_teams_clear
DELETE FROM team_member WHERE staff_id = :staff_id;

-- name: staff_update
UPDATE staff SET name = :name, role = :role, state = :state, version = version + 1 WHERE id = :staff_id;

-- name: staff_admins
-- Active administrators besides one: the last one can't be taken away.
-- one
-- int: count
SELECT count(*) AS count FROM staff WHERE role = 'admin' AND state = 'active' AND id <> :staff_id;

-- name: staff_admins (postgresql)
SELECT count(*) AS count FROM (SELECT id FROM staff WHERE role = 'admin' AND state = 'active' ORDER BY id FOR UPDATE) AS held
 WHERE id <> :staff_id;

-- name: role_permission_put
-- int: scope
INSERT INTO role_permission (role, permission, scope) VALUES (:role, :permission, :scope)
ON CONFLICT (role, permission) DO UPDATE SET scope = excluded.scope;

-- name: setting_list
-- json: value
SELECT key, value FROM setting ORDER BY key;

-- name: letter_insert
-- json: data
INSERT INTO letter (to_address, language, kind, data, next_at, created_at)
VALUES (:to_address, :language, :kind, :data, :created_at, :created_at);

-- name: session_delete_others
DELETE FROM session WHERE staff_id = :staff_id AND id <> COALESCE(:id, 0);

-- name: link_drop_staff
DELETE FROM one_time_link WHERE staff_id = :staff_id AND used_at IS NULL;

-- name: invitation_list
-- int: staff
SELECT staff.id AS staff, staff.email, staff.name, letter.sent_at, letter.error AS problem,
       (SELECT MAX(expires_at) FROM one_time_link WHERE staff_id = staff.id AND kind = 'invite' AND used_at IS NULL) AS expires_at
  FROM staff LEFT JOIN letter ON letter.id = (SELECT MAX(id) FROM letter AS any_letter WHERE to_address = staff.email AND kind = 'invite')
 WHERE staff.state = 'invited' ORDER BY staff.name, staff.id;

-- name: letter_withdraw
-- A letter that has not left and whose link is worth nothing any more.
UPDATE letter SET next_at = NULL, data = '{}' WHERE to_address = :to_address AND kind = 'invite' AND sent_at IS NULL;

-- name: staff_name
UPDATE staff SET name = :name WHERE id = :staff_id;

-- name: totp_offer
-- A key waits here until a code proves that the app has it.
-- blob: totp_secret
UPDATE staff SET totp_secret = :totp_secret WHERE id = :staff_id AND is_totp_on = 0;

-- name: totp_on
-- int: totp_step
UPDATE staff SET is_totp_on = 1, totp_step = :totp_step, version = version + 1 WHERE id = :staff_id AND is_totp_on = 0;

-- name: totp_use
-- Changes nothing when a code of this step, or a later one, was taken already.
-- int: totp_step
UPDATE staff SET totp_step = :totp_step WHERE id = :staff_id AND is_totp_on = 1 AND totp_step < :totp_step;

-- name: totp_off
UPDATE staff SET is_totp_on = 0, totp_secret = NULL, version = version + 1 WHERE id = :staff_id AND is_totp_on = 1;

-- name: recovery_insert
-- blob: code_hash
INSERT INTO recovery_code (staff_id, code_hash) VALUES (:staff_id, :code_hash);

-- name: recovery_use
-- blob: code_hash
UPDATE recovery_code SET used_at = :used_at WHERE staff_id = :staff_id AND code_hash = :code_hash AND used_at IS NULL;

-- name: recovery_clear
DELETE FROM recovery_code WHERE staff_id = :staff_id;

-- name: token_limits
-- one
-- json: scopes
SELECT scopes, expires_at FROM api_token WHERE id = :id;

-- name: session_alive
-- one
SELECT id FROM session WHERE id = :id AND expires_at > :now_at;

-- name: session_list
SELECT id, address, agent, created_at, seen_at FROM session WHERE staff_id = :staff_id AND expires_at > :now_at ORDER BY seen_at DESC, id;

-- name: session_delete_own
DELETE FROM session WHERE id = :id AND staff_id = :staff_id;
