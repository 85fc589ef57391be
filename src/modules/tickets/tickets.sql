-- name: ticket_place
-- What the right to read one asks for.
-- one
SELECT team_id, assignee_id FROM ticket WHERE id = :ticket_id;

-- name: ticket_by_id
-- one
-- int: message_count
-- json: tags, fields
SELECT ticket.id AS ticket_id, ticket.label, ticket.subject, ticket.requester_id, ticket.owner_id, ticket.assignee_id, ticket.team_id,
       ticket.mailbox_id, ticket_state.key AS state, ticket.category, ticket.priority, ticket.channel, ticket.waiting_reason,
       ticket.waiting_until_at, ticket.tags, ticket.fields, ticket.is_spam, ticket.is_active, ticket.merged_into_id, ticket.created_at,
       ticket.updated_at, ticket.first_response_at, ticket.resolved_at, ticket.closed_at, ticket.version, ticket.message_count
  FROM ticket JOIN ticket_state ON ticket_state.id = ticket.state_id WHERE ticket.id = :ticket_id;

-- name: ticket_hold
-- Holds the row until the transaction ends, so that two changes come one after the other.
SELECT id AS ticket_id FROM ticket WHERE id = :ticket_id;

-- name: ticket_hold (postgresql)
SELECT id AS ticket_id FROM ticket WHERE id = :ticket_id FOR UPDATE;

-- name: ticket_root
-- Where the messages of a ticket are shown: at the end of the chain of merges.
-- one
WITH RECURSIVE chain (id, next_id, step) AS (
    SELECT id, merged_into_id, 0 FROM ticket WHERE id = :ticket_id
    UNION ALL
    SELECT ticket.id, ticket.merged_into_id, chain.step + 1 FROM chain JOIN ticket ON ticket.id = chain.next_id WHERE chain.step < 1000)
SELECT id AS ticket_id FROM chain ORDER BY step DESC LIMIT 1;

-- name: ticket_point
-- Merges a ticket into another one, or (NULL) into none any more.
UPDATE ticket SET merged_into_id = :merged_into_id, is_active = :is_active, updated_at = :updated_at, version = version + 1
 WHERE id = :ticket_id;

-- name: ticket_insert
-- one
-- json: tags, fields
INSERT INTO ticket (subject, requester_id, assignee_id, owner_id, team_id, mailbox_id, state_id, category, priority, channel,
                    is_spam, is_active, tags, fields, created_at, updated_at)
VALUES (:subject, :requester_id, :assignee_id, :owner_id, :team_id, :mailbox_id, 1, 0, :priority, :channel,
        :is_spam, 1 - :is_spam, :tags, :fields, :created_at, :created_at)
RETURNING id AS ticket_id;

-- name: ticket_label
UPDATE ticket SET label = :label WHERE id = :ticket_id;

-- name: ticket_write
-- Writes every changeable field of a locked ticket.
-- json: tags, fields
UPDATE ticket SET subject = :subject, requester_id = :requester_id, owner_id = :owner_id, assignee_id = :assignee_id, team_id = :team_id,
       state_id = (SELECT id FROM ticket_state WHERE key = :state), category = :category, priority = :priority,
       waiting_reason = :waiting_reason, waiting_until_at = :waiting_until_at, tags = :tags, fields = :fields, is_spam = :is_spam,
       is_active = :is_active, resolved_at = :resolved_at, closed_at = :closed_at, updated_at = :updated_at,
       version = version + 1
 WHERE id = :ticket_id;

-- name: ticket_due
-- Waiting tickets whose time has come; the + keeps SQLite from walking all that wait.
-- plan: ticket_waiting_until
SELECT id AS ticket_id FROM ticket
 WHERE waiting_until_at IS NOT NULL AND waiting_until_at <= :now_at AND +category = 2 AND merged_into_id IS NULL AND is_spam = 0
 ORDER BY waiting_until_at LIMIT :limit;

-- name: ticket_due_take
-- The same, kept from others until the transaction ends; what somebody is changing waits for the next time.
-- plan: ticket_waiting_until
SELECT id AS ticket_id FROM ticket
 WHERE waiting_until_at IS NOT NULL AND waiting_until_at <= :now_at AND +category = 2 AND merged_into_id IS NULL AND is_spam = 0
 ORDER BY waiting_until_at LIMIT :limit;

-- name: ticket_due_take (postgresql)
SELECT id AS ticket_id FROM ticket
 WHERE waiting_until_at IS NOT NULL AND waiting_until_at <= :now_at AND +category = 2 AND merged_into_id IS NULL AND is_spam = 0
 ORDER BY waiting_until_at LIMIT :limit FOR UPDATE SKIP LOCKED;

-- name: ticket_note_message
-- What a new message changes in its ticket.
-- bool: is_first_response, is_shown
UPDATE ticket SET message_count = message_count + 1, updated_at = :updated_at, last_message_at = :updated_at,
       snippet = CASE WHEN :is_shown = 1 THEN :snippet ELSE snippet END,
       first_response_at = CASE WHEN :is_first_response = 1 AND first_response_at IS NULL THEN :updated_at ELSE first_response_at END,
       version = version + 1
 WHERE id = :ticket_id;

-- name: ticket_note_opening
-- The same for the message that a ticket of the same moment is opened by: without the times that its insertion has set, since
-- every index over them would be written again.
-- bool: is_first_response, is_shown
UPDATE ticket SET message_count = message_count + 1, last_message_at = updated_at,
       snippet = CASE WHEN :is_shown = 1 THEN :snippet ELSE snippet END,
       first_response_at = CASE WHEN :is_first_response = 1 THEN updated_at ELSE first_response_at END,
       version = version + 1
 WHERE id = :ticket_id;

-- name: ticket_said
-- What the messages of a ticket say of it; an answer that was taken back was never said.
-- one
-- plan: message_by_shown
-- int: message_count, shown
SELECT count(*) AS message_count, MAX(message.created_at) AS last_message_at,
       MIN(CASE WHEN message.direction = 1 AND message.audience = 0 AND message.is_automatic = 0 AND message.author_staff_id IS NOT NULL
                THEN message.created_at END) AS first_response_at,
       MAX(CASE WHEN message.audience = 0 THEN message.id END) AS shown
  FROM message LEFT JOIN delivery ON delivery.message_id = message.id
 WHERE message.shown_in_id = :ticket_id AND (delivery.state IS NULL OR delivery.state <> 'cancelled');

-- name: ticket_recount
-- int: message_count
UPDATE ticket SET message_count = :message_count, snippet = :snippet, last_message_at = :last_message_at,
       first_response_at = :first_response_at, updated_at = :updated_at, version = version + 1
 WHERE id = :ticket_id;

-- name: ticket_state_by_key
-- one
-- int: category
SELECT id AS state_id, category FROM ticket_state WHERE key = :key;

-- name: ticket_state_list
-- int: category, position, state_id
-- bool: needs_done
-- json: teams
SELECT id AS state_id, key, category, position, agent_de, agent_en, agent_hu, customer_de, customer_en, customer_hu, is_active, teams, needs_done,
       version
  FROM ticket_state ORDER BY position, id;

-- name: ticket_state_insert
-- No row when the key is taken.
-- one
-- int: category, position
-- bool: needs_done
-- json: teams
INSERT INTO ticket_state (key, category, position, agent_de, agent_en, agent_hu, customer_de, customer_en, customer_hu, teams, needs_done)
VALUES (:key, :category, :position, :agent_de, :agent_en, :agent_hu, :customer_de, :customer_en, :customer_hu, :teams, :needs_done)
ON CONFLICT (key) DO NOTHING RETURNING id AS state_id;

-- name: ticket_state_write
-- bool: needs_done
-- json: teams
UPDATE ticket_state SET agent_de = :agent_de, agent_en = :agent_en, agent_hu = :agent_hu, customer_de = :customer_de, customer_en = :customer_en,
       customer_hu = :customer_hu, is_active = :is_active, teams = :teams, needs_done = :needs_done,
       version = version + 1
 WHERE id = :state_id;

-- name: ticket_state_hold
SELECT id AS state_id FROM ticket_state WHERE id = :state_id;

-- name: ticket_state_hold (postgresql)
SELECT id AS state_id FROM ticket_state WHERE id = :state_id FOR UPDATE;

-- name: ticket_state_place
-- int: position
UPDATE ticket_state SET position = :position WHERE id = :state_id;

-- name: ticket_transition_list
-- json: fields
SELECT one.key AS from_key, other.key AS to_key, way.permission, way.fields
  FROM ticket_transition AS way JOIN ticket_state AS one ON one.id = way.from_id JOIN ticket_state AS other ON other.id = way.to_id
 WHERE way.team_id = :team_id ORDER BY one.position, one.id, other.position, other.id;

-- name: ticket_transition_put
-- json: fields
INSERT INTO ticket_transition (team_id, from_id, to_id, permission, fields) VALUES (:team_id, :from_id, :to_id, :permission, :fields)
ON CONFLICT (team_id, from_id, to_id) DO UPDATE SET permission = excluded.permission, fields = excluded.fields;

-- name: ticket_ways
-- one
SELECT version FROM ticket_ways WHERE team_id = :team_id;

-- name: ticket_ways_change
INSERT INTO ticket_ways (team_id, version) VALUES (:team_id, 1)
ON CONFLICT (team_id) DO UPDATE SET version = ticket_ways.version + 1;

-- name: ticket_transition_clear
DELETE FROM ticket_transition WHERE team_id = :team_id;

