/* Messages: what is said in a ticket, and what follows from its being said. */
#include "modules/tickets/tickets_private.h"

#include "base/clock.h"
#include "wire/net/placeholder.h"

enum { SNIPPET_SIZE = 160, REFERENCE_LIMIT = 60, REFERENCE_SIZE = 500 };

struct text snippet_of(struct arena *mem, struct text text) {
    struct buffer out = {.mem = mem};
    bool space = false;
    for (size_t i = 0; i < text.size && out.size < SNIPPET_SIZE + 8; i++) {
        char c = text.data[i];
        bool blank = c == ' ' || (c >= '\t' && c <= '\r');
        if (!blank && space && out.size) buffer_add_char(&out, ' ');
        if (!blank) buffer_add_char(&out, c);
        space = blank;
    }
    return text_cut(buffer_text(&out), SNIPPET_SIZE);
}

static struct text list_json(struct arena *mem, const struct json_list *list) {
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    const struct text *at = list->at;
    json_array_begin(&json);
    for (size_t i = 0; i < list->count; i++) json_text(&json, at[i]);
    json_array_end(&json);
    return buffer_text(&out);
}

struct text or_empty_list(struct text list) {
    return list.data ? list : text_of("[]");
}

/* Whoever reads all messages asks for those behind the last id that he has: so ids are given in the order of commits. */
static bool insert_message(struct tx *tx, const struct message_writing *writing, message_id *ret_id, struct error *err) {
    const struct sql_message_insert_row *row;
    bool same = text_equal(writing->text, writing->text_full);
    const struct sql_message_insert in = {
        .ticket_id = writing->home.value ? writing->home : writing->ticket, .shown_in_id = writing->ticket.value,
        .direction = writing->direction, .audience = writing->audience,
        .kind = text_of(writing->kind), .author_person_id = writing->author_person,
        .author_staff_id = writing->author_staff, .from_name = writing->from_name,
        .from_address = writing->from_address, .to_list = or_empty_list(writing->to_list),
        .cc_list = or_empty_list(writing->cc_list), .bcc_list = or_empty_list(writing->bcc_list),
        .subject = writing->subject, .header_id = writing->header_id, .in_reply_to = writing->in_reply_to,
        .reference_list = list_json(&tx->mem, &writing->references),
        .text = writing->text.data ? writing->text : text_of(""), .text_full = same ? (struct text){0} : writing->text_full,
        .html = writing->html, .remote_images = writing->remote_images, .raw_hash = writing->raw_hash,
        .mailbox_id = writing->mailbox, .is_automatic = writing->is_automatic, .is_unverified = writing->is_unverified,
        .report = writing->report, .decision = writing->decision, .reasons = writing->reasons,
        .created_at = writing->created_at ? writing->created_at : tx->now, .sent_at = writing->sent_at,
    };
    if (!events_hold(tx, err) || !sql_message_insert(tx, &tx->mem, &in, &row, err)) return false;
    *ret_id = row->message_id;
    return true;
}

static bool add_references(struct tx *tx, message_id id, const struct message_writing *writing, struct error *err) {
    const struct text *at = writing->references.at;
    size_t count = writing->references.count;
    /* The newest references tell most; a thread of hundreds keeps its last ones. */
    for (size_t i = count > REFERENCE_LIMIT ? count - REFERENCE_LIMIT : 0; i < count; i++) {
        if (text_empty(at[i]) || at[i].size > REFERENCE_SIZE) continue;
        const struct sql_message_reference_add in = {.reference = at[i], .message_id = id};
        if (!sql_message_reference_add(tx, &in, NULL, err)) return false;
    }
    return true;
}

