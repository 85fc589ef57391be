-- What others may read of messages.
CREATE VIEW message_card AS
    SELECT id, shown_in_id, direction, author_staff_id, from_name, from_address, to_list, cc_list, subject, header_id, mailbox_id, text, html,
           is_automatic, is_unverified, created_at
      FROM message;