-- name: ticket_tag_add
INSERT INTO ticket_tag (ticket_id, tag, shelf, team_id, assignee_id, category, priority, created_at, updated_at)
SELECT id, :tag, CASE WHEN merged_into_id IS NOT NULL THEN 2 ELSE is_spam END, team_id, assignee_id, category, priority, created_at, updated_at
  FROM ticket WHERE id = :ticket_id
ON CONFLICT DO NOTHING;

-- name: ticket_tag_drop
DELETE FROM ticket_tag WHERE ticket_id = :ticket_id AND tag = :tag;

-- name: ticket_tags_set
-- The ticket keeps its place in the lists.
-- json: tags
UPDATE ticket SET tags = :tags, version = version + 1 WHERE id = :ticket_id;

-- name: tag_alias
-- one
SELECT meaning FROM tag_alias WHERE tag = :tag;

-- name: tag_alias_all
SELECT tag, meaning FROM tag_alias;

-- name: tag_alias_put
INSERT INTO tag_alias (tag, meaning) VALUES (:tag, :meaning);

-- name: tag_alias_clear
DELETE FROM tag_alias WHERE tag = :tag;

-- name: ticket_tags_clear
-- plan: USING PRIMARY KEY (ticket_id=?)
DELETE FROM ticket_tag WHERE ticket_id = :ticket_id;

-- name: ticket_tags_follow
-- After a change of the ticket.
-- plan: USING PRIMARY KEY (ticket_id=?)
UPDATE ticket_tag SET (shelf, team_id, assignee_id, category, priority, updated_at) =
       (SELECT CASE WHEN merged_into_id IS NOT NULL THEN 2 ELSE is_spam END, ticket.team_id, ticket.assignee_id, ticket.category,
               ticket.priority, ticket.updated_at
          FROM ticket WHERE ticket.id = :ticket_id)
 WHERE ticket_id = :ticket_id;

-- name: ticket_tags_touch
-- After a message.
-- plan: USING PRIMARY KEY (ticket_id=?)
UPDATE ticket_tag SET updated_at = :updated_at WHERE ticket_id = :ticket_id;

-- name: ticket_value_clear
DELETE FROM ticket_value WHERE ticket_id = :ticket_id AND field_id = :field_id;

-- name: ticket_value_count
-- How many tickets hold what a condition asks for; the list writes the rest.
-- one
-- int: count
SELECT count(*) AS count FROM ticket_value
 WHERE field_id = :field_id;

-- name: ticket_value_word
-- int: part
INSERT INTO ticket_value (ticket_id, field_id, part, word) VALUES (:ticket_id, :field_id, :part, :word);

-- name: ticket_value_number
-- int: part
-- real: number
INSERT INTO ticket_value (ticket_id, field_id, part, number) VALUES (:ticket_id, :field_id, :part, :number);

-- name: field_rule_list
SELECT field_id, visible_if, required_if, is_required_to_close, zone, version FROM ticket_field_rule ORDER BY field_id;

-- name: field_rule_put
INSERT INTO ticket_field_rule (field_id, visible_if, required_if, is_required_to_close, zone)
VALUES (:field_id, :visible_if, :required_if, :is_required_to_close, :zone)
ON CONFLICT (field_id) DO UPDATE SET visible_if = excluded.visible_if, required_if = excluded.required_if,
   is_required_to_close = excluded.is_required_to_close, zone = excluded.zone, version = ticket_field_rule.version + 1;

-- name: tag_list
-- The tags in use, most used first.
-- int: uses
SELECT tag AS name, CAST(SUM(uses) AS bigint) AS uses FROM ticket_tag_count GROUP BY tag HAVING SUM(uses) > 0 ORDER BY 2 DESC, tag LIMIT 500;

-- name: tag_list_visible
-- As tag_list, of the tickets that the caller may read; the list puts its own condition behind it.
-- int: uses
SELECT ticket.tag AS name, CAST(SUM(ticket.uses) AS bigint) AS uses FROM ticket_tag_count AS ticket
 WHERE 1 = 1 GROUP BY ticket.tag;

-- name: tag_teams
-- The teams whose tickets have a tag: how many, with nobody, and with one agent.
-- plan: ticket_tag_count
-- int: uses, unassigned, agents
SELECT team_id, CAST(SUM(uses) AS bigint) AS uses, CAST(SUM(CASE WHEN assignee_id = 0 THEN uses ELSE 0 END) AS bigint) AS unassigned,
       CAST(SUM(CASE WHEN assignee_id = :assignee_id THEN uses ELSE 0 END) AS bigint) AS agents
  FROM ticket_tag_count WHERE tag = :tag GROUP BY team_id HAVING SUM(uses) > 0 ORDER BY team_id;

-- name: ticket_tag_count_add
-- int: assignee, change
INSERT INTO ticket_tag_count (tag, team_id, assignee_id, uses) VALUES (:tag, :team_id, :assignee, :change)
ON CONFLICT (tag, team_id, assignee_id) DO UPDATE SET uses = ticket_tag_count.uses + excluded.uses;

-- name: ticket_tag_count_wrong
-- Where the counters are not what is there.
-- int: assignee, counted, there
SELECT tag, team_id, assignee, CAST(SUM(counted) AS bigint) AS counted, CAST(SUM(there) AS bigint) AS there
  FROM (SELECT tag, team_id, assignee_id AS assignee, uses AS counted, 0 AS there FROM ticket_tag_count
        UNION ALL
        SELECT tag, team_id, COALESCE(assignee_id, 0) AS assignee, 0 AS counted, 1 AS there FROM ticket_tag) AS both_sides
 GROUP BY tag, team_id, assignee HAVING SUM(counted) <> SUM(there);

-- name: team_ids
SELECT id AS team_id FROM team_card ORDER BY id;

-- name: ticket_link_add
INSERT INTO ticket_link (from_id, to_id, kind, created_at) VALUES (:from_id, :to_id, :kind, :created_at) ON CONFLICT DO NOTHING;

-- name: ticket_links
-- The kind speaks from the ticket that was asked for: with _of where the other one was linked to it.
-- int: number
-- text: category, label
SELECT ticket.id, ticket.id + 10000 AS number, COALESCE(ticket.label, CAST(ticket.id + 10000 AS TEXT)) AS label,
       CASE WHEN link.from_id = :ticket_id OR link.kind = 'related' THEN link.kind ELSE link.kind || '_of' END AS kind, ticket.subject,
       CASE ticket.category WHEN 0 THEN 'new' WHEN 1 THEN 'open' WHEN 2 THEN 'waiting' WHEN 3 THEN 'resolved' ELSE 'closed' END AS category,
       ticket.is_active, link.created_at
  FROM ticket_link AS link JOIN ticket ON ticket.id = CASE WHEN link.from_id = :ticket_id THEN link.to_id ELSE link.from_id END
 WHERE 1 = 1;

-- name: ticket_link_pair
-- The two tickets in this way, whichever of them names the other.
-- one
SELECT from_id, to_id FROM ticket_link
 WHERE kind = :kind AND ((from_id = :a_id AND to_id = :b_id) OR (from_id = :b_id AND to_id = :a_id));

-- name: ticket_link_remove
DELETE FROM ticket_link WHERE from_id = :from_id AND to_id = :to_id AND kind = :kind;

-- name: participant_insert
-- Who is there stays as they are: a letter brings nobody back whom a person removed.
INSERT INTO participant (ticket_id, person_id, role, is_on, created_at) VALUES (:ticket_id, :person_id, :role, 1, :created_at)
ON CONFLICT DO NOTHING;

-- name: participant_list
-- bool: active
SELECT card.id AS "person.id", card.name AS "person.name", card.email AS "person.email", participant.role, participant.is_on AS active, participant.created_at
  FROM participant JOIN person_card AS card ON card.id = participant.person_id
 WHERE participant.ticket_id = :ticket_id AND participant.is_removed = 0
 ORDER BY CASE participant.role WHEN 'requester' THEN 0 WHEN 'cc' THEN 1 ELSE 2 END, participant.created_at, card.id;

-- name: participant_row
-- one
SELECT role, is_on, is_removed FROM participant WHERE ticket_id = :ticket_id AND person_id = :person_id;

-- name: participant_shut_out
-- one
SELECT person_id FROM participant WHERE ticket_id = :ticket_id AND is_on = 0 LIMIT 1;

-- name: participant_role
UPDATE participant SET role = :role, is_on = CASE WHEN :is_on = 1 THEN 1 ELSE is_on END,
       is_removed = CASE WHEN :is_on = 1 THEN 0 ELSE is_removed END
 WHERE ticket_id = :ticket_id AND person_id = :person_id;

-- name: participant_update
UPDATE participant SET role = :role, is_on = :is_on WHERE ticket_id = :ticket_id AND person_id = :person_id;

-- name: participant_remove
UPDATE participant SET is_on = 0, is_removed = 1 WHERE ticket_id = :ticket_id AND person_id = :person_id;

-- name: participant_return
UPDATE participant SET role = :role, is_on = 1, is_removed = 0, created_at = :created_at WHERE ticket_id = :ticket_id AND person_id = :person_id;

-- name: ticket_team_reopen_days
-- one
-- int: reopen_days
SELECT reopen_days FROM team_card WHERE id = :team_id;

-- name: team_first
-- one
SELECT id AS team_id FROM team_card ORDER BY id LIMIT 1;

-- name: team_by_slug
-- one
SELECT id AS team_id FROM team_card WHERE slug = :slug;

-- name: team_exists
-- one
SELECT id AS team_id FROM team_card WHERE id = :team_id;

-- name: staff_exists
-- one
SELECT id AS staff_id, name, is_active FROM staff_card WHERE id = :staff_id;

-- name: person_exists
-- one
SELECT id AS person_id FROM person_card WHERE id = :person_id AND merged_into_id IS NULL;