static bool claim_upload(struct tx *tx, message_id id, const struct message_writing *writing, attachment_id upload,
                         const struct sql_upload_claim_row **ret_claimed, struct error *err) {
    const struct sql_upload_claim_row *claimed;
    const struct sql_upload_claim in = {.message_id = id, .attachment_id = upload, .staff_id = writing->author_staff};
    struct message_index_change change;
    if (!message_index_leave(tx, upload, &change, err) || !sql_upload_claim(tx, &tx->mem, &in, &claimed, err)
        || !message_index_left(tx, &change, err))
        return false;
    if (!claimed) return error_field(err, "attachments", "unknown", "there is no upload %" PRId64, upload.value);
    *ret_claimed = claimed;
    return true;
}

/* Adds their names to names, with spaces between. */
static bool add_files(struct tx *tx, message_id id, const struct message_writing *writing, struct buffer *names, struct error *err) {
    int64_t size = 0;
    for (size_t i = 0; i < writing->file_count; i++) {
        const struct message_file *file = &writing->files[i];
        const struct sql_upload_claim_row *claimed = NULL;
        if (file->upload.value && !claim_upload(tx, id, writing, file->upload, &claimed, err)) return false;
        struct text name = claimed ? claimed->name : file->name;
        size += claimed ? claimed->size : file->size;
        if ((writing->deliver_by || writing->is_letter) && size > DELIVERY_FILES_LIMIT)
            return error_field(err, "attachments", "too_large_to_send", "the files of one letter have at most %d MB together", DELIVERY_FILES_LIMIT >> 20);
        if (names->size) buffer_add_char(names, ' ');
        buffer_add_text(names, name);
        if (file->upload.value) continue;
        const struct sql_attachment_insert in = {
            .message_id = id, .hash = file->hash, .name = file->name, .media_type = file->media_type, .size = file->size,
            .is_inline = file->is_inline, .content_id = file->content_id, .created_at = tx->now,
        };
        if (!sql_attachment_insert(tx, &in, NULL, err)) return false;
    }
    return true;
}

static bool add_delivery(struct tx *tx, message_id id, const struct message_writing *writing, struct error *err) {
    if (!writing->deliver_by) return true;
    bool held = writing->deliver_at > tx->now;
    const struct sql_delivery_insert in = {
        .message_id = id, .audience = writing->audience, .channel = text_of(writing->deliver_by),
        .state = text_of(held ? "held" : "queued"), .next_at = held ? writing->deliver_at : tx->now, .updated_at = tx->now,
    };
    return sql_delivery_insert(tx, &in, NULL, err);
}

static bool is_first_response(const struct message_writing *writing) {
    return writing->direction == DIRECTION_OUT && writing->audience == AUDIENCE_PUBLIC && !writing->is_automatic
           && writing->author_staff.value;
}

/* The ticket's tags have its time already. */
static bool note_opening(struct tx *tx, const struct message_writing *writing, struct error *err) {
    const struct sql_ticket_note_opening in = {
        .ticket_id = writing->ticket, .snippet = snippet_of(&tx->mem, writing->text), .is_first_response = is_first_response(writing),
        .is_shown = writing->audience == AUDIENCE_PUBLIC,
    };
    return sql_ticket_note_opening(tx, &in, NULL, err);
}

static bool note_in_ticket(struct tx *tx, const struct ticket *ticket, const struct message_writing *writing, struct error *err) {
    int64_t at = writing->created_at ? writing->created_at : tx->now;
    if (writing->opened && at == ticket->updated_at) return note_opening(tx, writing, err);
    const struct sql_ticket_note_message in = {
        .ticket_id = writing->ticket, .updated_at = at, .snippet = snippet_of(&tx->mem, writing->text),
        .is_first_response = is_first_response(writing), .is_shown = writing->audience == AUDIENCE_PUBLIC,
    };
    return sql_ticket_note_message(tx, &in, NULL, err)
           && (!ticket_is_tagged(ticket)
               || sql_ticket_tags_touch(tx, &(struct sql_ticket_tags_touch){.ticket_id = ticket->id, .updated_at = at}, NULL, err));
}

