-- name: admission_insert
-- staff_id: admitted_by
INSERT INTO admission (staff_id, ticket_id, admitted_by, message_id, created_at)
VALUES (:staff_id, :ticket_id, :admitted_by, :message_id, :created_at) ON CONFLICT DO NOTHING;

-- name: admission_delete
DELETE FROM admission WHERE staff_id = :staff_id AND ticket_id = :ticket_id;