-- name: ticket_wakes_from_spam
-- one
-- bool: wakes
-- A person has written since the ticket was called spam, or since it was opened as such.
SELECT EXISTS (SELECT 1 FROM message
                WHERE shown_in_id = :ticket_id AND direction = 0 AND audience = 0 AND is_automatic = 0 AND is_unverified = 0
                  AND author_person_id IS NOT NULL
                  AND created_at > COALESCE((SELECT MAX(at) FROM event WHERE ticket_id = :ticket_id AND kind = 'ticket.changed'
                                                AND data LIKE '%"spam":["no","yes"]%'),
                                            (SELECT created_at FROM ticket WHERE id = :ticket_id))) AS wakes;

-- name: message_insert
-- one
-- int: direction, audience, remote_images
-- json: to_list, cc_list, bcc_list, reference_list, report, reasons
INSERT INTO message (ticket_id, shown_in_id, direction, audience, kind, author_person_id, author_staff_id, from_name, from_address,
                     to_list, cc_list, bcc_list, subject, header_id, in_reply_to, reference_list, text, text_full, html,
                     remote_images, raw_hash, mailbox_id, is_automatic, is_unverified, report, decision, reasons, created_at, sent_at)
VALUES (:ticket_id, :shown_in_id, :direction, :audience, :kind, :author_person_id, :author_staff_id, :from_name, :from_address,
        :to_list, :cc_list, :bcc_list, :subject, :header_id, :in_reply_to, :reference_list, :text, :text_full, :html,
        :remote_images, :raw_hash, :mailbox_id, :is_automatic, :is_unverified, :report, :decision, :reasons, :created_at, :sent_at)
RETURNING id AS message_id;

-- name: message_index_add
-- What the view message_document says of a message. Given as values: an INSERT from a SELECT makes SQLite write the index out each time.
INSERT INTO message_index (rowid, subject, body, people, files) VALUES (:message_id, :subject, :body, :people, :files || ' ' || :texts);

-- name: message_index_add (postgresql)
-- Each is a tsvector already, see platform/search/lexemes.h.
INSERT INTO message_index (message_id, document)
VALUES (:message_id, CAST(:subject AS tsvector) || CAST(:people AS tsvector) || CAST(:files AS tsvector) || CAST(:body AS tsvector)
                     || CAST(:texts AS tsvector));

-- name: message_index_take
INSERT INTO message_index (message_index, rowid, subject, body, people, files)
SELECT 'delete', id, subject, body, people, files FROM message_document WHERE id = :message_id;

-- name: message_index_take (postgresql)
DELETE FROM message_index WHERE message_id = :message_id;

-- name: message_index_words
-- What goes into the index of a message: the same as in the view message_document.
-- one
SELECT COALESCE(message.subject, '') AS subject, message.text AS body,
       COALESCE(message.from_name, '') || ' '
       || CASE WHEN message.direction = 1 AND message.author_staff_id IS NOT NULL AND message.header_id IS NOT NULL THEN ''
               ELSE COALESCE(message.from_address, '') END
       || ' ' || message.to_list || ' ' || message.cc_list AS people,
       COALESCE((SELECT group_concat(attachment.name, ' ') FROM attachment WHERE attachment.message_id = message.id), '') AS files,
       COALESCE((SELECT group_concat(file_text.text, ' ')
                   FROM attachment JOIN attachment_text ON attachment_text.attachment_id = attachment.id AND attachment_text.state = 'indexed'
                        JOIN file_text ON file_text.hash = attachment_text.hash
                  WHERE attachment.message_id = message.id), '') AS texts
  FROM message WHERE message.id = :message_id;

-- name: message_index_words (postgresql)
SELECT COALESCE(message.subject, '') AS subject, message.text AS body,
       COALESCE(message.from_name, '') || ' '
       || CASE WHEN message.direction = 1 AND message.author_staff_id IS NOT NULL AND message.header_id IS NOT NULL THEN ''
               ELSE COALESCE(message.from_address, '') END
       || ' ' || message.to_list || ' ' || message.cc_list AS people,
       COALESCE((SELECT string_agg(attachment.name, ' ') FROM attachment WHERE attachment.message_id = message.id), '') AS files,
       COALESCE((SELECT string_agg(file_text.text, ' ')
                   FROM attachment JOIN attachment_text ON attachment_text.attachment_id = attachment.id AND attachment_text.state = 'indexed'
                        JOIN file_text ON file_text.hash = attachment_text.hash
                  WHERE attachment.message_id = message.id), '') AS texts
  FROM message WHERE message.id = :message_id;

-- name: attachment_text_place
-- one
SELECT message_id FROM attachment_text_place WHERE id = 1;

-- name: attachment_text_hold
-- Holds the place: one process looks further at a time.
-- one
UPDATE attachment_text_place SET message_id = message_id WHERE id = 1 RETURNING message_id;

-- name: attachment_text_move
UPDATE attachment_text_place SET message_id = :message_id WHERE id = 1;

-- name: attachment_text_ahead
-- plan: attachment_by_message in order
SELECT id AS attachment_id, message_id, hash, name, media_type, size FROM attachment
 WHERE message_id > :after AND NOT EXISTS (SELECT 1 FROM attachment_text WHERE attachment_text.attachment_id = attachment.id)
 ORDER BY message_id LIMIT :limit;

-- name: attachment_text_note
INSERT INTO attachment_text (attachment_id, hash, state, reason, next_at) VALUES (:attachment_id, :hash, :state, :reason, :next_at)
ON CONFLICT (attachment_id) DO NOTHING;

-- name: attachment_text_due
-- The newest first: what has just come is looked for sooner.
-- one
-- plan: attachment_text_waiting
SELECT attachment_id FROM attachment_text WHERE state = 'waiting' AND next_at <= :now_at ORDER BY next_at DESC LIMIT 1;

-- name: attachment_text_claim
-- one
UPDATE attachment_text SET attempts = attempts + 1, next_at = :next_at
 WHERE attachment_id = (SELECT due.attachment_id FROM attachment_text AS due WHERE due.state = 'waiting' AND due.next_at <= :now_at
                         ORDER BY due.next_at DESC LIMIT 1)
RETURNING attachment_id, hash, attempts;