const char *state_after(const struct ticket *ticket, const struct message_writing *writing) {
    if (writing->audience != AUDIENCE_PUBLIC || writing->is_automatic || writing->is_unverified || ticket->is_spam) return NULL;
    if (writing->direction == DIRECTION_OUT) return writing->author_staff.value && ticket->category == CATEGORY_NEW ? "open" : NULL;
    bool sleeps = ticket->category == CATEGORY_WAITING || ticket->category >= CATEGORY_RESOLVED;
    return writing->author_person.value && sleeps ? "open" : NULL;
}

bool follow_state(struct tx *tx, const struct ticket *ticket, const struct message_writing *writing, message_id id, struct error *err) {
    const char *state = state_after(ticket, writing);
    if (!state) return true;
    const struct doer doer = {.kind = ACTOR_SYSTEM, .cause = text_printf(&tx->mem, "message %" PRId64, id.value)};
    const struct ticket_change change = {.has_state = true, .state = text_of(state)};
    return ticket_apply(tx, &doer, ticket->id, &change, err);
}

static struct text written_data(struct tx *tx, const struct message_writing *writing, message_id id) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "message", id.value);
    json_put_string(&json, "direction", writing->direction == DIRECTION_IN ? "in" : "out");
    json_put_string(&json, "audience", writing->audience == AUDIENCE_PUBLIC ? "public" : "internal");
    json_put_string(&json, "kind", writing->kind);
    json_put_bool(&json, "automatic", writing->is_automatic);
    json_put_bool(&json, "unverified", writing->is_unverified);
    if (writing->decision.data) json_put_text(&json, "decision", writing->decision);
    json_object_end(&json);
    return buffer_text(&out);
}

bool text_is_whole(struct text text, struct error *err) {
    struct placeholder found;
    for (size_t offset = 0; placeholder_next(text, offset, &found); offset = found.from + found.size)
        if (found.is_ours) return error_field(err, "text", "placeholder", "{{%.*s}}", (int)text_cut(found.name, 100).size, found.name.data);
    return true;
}

static bool check_writing(const struct ticket *ticket, const struct message_writing *writing, struct error *err) {
    if (!ticket) return error_set_key(err, ERR_NOT_FOUND, "ticket_not_found", "there is no ticket %" PRId64, writing->ticket.value);
    if (ticket->merged_into.value) return ticket_refuse_merged(ticket, err);
    if (writing->audience == AUDIENCE_INTERNAL && writing->deliver_by)
        return error_set(err, ERR_INTERNAL, "an internal message can't be delivered");
    bool is_answer = writing->audience == AUDIENCE_PUBLIC && writing->direction == DIRECTION_OUT && writing->author_staff.value;
    return !(is_answer || writing->is_letter) || (text_is_whole(writing->text, err) && text_is_whole(writing->html, err));
}

static bool find_for_writing(struct tx *tx, const struct message_writing *writing, const struct ticket **ret_ticket, struct error *err) {
    *ret_ticket = writing->opened;
    return writing->opened || (ticket_hold(tx, writing->ticket, err) && ticket_find(tx, &tx->mem, writing->ticket, ret_ticket, err));
}

/* A person from outside has written: whoever had put the ticket off has it back. */
static bool wake_by(struct tx *tx, const struct ticket *ticket, const struct message_writing *writing, message_id id, struct error *err) {
    bool wakes = writing->direction == DIRECTION_IN && writing->author_person.value && !writing->is_automatic && !writing->is_unverified
                 && !writing->opened && !ticket->is_spam;
    return !wakes || snoozes_end(tx, writing->ticket, "message", text_printf(&tx->mem, "message %" PRId64, id.value), err);
}

