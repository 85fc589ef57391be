-- name: outbox_team
-- one
SELECT name, language, signature_html FROM team_card WHERE id = :team_id;
