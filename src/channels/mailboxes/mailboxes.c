#include "channels/mailboxes/mailboxes.h"

#include "base/domain.h"
#include "base/json.h"
#include "platform/events/events.h"
#include "sql/channels_mailboxes.h"

bool mailbox_find(struct tx *tx, struct arena *mem, mailbox_id id, const struct mailbox **ret_mailbox, struct error *err) {
    const struct sql_mailbox_row_row *row;
    struct mailbox *out = NULL;
    if (!sql_mailbox_row(tx, mem, &(struct sql_mailbox_row){.mailbox_id = id}, &row, err)) return false;
    if (row) {
        out = arena_alloc(mem, sizeof *out);
        *out = (struct mailbox){
            .id = row->mailbox_id, .name = row->name, .address = row->address, .team = row->team_id,
            .fetches = text_is(row->kind, "imap"), .uses_oauth = text_is(row->auth, "xoauth2"), .is_contact_form = row->is_contact_form,
            .in = {row->in_host, row->in_user, row->in_port, row->in_security, row->in_secret},
            .out = {row->out_host, row->out_user, row->out_port, row->out_security, row->out_secret},
            .folder = row->in_folder, .oauth_token_url = row->oauth_token_url, .oauth_client = row->oauth_client,
            .oauth_secret = row->oauth_secret, .oauth_refresh = row->oauth_refresh, .uid_validity = row->uid_validity,
            .uid_last = row->uid_last, .generation = row->generation, .backlog = row->backlog, .backlog_last = row->backlog_last,
            .backlog_since_at = row->backlog_since_at, .in_ok_at = row->in_ok_at, .in_error_at = row->in_error_at, .out_ok_at = row->out_ok_at,
            .out_error_at = row->out_error_at, .tripped_at = row->tripped_at, .version = row->version, .in_error = row->in_error,
            .out_error = row->out_error, .authentication_server = row->authentication_server, .authentication_name = row->authentication_name,
            .authentication_hits = row->authentication_hits, .authentication_letters = row->authentication_letters,
        };
    }
    *ret_mailbox = out;
    return true;
}

struct text address_wire(struct arena *mem, struct text address) {
    return address_ascii(mem, text_lower(mem, text_trim(address)));
}

struct text address_plain(struct arena *mem, struct text address) {
    struct text lower = address_wire(mem, address);
    size_t at = text_find_char(lower, '@'), plus = text_find_char(lower, '+');
    if (at == SIZE_MAX || plus == SIZE_MAX || plus > at || plus == 0) return lower;
    return text_printf(mem, "%.*s%.*s", (int)plus, lower.data, (int)(lower.size - at), lower.data + at);
}

static bool id_of_address(struct tx *tx, struct text address, mailbox_id *ret_id, struct error *err) {
    const struct sql_mailbox_of_address_row *row;
    struct text lower = address_wire(&tx->mem, address);
    if (!sql_mailbox_of_address(tx, &tx->mem, &(struct sql_mailbox_of_address){.address = lower}, &row, err)) return false;
    struct text plain = address_plain(&tx->mem, address);
    if (!row && !text_equal(plain, lower)
        && !sql_mailbox_of_address(tx, &tx->mem, &(struct sql_mailbox_of_address){.address = plain}, &row, err))
        return false;
    *ret_id = row ? row->mailbox_id : (mailbox_id){0};
    return true;
}

bool mailbox_by_address(struct tx *tx, struct arena *mem, struct text address, const struct mailbox **ret_mailbox, struct error *err) {
    mailbox_id id;
    *ret_mailbox = NULL;
    return id_of_address(tx, address, &id, err) && (!id.value || mailbox_find(tx, mem, id, ret_mailbox, err));
}

bool address_is_ours(struct tx *tx, struct text address, bool *ret_ours, struct error *err) {
    mailbox_id id;
    if (!id_of_address(tx, address, &id, err)) return false;
    *ret_ours = id.value != 0;
    return true;
}