-- name: attachment_text_claim (postgresql)
UPDATE attachment_text SET attempts = attempts + 1, next_at = :next_at
 WHERE attachment_id = (SELECT due.attachment_id FROM attachment_text AS due WHERE due.state = 'waiting' AND due.next_at <= :now_at
                         ORDER BY due.next_at DESC LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING attachment_id, hash, attempts;

-- name: attachment_text_held
-- The claim that the caller still has, held until the transaction ends.
-- one
UPDATE attachment_text SET attempts = attempts WHERE attachment_id = :attachment_id AND state = 'waiting' AND attempts = :attempts
RETURNING hash;

-- name: attachment_text_settle
UPDATE attachment_text SET state = :state, reason = :reason WHERE attachment_id = :attachment_id;

-- name: attachment_text_wait
-- int: back
UPDATE attachment_text SET reason = :reason, next_at = :next_at, attempts = attempts - :back WHERE attachment_id = :attachment_id;

-- name: attachment_text_hasten
UPDATE attachment_text SET next_at = :now_at WHERE state = 'waiting' AND reason = :reason AND next_at > :now_at;

-- name: attachment_text_forget
-- The attachment becomes part of another message, where it is looked at anew.
DELETE FROM attachment_text WHERE attachment_id = :attachment_id;

-- name: attachment_text_size
-- What the files of a message have in the index already.
-- one
-- int: size
SELECT COALESCE(SUM(length(file_text.text)), 0) AS size
  FROM attachment JOIN attachment_text ON attachment_text.attachment_id = attachment.id AND attachment_text.state = 'indexed'
       JOIN file_text ON file_text.hash = attachment_text.hash
 WHERE attachment.message_id = :message_id;

-- name: attachment_text_size (postgresql)
SELECT COALESCE(SUM(length(file_text.text)), 0)::bigint AS size
  FROM attachment JOIN attachment_text ON attachment_text.attachment_id = attachment.id AND attachment_text.state = 'indexed'
       JOIN file_text ON file_text.hash = attachment_text.hash
 WHERE attachment.message_id = :message_id;

-- name: attachment_text_states
-- one
-- int: waiting, putoff
SELECT COUNT(*) AS waiting, COALESCE(SUM(CASE WHEN next_at > :now_at THEN 1 ELSE 0 END), 0) AS putoff FROM attachment_text WHERE state = 'waiting';

-- name: attachment_text_states (postgresql)
SELECT COUNT(*) AS waiting, COALESCE(SUM(CASE WHEN next_at > :now_at THEN 1 ELSE 0 END), 0)::bigint AS putoff FROM attachment_text
 WHERE state = 'waiting';

-- name: file_text_find
-- one
SELECT state, reason, text FROM file_text WHERE hash = :hash;

-- name: file_text_add
INSERT INTO file_text (hash, state, reason, text) VALUES (:hash, :state, :reason, :text) ON CONFLICT (hash) DO NOTHING;

-- name: message_index_hold
-- Whoever adds words of another file of the message waits.
-- one
SELECT id AS message_id FROM message WHERE id = :message_id;

-- name: message_index_hold (postgresql)
SELECT message_id FROM message_index WHERE message_id = :message_id FOR UPDATE;

-- name: message_reference_add
INSERT INTO message_reference (reference, message_id) VALUES (:reference, :message_id) ON CONFLICT DO NOTHING;

-- name: attachment_insert
INSERT INTO attachment (message_id, hash, name, media_type, size, is_inline, content_id, created_at)
VALUES (:message_id, :hash, :name, :media_type, :size, :is_inline, :content_id, :created_at);

-- name: upload_insert
-- one
INSERT INTO attachment (staff_id, hash, name, media_type, size, created_at)
VALUES (:staff_id, :hash, :name, :media_type, :size, :created_at) RETURNING id AS attachment_id;

-- name: upload_claim
-- A waiting upload of this agent becomes part of a message; what hangs on an answer that was taken back waits again.
-- one
UPDATE attachment SET message_id = :message_id
 WHERE id = :attachment_id AND staff_id = :staff_id
   AND (message_id IS NULL OR EXISTS (SELECT 1 FROM delivery WHERE delivery.message_id = attachment.message_id AND delivery.state = 'cancelled'))
RETURNING name, size;

-- name: attachment_by_id
-- one
SELECT attachment.id AS attachment_id, attachment.message_id, attachment.staff_id, attachment.hash, attachment.name,
       attachment.media_type, attachment.size, ticket.id AS ticket_id, ticket.team_id, ticket.assignee_id
  FROM attachment LEFT JOIN message ON message.id = attachment.message_id LEFT JOIN ticket ON ticket.id = message.shown_in_id
 WHERE attachment.id = :attachment_id;

-- name: delivery_insert
-- int: audience
INSERT INTO delivery (message_id, audience, channel, state, next_at, updated_at)
VALUES (:message_id, :audience, :channel, :state, :next_at, :updated_at);

-- name: delivery_due
-- plan: delivery_due
-- int: limit
SELECT message_id, channel, attempts, (SELECT created_at FROM message WHERE message.id = delivery.message_id) AS created_at FROM delivery
 WHERE next_at IS NOT NULL AND next_at <= :now_at AND channel = :channel ORDER BY next_at LIMIT :limit;

-- name: delivery_due (postgresql)
SELECT message_id, channel, attempts, (SELECT created_at FROM message WHERE message.id = delivery.message_id) AS created_at FROM delivery
 WHERE next_at IS NOT NULL AND next_at <= :now_at AND channel = :channel ORDER BY next_at LIMIT :limit FOR UPDATE SKIP LOCKED;

-- name: delivery_waiting
-- one
-- plan: delivery_due
SELECT count(*) AS count FROM delivery WHERE next_at IS NOT NULL;

-- name: delivery_waiting_for
-- Those that were put off for this reason.
-- one
-- plan: delivery_due
SELECT count(*) AS count FROM delivery WHERE next_at IS NOT NULL AND detail = :detail;

-- name: delivery_first_due
-- one
-- plan: delivery_due
SELECT next_at FROM delivery WHERE next_at IS NOT NULL AND next_at <= :now_at AND channel = :channel ORDER BY next_at LIMIT 1;

-- name: delivery_state
-- one
SELECT state, detail FROM delivery WHERE message_id = :message_id;

-- name: delivery_lease
-- int: leased_by
UPDATE delivery SET state = 'sending', attempts = attempts + 1, next_at = :next_at, updated_at = :updated_at, leased_by = :leased_by
 WHERE message_id = :message_id;

-- name: delivery_holders
-- The processes that have something under way.
-- int: process
SELECT DISTINCT COALESCE(leased_by, 0) AS process FROM delivery WHERE state = 'sending' AND next_at > :now_at;

-- name: delivery_recover
-- What a process had under way that is no longer there.
-- int: process
UPDATE delivery SET state = 'queued', next_at = :now_at WHERE state = 'sending' AND next_at > :now_at AND COALESCE(leased_by, 0) = :process;

-- name: delivery_release
-- What this process took and is not about: its transaction was committed, but nobody heard of it.
-- int: leased_by
UPDATE delivery SET state = 'queued', next_at = :now_at WHERE state = 'sending' AND next_at > :now_at AND leased_by = :leased_by;

-- name: delivery_hasten
-- What is held so that it can be taken back is held for seconds; only a clock that was set back makes more of them.
UPDATE delivery SET next_at = :now_at WHERE (state = 'queued' AND next_at > :now_at) OR (state = 'held' AND next_at > :far_at);

-- name: delivery_hasten_for
-- What waits for this mailbox, or for any.
UPDATE delivery SET next_at = :now_at
 WHERE state = 'queued' AND next_at > :now_at
   AND (detail = :detail OR EXISTS (SELECT 1 FROM message WHERE message.id = delivery.message_id AND message.mailbox_id = :mailbox_id));

-- name: delivery_write
UPDATE delivery SET state = :state, detail = :detail, next_at = :next_at, updated_at = :updated_at WHERE message_id = :message_id;

-- name: delivery_settle
-- How one attempt ended. Who is late and no longer has it in hand says nothing, unless the message has left: that stays true.
-- int: attempts
UPDATE delivery SET state = :state, detail = :detail, next_at = :next_at, updated_at = :updated_at
 WHERE message_id = :message_id
   AND ((state = 'sending' AND attempts = :attempts) OR (:state = 'sent' AND state IN ('sending', 'queued', 'failed')));

-- name: delivery_cancel
-- Takes a message back while it is held.
UPDATE delivery SET state = 'cancelled', next_at = NULL, updated_at = :updated_at WHERE message_id = :message_id AND state = 'held';

-- name: delivery_retry
UPDATE delivery SET state = 'queued', detail = NULL, next_at = :next_at, updated_at = :updated_at
 WHERE message_id = :message_id AND state IN ('failed', 'queued');

-- name: message_sent
UPDATE message SET sent_at = :sent_at WHERE id = :message_id;

-- name: message_give_header
UPDATE message SET header_id = :header_id, mailbox_id = :mailbox_id, from_address = :from_address WHERE id = :message_id;

-- name: message_row
-- One message as its ticket's rules see it.
-- one
-- int: direction, audience
SELECT message.id AS message_id, message.shown_in_id AS ticket_id, message.ticket_id AS home_id, message.direction, message.audience, message.kind,
       COALESCE((SELECT merged_into_id FROM person_card WHERE person_card.id = message.author_person_id), message.author_person_id) AS author_person_id,
       message.author_staff_id, message.from_name, message.from_address, message.subject, message.text, message.html, message.header_id,
       message.raw_hash, message.is_automatic, message.is_unverified, message.decision, message.reasons, message.created_at, ticket.team_id, ticket.assignee_id, ticket.mailbox_id,
       ticket.subject AS ticket_subject, ticket.requester_id, ticket.channel
  FROM message JOIN ticket ON ticket.id = message.shown_in_id WHERE message.id = :message_id;

-- name: message_first_in
-- The first that came from outside to this ticket, and not to one that became part of it.
-- one
-- plan: message_by_shown
SELECT id AS message_id, kind, from_name, from_address, subject, COALESCE(text_full, text) AS text, html, raw_hash FROM message
 WHERE shown_in_id = :ticket_id AND ticket_id = :ticket_id AND direction = 0 AND audience = 0 ORDER BY id LIMIT 1;

-- name: ticket_answered_of
-- one
-- plan: ticket_answered
SELECT id AS ticket_id FROM ticket WHERE requester_id = :requester_id AND first_response_at IS NOT NULL AND is_spam = 0 LIMIT 1;

-- name: message_outgoing_row
-- one
-- json: to_list, cc_list, bcc_list, reference_list
SELECT message.id AS message_id, message.shown_in_id AS ticket_id, ticket.team_id, COALESCE(message.mailbox_id, ticket.mailbox_id) AS mailbox_id,
       message.author_staff_id, message.from_name, message.to_list, message.cc_list, message.bcc_list, message.subject,
       message.header_id, message.in_reply_to, message.reference_list, message.text, message.html, message.is_automatic, message.created_at
  FROM message JOIN ticket ON ticket.id = message.shown_in_id
 WHERE message.id = :message_id AND message.audience = 0 AND message.direction = 1;

-- name: message_files
-- The files of one message.
SELECT id AS attachment_id, hash, name, media_type, size, is_inline, content_id FROM attachment WHERE message_id = :message_id ORDER BY id;

-- name: message_place_by_header
-- one
-- plan: message_by_header
-- int: direction
SELECT message.id AS message_id, message.shown_in_id AS ticket_id, message.direction, message.from_address
  FROM message WHERE message.header_id = :header_id ORDER BY message.id DESC LIMIT 1;

-- name: message_place_by_ancestor
-- one
-- int: direction
SELECT message.id AS message_id, message.shown_in_id AS ticket_id, message.direction, message.from_address
  FROM message_reference JOIN message ON message.id = message_reference.message_id
 WHERE message_reference.reference = :reference
   AND (message.author_person_id = :author_person_id
        OR EXISTS (SELECT 1 FROM person_card WHERE person_card.id = message.author_person_id AND person_card.merged_into_id = :author_person_id))
 ORDER BY message.id DESC LIMIT 1;

-- name: message_place_by_id
-- one
-- int: direction
SELECT message.id AS message_id, message.shown_in_id AS ticket_id, message.direction, message.from_address FROM message WHERE message.id = :message_id;

-- name: message_recipients
-- Of what leaves, or left, from here.
-- one
-- json: to_list, cc_list, bcc_list
SELECT message.to_list, message.cc_list, message.bcc_list FROM message JOIN delivery ON delivery.message_id = message.id
 WHERE message.id = :message_id AND message.direction = 1;

-- name: message_last_inbound
-- What an answer answers: the newest message from the author, or (0) from the customer's side. Only who takes part is on it: neither
-- third parties nor who was switched off, nor programs of others, nor a colleague, unless it is about a matter of their own.
-- one
-- int: author
-- json: reference_list, to_list, cc_list
SELECT message.id AS message_id, message.header_id, message.reference_list, message.subject, message.from_name, message.from_address,
       message.to_list, message.cc_list, message.mailbox_id
  FROM message JOIN ticket ON ticket.id = message.shown_in_id
 WHERE message.shown_in_id = :ticket_id AND message.direction = 0 AND message.audience = 0 AND message.is_unverified = 0
   AND CASE WHEN :author > 0 THEN message.author_person_id = :author
            ELSE (message.author_person_id = ticket.requester_id
                  OR NOT EXISTS (SELECT 1 FROM staff_card WHERE staff_card.is_active = 1 AND lower(staff_card.email) = lower(message.from_address)))
                 AND EXISTS (SELECT 1 FROM participant WHERE participant.ticket_id = :ticket_id AND participant.person_id = message.author_person_id
                                AND participant.is_on = 1 AND participant.role <> 'third_party') END
 ORDER BY message.is_automatic, message.id DESC LIMIT 1;

-- name: message_said_since
-- Our letters since the one that is answered: a further answer refers to those of them that went to the same people. Newest first.
-- plan: message_by_shown
-- json: to_list, cc_list, bcc_list
SELECT header_id, to_list, cc_list, bcc_list FROM message
 WHERE shown_in_id = :ticket_id AND direction = 1 AND audience = 0 AND header_id IS NOT NULL AND id < :message_id
   AND id > COALESCE((SELECT MAX(answered.id) FROM message AS answered
                       WHERE answered.shown_in_id = :ticket_id AND answered.direction = 0 AND answered.header_id = :header_id), 0)
 ORDER BY id DESC LIMIT 10;

-- name: sending_mailbox_any
-- one
SELECT mailbox_id FROM sending_mailbox LIMIT 1;

-- name: own_address_find
-- one
SELECT address FROM own_address WHERE address = :address;

-- name: participant_address
-- Who reads along: not the third party, whose letters are not for the customer.
SELECT card.name, card.email FROM participant JOIN person_card AS card ON card.id = participant.person_id
 WHERE participant.ticket_id = :ticket_id AND participant.is_on = 1 AND participant.role <> 'third_party' AND card.email IS NOT NULL
 ORDER BY CASE participant.role WHEN 'requester' THEN 0 ELSE 1 END, participant.created_at, card.id LIMIT 50;

-- name: message_claimed
-- What came by a form in the name of this address, which nobody has confirmed.
-- plan: message_by_shown
SELECT id AS message_id FROM message
 WHERE shown_in_id = :ticket_id AND kind = 'form' AND direction = 0 AND is_unverified = 1 AND lower(from_address) = lower(:address) ORDER BY id;

-- name: message_proven
UPDATE message SET is_unverified = 0 WHERE id = :message_id AND is_unverified = 1;

-- name: message_relocate
-- json: reasons
UPDATE message SET ticket_id = :ticket_id, shown_in_id = :shown_in_id, decision = :decision, reasons = :reasons, is_unverified = :is_unverified
 WHERE id = :message_id;

-- name: message_show
-- What is shown in one ticket is shown in another from now on.
-- plan: message_by_shown
UPDATE message SET shown_in_id = :into_id WHERE shown_in_id = :from_id;

-- name: message_unshow
-- The messages of a ticket, and of what was merged into it, are shown in it again.
WITH RECURSIVE tree (id) AS (
    SELECT id FROM ticket WHERE id = :ticket_id UNION SELECT ticket.id FROM ticket JOIN tree ON ticket.merged_into_id = tree.id)
UPDATE message SET shown_in_id = :ticket_id WHERE shown_in_id = :into_id AND ticket_id IN (SELECT id FROM tree);

-- name: message_of_requester
-- The newest letter of who asks in a ticket.
-- one
SELECT message.header_id FROM message JOIN ticket ON ticket.id = message.ticket_id
 WHERE message.ticket_id = ticket.id AND message.shown_in_id = (SELECT COALESCE(here.merged_into_id, here.id) FROM ticket AS here WHERE here.id = :ticket_id)
   AND ticket.id = :ticket_id AND message.direction = 0 AND message.audience = 0 AND message.header_id IS NOT NULL
   AND message.author_person_id = ticket.requester_id
 ORDER BY message.id DESC LIMIT 1;

-- name: team_language
-- one
SELECT name, language FROM team_card WHERE id = :team_id;

-- name: team_confidential
-- one
SELECT id AS team_id FROM team_confidential_card WHERE id = :team_id;

-- name: participant_of
SELECT person_id, role, is_on, is_removed FROM participant WHERE ticket_id = :ticket_id ORDER BY created_at, person_id;

-- name: participant_join
INSERT INTO participant (ticket_id, person_id, role, is_on, is_removed, created_at)
VALUES (:ticket_id, :person_id, :role, :is_on, :is_removed, :created_at)
ON CONFLICT DO NOTHING;

-- name: participant_delete
-- Who came with what is taken back leaves no mark.
DELETE FROM participant WHERE ticket_id = :ticket_id AND person_id = :person_id;

-- name: ticket_link_parents
-- The active tickets that this one is a part of.
SELECT link.from_id AS ticket_id FROM ticket_link AS link JOIN ticket ON ticket.id = link.from_id
 WHERE link.to_id = :ticket_id AND link.kind = 'parent' AND ticket.is_active = 1 ORDER BY link.from_id;

-- name: ticket_link_open
-- What is still open around a ticket: its parts, the incidents behind which it stands, and what blocks it.
-- text: kind
SELECT link.kind AS kind, count(*) AS count
  FROM ticket_link AS link JOIN ticket AS other ON other.id = CASE WHEN link.from_id = :ticket_id THEN link.to_id ELSE link.from_id END
 WHERE ((link.from_id = :ticket_id AND link.kind IN ('parent', 'problem')) OR (link.to_id = :ticket_id AND link.kind = 'blocks'))
   AND other.is_active = 1 GROUP BY link.kind ORDER BY link.kind;

-- name: ticket_link_of
SELECT from_id, to_id, kind, created_at FROM ticket_link WHERE from_id = :ticket_id OR to_id = :ticket_id ORDER BY created_at, from_id, to_id;

-- name: ticket_link_reach
-- Does following the links of a kind lead from one ticket to another?
-- one
WITH RECURSIVE reach (id) AS (
    SELECT to_id FROM ticket_link WHERE from_id = :from_id AND kind = :kind
    UNION SELECT link.to_id FROM ticket_link AS link JOIN reach ON link.from_id = reach.id WHERE link.kind = :kind)
SELECT id AS ticket_id FROM reach WHERE id = :to_id LIMIT 1;

-- name: draft_of
-- The drafts in a ticket of who has none in the other.
SELECT staff_id, version FROM draft
 WHERE ticket_id = :ticket_id AND NOT EXISTS (SELECT 1 FROM draft AS other WHERE other.ticket_id = :into_id AND other.staff_id = draft.staff_id);

-- name: draft_carry
UPDATE draft SET ticket_id = :into_id
 WHERE ticket_id = :from_id AND staff_id = :staff_id
   AND NOT EXISTS (SELECT 1 FROM draft AS other WHERE other.ticket_id = :into_id AND other.staff_id = :staff_id);

-- name: message_count_in
-- How many messages have come into a ticket since, and into no other.
-- one
-- plan: message_by_shown
-- int: after
SELECT count(*) AS count FROM message WHERE shown_in_id = :shown_in_id AND ticket_id = :ticket_id AND id > :after;

-- name: message_of_person
-- Has the person written into the ticket since?
-- one
-- plan: message_by_shown
-- int: after
SELECT id AS message_id FROM message
 WHERE shown_in_id = :shown_in_id AND ticket_id = :ticket_id AND author_person_id = :person_id AND id > :after LIMIT 1;

-- name: message_last
-- one
SELECT id AS message_id FROM message ORDER BY id DESC LIMIT 1;

-- name: ticket_view
-- One ticket as the API shows it.
-- one
-- int: message_count, number
-- text: category, priority, label
-- bool: unread, watching
-- json: tags, fields, clocks
SELECT ticket.id, ticket.id + 10000 AS number, COALESCE(ticket.label, CAST(ticket.id + 10000 AS TEXT)) AS label,
       ticket.subject, ticket_state.key AS state,
       CASE ticket.category WHEN 0 THEN 'new' WHEN 1 THEN 'open' WHEN 2 THEN 'waiting' WHEN 3 THEN 'resolved' ELSE 'closed' END AS category,
       CASE ticket.priority WHEN 1 THEN 'low' WHEN 2 THEN 'normal' WHEN 3 THEN 'high' ELSE 'urgent' END AS priority,
       ticket.channel, requester.id AS "requester.id", requester.name AS "requester.name", requester.email AS "requester.email",
       assignee.id AS "assignee.id", assignee.name AS "assignee.name", owner.id AS "owner.id", owner.name AS "owner.name",
       team.id AS "team.id", team.name AS "team.name", ticket.tags, ticket.fields, ticket.snippet, ticket.is_spam, ticket.is_active,
       ticket.merged_into_id, ticket.waiting_reason, ticket.waiting_until_at, ticket.created_at, ticket.updated_at,
       ticket.last_message_at, ticket.first_response_at, ticket.resolved_at, ticket.closed_at, ticket.version, ticket.message_count,
       CASE WHEN ticket_read.seen_at >= ticket.last_message_at THEN 0 ELSE 1 END AS unread,
       CASE WHEN EXISTS (SELECT 1 FROM ticket_watch WHERE ticket_watch.staff_id = :staff_id AND ticket_watch.ticket_id = ticket.id)
            THEN 1 ELSE 0 END AS watching,
       (SELECT until_at FROM snooze WHERE snooze.staff_id = :staff_id AND snooze.ticket_id = ticket.id) AS snoozed_until_at,
       (SELECT reason FROM snooze WHERE snooze.staff_id = :staff_id AND snooze.ticket_id = ticket.id) AS snooze_reason, '[]' AS clocks
  FROM ticket JOIN ticket_state ON ticket_state.id = ticket.state_id
       JOIN person_card AS requester ON requester.id = ticket.requester_id
       JOIN team_card AS team ON team.id = ticket.team_id
       LEFT JOIN staff_card AS assignee ON assignee.id = ticket.assignee_id
       LEFT JOIN staff_card AS owner ON owner.id = ticket.owner_id
       LEFT JOIN ticket_read ON ticket_read.ticket_id = ticket.id AND ticket_read.staff_id = :staff_id
 WHERE ticket.id = :ticket_id;

-- name: ticket_seen
INSERT INTO ticket_read (staff_id, ticket_id, seen_at) VALUES (:staff_id, :ticket_id, :seen_at)
ON CONFLICT (staff_id, ticket_id) DO UPDATE SET seen_at = excluded.seen_at;

-- name: message_view
-- One message as the API shows it, no text longer than :size characters; lists put another condition behind it.
-- one
-- int: remote_images, ticket, shown_in, size
-- id: author_staff, author_person
-- json: to, cc, bcc, attachments, mentions, report, threading.reasons
-- text: direction, audience, message_id
-- bool: automatic, unverified, cut
SELECT message.id, message.ticket_id AS ticket, message.shown_in_id AS shown_in, message.header_id AS message_id,
       CASE message.direction WHEN 0 THEN 'in' ELSE 'out' END AS direction,
       CASE message.audience WHEN 0 THEN 'public' ELSE 'internal' END AS audience, message.kind,
       COALESCE(message.from_address, '') AS "from.email", COALESCE(message.from_name, '') AS "from.name",
       message.author_staff_id AS author_staff, message.author_person_id AS author_person,
       message.to_list AS "to", message.cc_list AS cc, message.bcc_list AS bcc, COALESCE(message.subject, '') AS subject,
       substr(message.text, 1, CAST(:size AS INTEGER)) AS text, substr(COALESCE(message.text_full, message.text), 1, CAST(:size AS INTEGER)) AS text_full,
       substr(message.html, 1, CAST(:size AS INTEGER)) AS html,
       CASE WHEN length(message.text) > :size OR length(message.text_full) > :size OR length(message.html) > :size THEN 1 ELSE 0 END AS cut,
       message.remote_images,
       COALESCE((SELECT json_group_array(json_object('id', attachment.id, 'name', attachment.name, 'media_type', attachment.media_type,
                   'size', attachment.size, 'inline', json(CASE attachment.is_inline WHEN 1 THEN 'true' ELSE 'false' END),
                   'content_id', attachment.content_id, 'text_state', COALESCE(attachment_text.state, 'waiting'),
                   'text_reason', attachment_text.reason))
           FROM attachment LEFT JOIN attachment_text ON attachment_text.attachment_id = attachment.id
          WHERE attachment.message_id = message.id), '[]') AS attachments,
       COALESCE((SELECT json_group_array(staff_id) FROM mention WHERE mention.message_id = message.id), '[]') AS mentions,
       message.created_at, message.sent_at, delivery.state AS "delivery.state", delivery.detail AS "delivery.detail",
       message.decision AS "threading.decision", message.reasons AS "threading.reasons", message.is_automatic AS automatic,
       message.is_unverified AS unverified, message.report
  FROM message JOIN ticket ON ticket.id = message.shown_in_id LEFT JOIN delivery ON delivery.message_id = message.id
 WHERE message.id = :id;

-- name: message_view (postgresql)
SELECT message.id, message.ticket_id AS ticket, message.shown_in_id AS shown_in, message.header_id AS message_id,
       CASE message.direction WHEN 0 THEN 'in' ELSE 'out' END AS direction,
       CASE message.audience WHEN 0 THEN 'public' ELSE 'internal' END AS audience, message.kind,
       COALESCE(message.from_address, '') AS "from.email", COALESCE(message.from_name, '') AS "from.name",
       message.author_staff_id AS author_staff, message.author_person_id AS author_person,
       message.to_list AS "to", message.cc_list AS cc, message.bcc_list AS bcc, COALESCE(message.subject, '') AS subject,
       substr(message.text, 1, CAST(:size AS INTEGER)) AS text, substr(COALESCE(message.text_full, message.text), 1, CAST(:size AS INTEGER)) AS text_full,
       substr(message.html, 1, CAST(:size AS INTEGER)) AS html,
       CASE WHEN length(message.text) > :size OR length(message.text_full) > :size OR length(message.html) > :size THEN 1 ELSE 0 END AS cut,
       message.remote_images,
       COALESCE((SELECT json_agg(json_build_object('id', attachment.id, 'name', attachment.name, 'media_type', attachment.media_type,
                   'size', attachment.size, 'inline', attachment.is_inline = 1, 'content_id', attachment.content_id,
                   'text_state', COALESCE(attachment_text.state, 'waiting'), 'text_reason', attachment_text.reason) ORDER BY attachment.id)
           FROM attachment LEFT JOIN attachment_text ON attachment_text.attachment_id = attachment.id
          WHERE attachment.message_id = message.id), '[]'::json)::text AS attachments,
       COALESCE((SELECT json_agg(staff_id ORDER BY staff_id) FROM mention WHERE mention.message_id = message.id), '[]'::json)::text AS mentions,
       message.created_at, message.sent_at, delivery.state AS "delivery.state", delivery.detail AS "delivery.detail",
       message.decision AS "threading.decision", message.reasons AS "threading.reasons", message.is_automatic AS automatic,
       message.is_unverified AS unverified, message.report
  FROM message JOIN ticket ON ticket.id = message.shown_in_id LEFT JOIN delivery ON delivery.message_id = message.id
 WHERE message.id = :id;

-- name: draft_find
-- one
-- json: content
SELECT audience, content, updated_at, version FROM draft WHERE ticket_id = :ticket_id AND staff_id = :staff_id;

-- name: draft_put
-- one
-- json: content
INSERT INTO draft (ticket_id, staff_id, audience, content, updated_at) VALUES (:ticket_id, :staff_id, :audience, :content, :updated_at)
ON CONFLICT (ticket_id, staff_id) DO UPDATE SET audience = excluded.audience, content = excluded.content,
   updated_at = excluded.updated_at, version = draft.version + 1
RETURNING version;

-- name: draft_delete
DELETE FROM draft WHERE ticket_id = :ticket_id AND staff_id = :staff_id;

-- name: draft_used
-- The draft of an answer is not that of a note.
DELETE FROM draft WHERE ticket_id = :ticket_id AND staff_id = :staff_id AND audience = :audience;

-- name: draft_list
-- The list puts its own condition behind it.
SELECT draft.ticket_id, ticket.subject, draft.audience, draft.updated_at FROM draft JOIN ticket ON ticket.id = draft.ticket_id
 WHERE 1 = 1;

-- name: counter_by_team
-- What is to be done now per team: new and open tickets, those of nobody, and those of one agent.
-- int: open, unassigned, mine
SELECT team_id, SUM(working) AS open, SUM(CASE WHEN assignee_id = 0 THEN working ELSE 0 END) AS unassigned,
       SUM(CASE WHEN assignee_id = :staff_id THEN working ELSE 0 END) AS mine
  FROM ticket_count GROUP BY team_id HAVING SUM(working) > 0 ORDER BY team_id;

-- name: counter_by_team (postgresql)
SELECT team_id, SUM(working)::bigint AS open, SUM(CASE WHEN assignee_id = 0 THEN working ELSE 0 END)::bigint AS unassigned,
       SUM(CASE WHEN assignee_id = :staff_id THEN working ELSE 0 END)::bigint AS mine
  FROM ticket_count GROUP BY team_id HAVING SUM(working) > 0 ORDER BY team_id;

-- name: ticket_count_add
-- int: assignee, change
INSERT INTO ticket_count (team_id, assignee_id, working) VALUES (:team_id, :assignee, :change)
ON CONFLICT (team_id, assignee_id) DO UPDATE SET working = ticket_count.working + excluded.working;

-- name: ticket_count_wrong
-- Where the counters are not what is there.
-- int: assignee, counted, there
SELECT team_id, assignee, SUM(counted) AS counted, SUM(there) AS there
  FROM (SELECT team_id, assignee_id AS assignee, working AS counted, 0 AS there FROM ticket_count
        UNION ALL
        SELECT team_id, COALESCE(assignee_id, 0) AS assignee, 0 AS counted, 1 AS there FROM ticket WHERE is_active = 1 AND category <> 2) AS both_sides
 GROUP BY team_id, assignee HAVING SUM(counted) <> SUM(there);

-- name: ticket_count_wrong (postgresql)
SELECT team_id, assignee, SUM(counted)::bigint AS counted, SUM(there)::bigint AS there
  FROM (SELECT team_id, assignee_id AS assignee, working AS counted, 0 AS there FROM ticket_count
        UNION ALL
        SELECT team_id, COALESCE(assignee_id, 0) AS assignee, 0 AS counted, 1 AS there FROM ticket WHERE is_active = 1 AND category <> 2) AS both_sides
 GROUP BY team_id, assignee HAVING SUM(counted) <> SUM(there);

-- name: draft_count
-- The count puts its own condition behind it.
-- int: count
SELECT count(*) AS count FROM draft JOIN ticket ON ticket.id = draft.ticket_id
 WHERE 1 = 1;

-- name: ticket_requester
-- one
SELECT card.name, card.email FROM ticket JOIN person_card AS card ON card.id = ticket.requester_id WHERE ticket.id = :ticket_id;

-- name: attachment_hashes
-- Each stored file that a message or an upload names, once.
SELECT hash, MIN(size) AS size FROM attachment GROUP BY hash ORDER BY hash;

-- name: search_hit
-- A message that a search found; the search puts its own condition behind it.
-- one
SELECT message.id, message.shown_in_id AS ticket_id, message.created_at, substr(message.text, 1, 20000) AS text
  FROM message_index JOIN message ON message.id = message_index.rowid JOIN ticket ON ticket.id = message.shown_in_id
 WHERE message.id = :id;

-- name: search_hit (postgresql)
SELECT message.id, message.shown_in_id AS ticket_id, message.created_at, substr(message.text, 1, 20000) AS text
  FROM message_index JOIN message ON message.id = message_index.message_id JOIN ticket ON ticket.id = message.shown_in_id
 WHERE message.id = :id;

-- name: search_ranked
-- The hits up to a message and how well they fit; the search puts its own conditions behind it.
-- int: newest
-- real: rank
SELECT message.id, message.shown_in_id AS ticket_id, message.created_at, search_rank(message_index, :newest) AS rank
  FROM message_index JOIN message ON message.id = message_index.rowid AND message_index.rowid <= :newest
       AND message_index MATCH :words JOIN ticket ON ticket.id = message.shown_in_id
 WHERE 1 = 1;

-- name: search_ranked (postgresql)
SELECT message.id, message.shown_in_id AS ticket_id, message.created_at,
       CAST(ts_rank_cd('{0.1, 0.2, 0.4, 1.0}', message_index.document, CAST(:words AS tsquery), 1) AS double precision) AS rank
  FROM message_index JOIN message ON message.id = message_index.message_id AND message_index.message_id <= :newest
       AND message_index.document @@ CAST(:words AS tsquery) JOIN ticket ON ticket.id = message.shown_in_id
 WHERE 1 = 1;

-- name: search_words
-- PostgreSQL only: a tsquery in its own notation; the search writes the expression.
SELECT '' AS words
 WHERE 1 = 1;

-- name: search_newest
-- one
-- int: newest
SELECT id, created_at FROM message WHERE id <= :newest ORDER BY id DESC LIMIT 1;

-- name: search_text
-- one
SELECT substr(text, 1, 20000) AS text FROM message WHERE id = :id;

-- name: search_elsewhere
-- What else than its text a message is found by.
-- one
-- json: to_list, cc_list
SELECT message.subject, COALESCE(message.from_name, '') AS from_name, COALESCE(message.from_address, '') AS from_address, message.to_list, message.cc_list,
       COALESCE((SELECT group_concat(attachment.name, ', ') FROM attachment WHERE attachment.message_id = message.id), '') AS files,
       substr(message.text, 20001, 1000000) AS rest
  FROM message WHERE message.id = :id;

-- name: search_elsewhere (postgresql)
SELECT message.subject, COALESCE(message.from_name, '') AS from_name, COALESCE(message.from_address, '') AS from_address, message.to_list, message.cc_list,
       COALESCE((SELECT string_agg(attachment.name, ', ') FROM attachment WHERE attachment.message_id = message.id), '') AS files,
       substr(message.text, 20001, 1000000) AS rest
  FROM message WHERE message.id = :id;

-- name: search_file_texts
-- The files of a message whose words are in the index.
SELECT attachment.id AS attachment_id, attachment.name, file_text.text
  FROM attachment JOIN attachment_text ON attachment_text.attachment_id = attachment.id AND attachment_text.state = 'indexed'
       JOIN file_text ON file_text.hash = attachment_text.hash
 WHERE attachment.message_id = :message_id ORDER BY attachment.id LIMIT 10;

-- name: search_ticket
-- A ticket that a search without words found.
-- one
SELECT ticket.id AS ticket_id, ticket.updated_at, ticket.snippet FROM ticket
 WHERE ticket.id = :ticket_id;

-- name: upload_waiting
-- The uploads of the last day: older ones are thrown away.
-- one
-- plan: attachment_waiting
-- int: count
SELECT count(*) AS count FROM attachment WHERE message_id IS NULL AND created_at > :after_at AND staff_id = :staff_id;

-- name: upload_old
-- one
-- plan: attachment_waiting
SELECT id AS attachment_id FROM attachment WHERE message_id IS NULL AND created_at < :before_at LIMIT 1;

-- name: upload_purge
-- plan: attachment_waiting
DELETE FROM attachment WHERE message_id IS NULL AND created_at < :before_at;

-- name: message_of_raw
-- one
-- plan: message_by_raw
SELECT id AS message_id FROM message WHERE raw_hash = :raw_hash LIMIT 1;

-- name: attachment_of_hash
-- one
-- plan: attachment_by_hash
SELECT id AS attachment_id FROM attachment WHERE hash = :hash LIMIT 1;

-- name: operation_reach
-- Whose tickets an operation has been in.
SELECT DISTINCT ticket.id AS ticket_id, ticket.team_id, ticket.assignee_id FROM operation_subject JOIN ticket ON ticket.id = operation_subject.subject_id
 WHERE operation_subject.operation_id = :operation_id AND operation_subject.kind = 'ticket';

-- name: ticket_facts
-- What conditions ask of tickets.
-- int: message_count, category, priority, after, upto, limit
-- bool: has_files, has_notes, has_task
-- text: requester_words, watchers, mentioned
-- json: fields
SELECT ticket.id AS ticket_id, ticket.team_id, ticket.assignee_id, ticket.owner_id, ticket.requester_id, card.company_id, ticket.state_id,
       ticket.category, ticket.priority, ticket.channel, ticket.waiting_reason, ticket.tags, ticket.fields, ticket.is_spam, ticket.is_active,
       ticket.merged_into_id, ticket.message_count, ticket.waiting_until_at, ticket.created_at, ticket.updated_at, ticket.last_message_at, ticket.first_response_at,
       ticket.resolved_at, ticket.closed_at,
       CASE WHEN EXISTS (SELECT 1 FROM message JOIN attachment ON attachment.message_id = message.id WHERE message.shown_in_id = ticket.id)
            THEN 1 ELSE 0 END AS has_files,
       CASE WHEN EXISTS (SELECT 1 FROM message WHERE message.shown_in_id = ticket.id AND message.audience = 1 AND message.kind <> 'side')
            THEN 1 ELSE 0 END AS has_notes,
       CASE WHEN EXISTS (SELECT 1 FROM checklist_item AS item WHERE item.shown_in_id = ticket.id AND item.done_at IS NULL AND item.removed_at IS NULL)
            THEN 1 ELSE 0 END AS has_task,
       (SELECT group_concat(word, char(10)) FROM person_term WHERE person_term.person_id = ticket.requester_id) AS requester_words,
       (SELECT group_concat(staff_id, ' ') FROM ticket_watch WHERE ticket_watch.ticket_id = ticket.id) AS watchers,
       (SELECT group_concat(mention.staff_id, ' ') FROM message JOIN mention ON mention.message_id = message.id
         WHERE message.shown_in_id = ticket.id AND message.audience = 1) AS mentioned
  FROM ticket JOIN person_card AS card ON card.id = ticket.requester_id
 WHERE ticket.id > :after AND ticket.id <= :upto ORDER BY ticket.id LIMIT :limit;

-- name: ticket_facts (postgresql)
-- int: message_count, category, priority, after, upto, limit
-- bool: has_files, has_notes, has_task
-- text: requester_words, watchers, mentioned
-- json: fields
SELECT ticket.id AS ticket_id, ticket.team_id, ticket.assignee_id, ticket.owner_id, ticket.requester_id, card.company_id, ticket.state_id,
       ticket.category, ticket.priority, ticket.channel, ticket.waiting_reason, ticket.tags, ticket.fields, ticket.is_spam, ticket.is_active,
       ticket.merged_into_id, ticket.message_count, ticket.waiting_until_at, ticket.created_at, ticket.updated_at, ticket.last_message_at, ticket.first_response_at,
       ticket.resolved_at, ticket.closed_at,
       CASE WHEN EXISTS (SELECT 1 FROM message JOIN attachment ON attachment.message_id = message.id WHERE message.shown_in_id = ticket.id)
            THEN 1 ELSE 0 END AS has_files,
       CASE WHEN EXISTS (SELECT 1 FROM message WHERE message.shown_in_id = ticket.id AND message.audience = 1 AND message.kind <> 'side')
            THEN 1 ELSE 0 END AS has_notes,
       CASE WHEN EXISTS (SELECT 1 FROM checklist_item AS item WHERE item.shown_in_id = ticket.id AND item.done_at IS NULL AND item.removed_at IS NULL)
            THEN 1 ELSE 0 END AS has_task,
       (SELECT string_agg(word, chr(10)) FROM person_term WHERE person_term.person_id = ticket.requester_id) AS requester_words,
       (SELECT string_agg(staff_id::text, ' ') FROM ticket_watch WHERE ticket_watch.ticket_id = ticket.id) AS watchers,
       (SELECT string_agg(mention.staff_id::text, ' ') FROM message JOIN mention ON mention.message_id = message.id
         WHERE message.shown_in_id = ticket.id AND message.audience = 1) AS mentioned
  FROM ticket JOIN person_card AS card ON card.id = ticket.requester_id
 WHERE ticket.id > :after AND ticket.id <= :upto ORDER BY ticket.id LIMIT :limit;

-- name: requester_facts
-- What conditions ask of who may be the requester.
-- one
-- text: words
SELECT card.company_id, (SELECT group_concat(word, char(10)) FROM person_term WHERE person_term.person_id = card.id) AS words
  FROM person_card AS card WHERE card.id = :person_id;

-- name: requester_facts (postgresql)
-- one
-- text: words
SELECT card.company_id, (SELECT string_agg(word, chr(10)) FROM person_term WHERE person_term.person_id = card.id) AS words
  FROM person_card AS card WHERE card.id = :person_id;

-- name: ticket_state_names
SELECT id AS state_id, key, agent_de, agent_en, agent_hu FROM ticket_state ORDER BY id;

-- name: team_names
SELECT id AS team_id, slug, name FROM team_card ORDER BY id;

-- name: staff_names
SELECT id AS staff_id, name, email FROM staff_card ORDER BY id;

-- name: company_names
SELECT id AS company_id, name FROM company_card ORDER BY id;

-- name: ticket_ids
-- Tickets of a condition; it puts itself behind.
-- one
SELECT ticket.id AS ticket_id FROM ticket
 WHERE ticket.id = :ticket_id;

-- name: ticket_key
-- A place in an order; the list writes the rest.
-- int: key
SELECT updated_at AS key, id FROM ticket
 WHERE 1 = 1;

-- name: ticket_preview
-- The count of a condition writes itself.
-- int: examined, found
SELECT count(*) AS examined, count(*) AS found FROM ticket
 WHERE 1 = 1;

-- name: tickets_of_requester
-- plan: ticket_by_requester
SELECT id AS ticket_id FROM ticket WHERE requester_id = :requester_id ORDER BY id LIMIT :limit;

-- name: ticket_of_person
-- Where a person asks or takes part.
-- int: limit
SELECT ticket_id FROM participant WHERE person_id = :person_id
UNION SELECT id AS ticket_id FROM ticket WHERE requester_id = :person_id ORDER BY ticket_id LIMIT :limit;

-- name: ticket_of_person_place
-- The same, with what decides who may see them.
-- int: limit
SELECT ticket.id AS ticket_id, ticket.team_id, ticket.assignee_id
  FROM (SELECT ticket_id FROM participant WHERE person_id = :person_id
        UNION SELECT id AS ticket_id FROM ticket WHERE requester_id = :person_id) AS own JOIN ticket ON ticket.id = own.ticket_id
 ORDER BY ticket.id LIMIT :limit;

-- name: ticket_requester_set
-- The same person under another number: the ticket is not new for that.
UPDATE ticket SET requester_id = :requester_id, version = version + 1 WHERE id = :ticket_id;

-- name: participant_full
-- one
SELECT role, is_on, is_removed, created_at FROM participant WHERE ticket_id = :ticket_id AND person_id = :person_id;

-- name: participant_set
UPDATE participant SET role = :role, is_on = :is_on, is_removed = :is_removed WHERE ticket_id = :ticket_id AND person_id = :person_id;

-- name: message_of_author
-- plan: message_by_shown
SELECT id AS message_id FROM message WHERE shown_in_id = :shown_in_id AND ticket_id = :ticket_id AND author_person_id = :person_id ORDER BY id;

-- name: message_author_set
UPDATE message SET author_person_id = :into_id WHERE id = :message_id AND author_person_id = :from_id;

-- name: ticket_last
-- one
SELECT id AS ticket_id FROM ticket ORDER BY id DESC LIMIT 1;

-- name: ticket_begun_since
-- Tickets of a person that are newer than one.
-- one
-- int: count, after
SELECT count(*) AS count FROM ticket WHERE requester_id = :person_id AND id > :after;

-- name: admitted_working
-- What is to be done now of the tickets that somebody was admitted to.
SELECT ticket.id AS ticket_id, ticket.team_id, ticket.assignee_id
  FROM admission_card JOIN ticket ON ticket.id = admission_card.ticket_id
 WHERE admission_card.staff_id = :staff_id AND ticket.is_active = 1 AND ticket.category <> 2;

-- name: admitted_active
-- How many tickets that are not done somebody was admitted to.
-- one
SELECT count(*) AS count FROM admission_card JOIN ticket ON ticket.id = admission_card.ticket_id
 WHERE admission_card.staff_id = :staff_id AND ticket.is_active = 1;

-- name: watch_add
INSERT INTO ticket_watch (staff_id, ticket_id, created_at) VALUES (:staff_id, :ticket_id, :created_at) ON CONFLICT DO NOTHING;

-- name: watch_remove
DELETE FROM ticket_watch WHERE staff_id = :staff_id AND ticket_id = :ticket_id;

-- name: watcher_list
-- Who hears of a ticket, the first one first.
-- plan: ticket_watch_by_ticket
SELECT ticket_watch.staff_id AS id, card.name, ticket_watch.created_at
  FROM ticket_watch JOIN staff_card AS card ON card.id = ticket_watch.staff_id
 WHERE ticket_watch.ticket_id = :ticket_id AND card.is_active = 1 ORDER BY ticket_watch.created_at, ticket_watch.staff_id;

-- name: mention_add
INSERT INTO mention (message_id, staff_id, team_id, created_at) VALUES (:message_id, :staff_id, :team_id, :created_at) ON CONFLICT DO NOTHING;

-- name: members_of_team
SELECT staff_id FROM team_member_card WHERE team_id = :team_id ORDER BY staff_id;

-- name: staff_active
SELECT id AS staff_id, name FROM staff_card WHERE is_active = 1 ORDER BY name, id;

-- name: admission_list
-- Who was admitted to a ticket by name, the first one first.
SELECT card.id AS "staff.id", card.name AS "staff.name", host.id AS "by.id", host.name AS "by.name", admission_card.message_id,
       admission_card.created_at
  FROM admission_card JOIN staff_card AS card ON card.id = admission_card.staff_id
       LEFT JOIN staff_card AS host ON host.id = admission_card.admitted_by
 WHERE admission_card.ticket_id = :ticket_id ORDER BY admission_card.created_at, card.id;

-- name: message_news_row
-- one
-- int: direction, audience
-- bool: is_first
SELECT message.shown_in_id AS ticket_id, message.direction, message.audience, message.is_automatic, message.author_staff_id,
       CASE WHEN EXISTS (SELECT 1 FROM message AS earlier WHERE earlier.shown_in_id = message.shown_in_id AND earlier.id < message.id)
            THEN 0 ELSE 1 END AS is_first
  FROM message WHERE message.id = :message_id;

-- name: mentions_of
SELECT staff_id, team_id FROM mention WHERE message_id = :message_id ORDER BY staff_id;

-- name: snooze_put
INSERT INTO snooze (staff_id, ticket_id, until_at, reason, created_at) VALUES (:staff_id, :ticket_id, :until_at, :reason, :created_at)
ON CONFLICT (staff_id, ticket_id) DO UPDATE SET until_at = excluded.until_at, reason = excluded.reason, created_at = excluded.created_at;

-- name: snooze_end
DELETE FROM snooze WHERE staff_id = :staff_id AND ticket_id = :ticket_id;

-- name: snooze_of_ticket
-- plan: snooze_by_ticket
SELECT staff_id FROM snooze WHERE ticket_id = :ticket_id ORDER BY staff_id;

-- name: snooze_due
-- plan: snooze_due
SELECT staff_id, ticket_id FROM snooze WHERE until_at <= :now_at ORDER BY until_at LIMIT :limit;

-- name: snooze_working
-- What is to be done now, but was put off by somebody.
SELECT ticket.id AS ticket_id, ticket.team_id, ticket.assignee_id FROM snooze JOIN ticket ON ticket.id = snooze.ticket_id
 WHERE snooze.staff_id = :staff_id AND ticket.is_active = 1 AND ticket.category <> 2;

-- name: draft_take_out
-- one
-- json: content
DELETE FROM draft WHERE ticket_id = :ticket_id AND staff_id = :staff_id RETURNING audience, content;

-- name: draft_begin
-- Whoever writes already keeps what they have.
-- json: content
INSERT INTO draft (ticket_id, staff_id, audience, content, updated_at) VALUES (:ticket_id, :staff_id, :audience, :content, :updated_at)
ON CONFLICT DO NOTHING;

-- name: draft_offer_insert
-- one
-- json: content
-- staff_id: from_id, to_id
INSERT INTO draft_offer (ticket_id, from_id, to_id, audience, content, created_at)
VALUES (:ticket_id, :from_id, :to_id, :audience, :content, :created_at) RETURNING id;

-- name: draft_offer_list
-- plan: draft_offer_by_ticket
-- json: content
SELECT offer.id, giver.id AS "from.id", giver.name AS "from.name", taker.id AS "to.id", taker.name AS "to.name", offer.audience, offer.content,
       offer.created_at
  FROM draft_offer AS offer JOIN staff_card AS giver ON giver.id = offer.from_id LEFT JOIN staff_card AS taker ON taker.id = offer.to_id
 WHERE offer.ticket_id = :ticket_id ORDER BY offer.id;

-- name: draft_offer_find
-- one
-- json: content
-- staff_id: from_id, to_id
SELECT id, ticket_id, from_id, to_id, audience, content FROM draft_offer WHERE id = :id;

-- name: draft_offer_delete
DELETE FROM draft_offer WHERE id = :id;

-- name: draft_offer_carry
UPDATE draft_offer SET ticket_id = :into_id WHERE ticket_id = :from_id RETURNING id;

-- name: draft_offer_return
-- One that nobody has taken meanwhile.
UPDATE draft_offer SET ticket_id = :into_id WHERE id = :id AND ticket_id = :from_id;

-- name: upload_hand
-- A file that waits for a message goes with the draft that it belongs to.
-- staff_id: to_id
UPDATE attachment SET staff_id = :to_id WHERE id = :attachment_id AND staff_id = :staff_id AND message_id IS NULL;