bool message_add(struct tx *tx, const struct doer *doer, const struct message_writing *writing, message_id *ret_id,
                 struct error *err) {
    const struct ticket *ticket;
    struct buffer names = {.mem = &tx->mem};
    message_id id;
    if (!find_for_writing(tx, writing, &ticket, err) || !check_writing(ticket, writing, err)) return false;
    if (!insert_message(tx, writing, &id, err) || !add_references(tx, id, writing, err)
        || !add_files(tx, id, writing, &names, err) || !add_delivery(tx, id, writing, err) || !note_in_ticket(tx, ticket, writing, err))
        return error_context(err, "adding a message to ticket %" PRId64, writing->ticket.value);
    message_index_later(tx, id, writing, buffer_text(&names));
    ticket_event(tx, doer, ticket, "message.written", written_data(tx, writing, id), writing->audience == AUDIENCE_INTERNAL);
    if (!follow_state(tx, ticket, writing, id, err) || !wake_by(tx, ticket, writing, id, err)) return false;
    *ret_id = id;
    return true;
}

/* --- Places --------------------------------------------------------------------------------------------------- */

static const struct message_place *place_of(struct arena *mem, message_id message, ticket_id ticket, int64_t direction, struct text from) {
    struct message_place *place = arena_alloc(mem, sizeof *place);
    *place = (struct message_place){message, ticket, (enum direction)direction, from};
    return place;
}

bool message_by_header(struct tx *tx, struct arena *mem, struct text header_id, const struct message_place **ret_place,
                       struct error *err) {
    const struct sql_message_place_by_header_row *row;
    if (!sql_message_place_by_header(tx, mem, &(struct sql_message_place_by_header){.header_id = header_id}, &row, err)) return false;
    *ret_place = row ? place_of(mem, row->message_id, row->ticket_id, row->direction, row->from_address) : NULL;
    return true;
}

bool message_by_ancestor(struct tx *tx, struct arena *mem, struct text reference, person_id person,
                         const struct message_place **ret_place, struct error *err) {
    const struct sql_message_place_by_ancestor_row *row;
    const struct sql_message_place_by_ancestor in = {.reference = reference, .author_person_id = person};
    if (!sql_message_place_by_ancestor(tx, mem, &in, &row, err)) return false;
    *ret_place = row ? place_of(mem, row->message_id, row->ticket_id, row->direction, row->from_address) : NULL;
    return true;
}

bool message_place(struct tx *tx, struct arena *mem, message_id id, const struct message_place **ret_place, struct error *err) {
    const struct sql_message_place_by_id_row *row;
    if (!sql_message_place_by_id(tx, mem, &(struct sql_message_place_by_id){.message_id = id}, &row, err)) return false;
    *ret_place = row ? place_of(mem, row->message_id, row->ticket_id, row->direction, row->from_address) : NULL;
    return true;
}

bool participation_of(struct tx *tx, ticket_id ticket, person_id person, struct participation *ret, struct error *err) {
    const struct sql_participant_row_row *row;
    const struct sql_participant_row in = {.ticket_id = ticket, .person_id = person};
    if (!sql_participant_row(tx, &tx->mem, &in, &row, err)) return false;
    *ret = (struct participation){0};
    if (row) *ret = (struct participation){row->is_on, !row->is_on, row->is_removed, text_is(row->role, "third_party")};
    return true;
}

bool ticket_has_shut_out(struct tx *tx, ticket_id ticket, bool *ret_has, struct error *err) {
    const struct sql_participant_shut_out_row *row;
    if (!sql_participant_shut_out(tx, &tx->mem, &(struct sql_participant_shut_out){.ticket_id = ticket}, &row, err)) return false;
    *ret_has = row != NULL;
    return true;
}

bool participant_is_on(struct tx *tx, ticket_id ticket, person_id person, bool *ret_is, struct error *err) {
    struct participation part;
    if (!participation_of(tx, ticket, person, &part, err)) return false;
    *ret_is = part.is_on;
    return true;
}

bool participant_add(struct tx *tx, ticket_id ticket, person_id person, const char *role, struct error *err) {
    const struct sql_participant_insert in = {.ticket_id = ticket, .person_id = person, .role = text_of(role), .created_at = tx->now};
    return sql_participant_insert(tx, &in, NULL, err);
}
