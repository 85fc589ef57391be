/* What the record tells of a changed mailbox: every field before and after, but of a secret only that it changed. */
#include "channels/email/mailbox_notes.h"

#include "platform/events/events.h"
#include "platform/events/notes.h"

static void note_secret(struct json_writer *json, const char *field, struct text before, struct text after) {
    if (!text_equal(before, after)) json_put_string(json, field, before.size && after.size ? "changed" : after.size ? "set" : "removed");
}

static void note_inbound(struct json_writer *json, const struct sql_mailbox_row_row *before, const struct sql_mailbox_row_row *after) {
    note_text(json, "kind", before->kind, after->kind);
    note_text(json, "auth", before->auth, after->auth);
    note_text(json, "in_host", before->in_host, after->in_host);
    note_id(json, "in_port", before->in_port, after->in_port);
    note_text(json, "in_security", before->in_security, after->in_security);
    note_text(json, "in_user", before->in_user, after->in_user);
    note_text(json, "in_folder", before->in_folder, after->in_folder);
    note_secret(json, "in_secret", before->in_secret, after->in_secret);
}

static void note_outbound(struct json_writer *json, const struct sql_mailbox_row_row *before, const struct sql_mailbox_row_row *after) {
    note_text(json, "out_host", before->out_host, after->out_host);
    note_id(json, "out_port", before->out_port, after->out_port);
    note_text(json, "out_security", before->out_security, after->out_security);
    note_text(json, "out_user", before->out_user, after->out_user);
    note_secret(json, "out_secret", before->out_secret, after->out_secret);
    note_text(json, "oauth_token_url", before->oauth_token_url, after->oauth_token_url);
    note_text(json, "oauth_client", before->oauth_client, after->oauth_client);
    note_secret(json, "oauth_secret", before->oauth_secret, after->oauth_secret);
    note_secret(json, "oauth_refresh", before->oauth_refresh, after->oauth_refresh);
}

static struct text changes(struct arena *mem, const struct mailbox_state *before, const struct mailbox_state *after) {
    static const struct sql_mailbox_row_row nothing = {.in_port = 0};
    const struct sql_mailbox_row_row *b = before->row ? before->row : &nothing, *a = after->row ? after->row : &nothing;
    struct buffer out = {.mem = mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "mailbox", before->row ? b->mailbox_id.value : a->mailbox_id.value);
    note_text(&json, "name", b->name, a->name);
    note_text(&json, "address", b->address, a->address);
    note_raw(&json, "aliases", before->aliases, after->aliases);
    note_id(&json, "team", b->team_id.value, a->team_id.value);
    note_text(&json, "authentication_server", b->authentication_server, a->authentication_server);
    note_bool(&json, "contact_form", b->is_contact_form, a->is_contact_form);
    note_inbound(&json, b, a);
    note_outbound(&json, b, a);
    note_bool(&json, "tripped", b->tripped_at != 0, a->tripped_at != 0);
    json_object_end(&json);
    return buffer_text(&out);
}

void mailbox_event(struct request *request, const char *kind, const struct mailbox_state *before, const struct mailbox_state *after) {
    struct tx *tx = request->tx;
    event_record(tx, &(struct event){.kind = kind, .actor = ACTOR_STAFF, .actor_id = request->actor->staff.value, .scope = "admin",
                                     .data = changes(&tx->mem, before, after)});
}

/* Aliases without the address itself. */
static bool read_aliases(struct request *request, struct mailbox_state *state, struct error *err) {
    struct sql_mailbox_addresses_rows rows;
    struct buffer out = {.mem = &request->tx->mem};
    struct json_writer json = json_writer(&out);
    const struct sql_mailbox_addresses in = {.mailbox_id = state->row->mailbox_id};
    if (!sql_mailbox_addresses(request->tx, request->mem, &in, &rows, err)) return false;
    json_array_begin(&json);
    for (size_t i = 0; i < rows.count; i++)
        if (!text_equal(rows.at[i].address, state->row->address)) json_text(&json, rows.at[i].address);
    json_array_end(&json);
    state->aliases = buffer_text(&out);
    return true;
}

bool mailbox_look(struct request *request, mailbox_id id, struct mailbox_state *ret_state, struct error *err) {
    *ret_state = (struct mailbox_state){0};
    if (!sql_mailbox_row(request->tx, request->mem, &(struct sql_mailbox_row){.mailbox_id = id}, &ret_state->row, err)) return false;
    return !ret_state->row || read_aliases(request, ret_state, err);
}