bool mailbox_for_sending(struct tx *tx, struct arena *mem, mailbox_id wanted, team_id team, const struct mailbox **ret_mailbox,
                         struct error *err) {
    const struct sql_mailbox_sending_row *row;
    const struct mailbox *mailbox = NULL;
    if (wanted.value && !mailbox_find(tx, mem, wanted, &mailbox, err)) return false;
    if (!mailbox || text_empty(mailbox->out.host)) {
        mailbox = NULL;
        if (!sql_mailbox_sending(tx, mem, &(struct sql_mailbox_sending){.team_id = team}, &row, err)
            || (row && !mailbox_find(tx, mem, row->mailbox_id, &mailbox, err)))
            return false;
    }
    *ret_mailbox = mailbox;
    return true;
}

bool mailbox_exists(struct tx *tx, bool *ret_exists, struct error *err) {
    const struct sql_mailbox_any_row *row;
    if (!sql_mailbox_any(tx, &tx->mem, &row, err)) return false;
    *ret_exists = row != NULL;
    return true;
}

static void health_event(struct tx *tx, mailbox_id id, const char *side, struct text error) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "mailbox", id.value);
    json_put_string(&json, "side", side);
    json_put_text(&json, "error", error);
    json_object_end(&json);
    event_record(tx, &(struct event){.kind = error.data ? "mailbox.failing" : "mailbox.recovered", .actor = ACTOR_SYSTEM,
                                     .scope = "staff", .data = buffer_text(&out)});
}

bool mailbox_note_in(struct tx *tx, mailbox_id id, struct text error, struct error *err) {
    const struct mailbox *mailbox;
    if (!mailbox_find(tx, &tx->mem, id, &mailbox, err)) return false;
    if (!mailbox) return true;
    if ((error.data != NULL) != (mailbox->in_error.data != NULL)) health_event(tx, id, "in", error);
    if (!error.data) return sql_mailbox_in_ok(tx, &(struct sql_mailbox_in_ok){.mailbox_id = id, .now_at = tx->now}, NULL, err);
    return sql_mailbox_in_error(tx, &(struct sql_mailbox_in_error){.mailbox_id = id, .now_at = tx->now, .error = error}, NULL, err);
}

bool mailbox_note_out(struct tx *tx, mailbox_id id, struct text error, struct error *err) {
    const struct mailbox *mailbox;
    if (!mailbox_find(tx, &tx->mem, id, &mailbox, err)) return false;
    if (!mailbox) return true;
    if ((error.data != NULL) != (mailbox->out_error.data != NULL)) health_event(tx, id, "out", error);
    if (!error.data) return sql_mailbox_out_ok(tx, &(struct sql_mailbox_out_ok){.mailbox_id = id, .now_at = tx->now}, NULL, err);
    return sql_mailbox_out_error(tx, &(struct sql_mailbox_out_error){.mailbox_id = id, .now_at = tx->now, .error = error}, NULL, err);
}

/* Old letters count for less and less, so that another server is noticed. */
enum { LETTERS_OF_LATE = 50, LETTERS_TO_PROPOSE = 10 };

bool mailbox_note_authentication(struct tx *tx, const struct mailbox *mailbox, struct text name, struct error *err) {
    struct sql_mailbox_authentication in = {.mailbox_id = mailbox->id, .name = mailbox->authentication_name, .hits = mailbox->authentication_hits,
                                            .letters = mailbox->authentication_letters + 1};
    bool is_weak = in.hits * 2 < in.letters;
    if (name.size && is_weak && !text_equal_nocase(name, in.name)) {
        in.name = text_lower(&tx->mem, name);
        in.hits = 0;
    }
    in.hits += name.size && text_equal_nocase(name, in.name);
    if (in.letters >= LETTERS_OF_LATE) {
        in.letters /= 2;
        in.hits /= 2;
    }
    return sql_mailbox_authentication(tx, &in, NULL, err);
}

struct text mailbox_proposed_authentication(struct text server, struct text name, int64_t hits, int64_t letters) {
    bool is_clear = letters >= LETTERS_TO_PROPOSE && hits * 10 >= letters * 8;
    return is_clear && text_empty(server) ? name : text_of("");
}

bool mailbox_trip(struct tx *tx, mailbox_id id, struct error *err) {
    event_record(tx, &(struct event){.kind = "mailbox.tripped", .actor = ACTOR_SYSTEM, .scope = "staff",
                                     .data = text_printf(&tx->mem, "{\"mailbox\":%" PRId64 "}", id.value)});
    return sql_mailbox_trip(tx, &(struct sql_mailbox_trip){.mailbox_id = id, .tripped_at = tx->now}, NULL, err);
}
