/* One ticket of many: what would be done to it, doing it, and taking it back. */
#include "modules/bulk/bulk_private.h"
#include "wire/html/html.h"

bool bulk_is_refusal(const struct error *err) {
    return err->code == ERR_INVALID || err->code == ERR_FORBIDDEN || err->code == ERR_NOT_FOUND || err->code == ERR_CONFLICT;
}

/* The key of the error, else that of the first field that is wrong; both have words. */
static bool refuse(struct bulk_deed *deed, const struct error *cause) {
    const char *key = cause->key[0] ? cause->key : cause->field_count ? cause->fields[0].code : "invalid";
    deed->refused = text_string(&deed->tx->mem, text_of(key));
    return true;
}

static bool may(const struct bulk_deed *deed, enum permission permission) {
    return deed->actor && actor_may_in(deed->actor, permission, deed->ticket->id, deed->ticket->team, deed->ticket->assignee);
}

static bool look(struct bulk_deed *deed, ticket_id id, struct error *err) {
    if (!ticket_find(deed->tx, &deed->tx->mem, id, &deed->ticket, err)) return false;
    const struct ticket *ticket = deed->ticket;
    if (!ticket || !deed->actor || !ticket_visible(deed->actor, ticket->id, ticket->team, ticket->assignee)) deed->refused = "ticket_not_found";
    else if (ticket->merged_into.value) deed->refused = "ticket_merged";
    else if (!may(deed, CAN_TICKETS_CHANGE)) deed->refused = "forbidden";
    return true;
}

bool bulk_plan(struct bulk_deed *deed, ticket_id ticket, struct error *err) {
    struct error cause = {0};
    deed->refused = NULL;
    deed->changes = (struct text){0};
    if (!look(deed, ticket, err)) return false;
    if (deed->refused) return true;
    if (!actions_plan(deed->tx, deed->actor, deed->ticket, deed->actions, &deed->plan, err)) return false;
    if (deed->plan.note.data && !may(deed, CAN_TICKETS_REPLY)) deed->refused = "forbidden";
    if (deed->refused) return true;
    if (!ticket_try(deed->tx, deed->ticket, &deed->plan.change, &deed->changes, &cause)) {
        if (bulk_is_refusal(&cause)) return refuse(deed, &cause);
        *err = cause;
        return false;
    }
    if (text_is(deed->changes, "{}")) deed->changes = (struct text){0};
    return true;
}

/* --- Doing ------------------------------------------------------------------------------------------------------------- */

static bool write_note(struct bulk_deed *deed, message_id *ret_note, struct error *err) {
    const struct message_writing writing = {
        .ticket = deed->ticket->id, .direction = DIRECTION_OUT, .audience = AUDIENCE_INTERNAL, .kind = "note",
        .author_staff = deed->actor->staff, .from_name = deed->actor->name, .html = deed->plan.note,
        .text = html_to_text(&deed->tx->mem, deed->plan.note),
    };
    return !deed->plan.note.data || message_add(deed->tx, &deed->doer, &writing, ret_note, err);
}

static struct text data_of(const struct bulk_deed *deed, const struct ticket *after, message_id note) {
    struct buffer out = {.mem = &deed->tx->mem};
    struct json_writer json = json_writer(&out);
    json_object_begin(&json);
    json_put_int(&json, "at", deed->tx->now);
    json_put_raw(&json, "changes", deed->changes.data ? deed->changes : text_of("{}"));
    json_put_id(&json, "note", note.value);
    state_note(&json, "state", deed->ticket, after);
    json_object_end(&json);
    return buffer_text(&out);
}

bool bulk_do(struct bulk_deed *deed, struct text *ret_data, int64_t *ret_version, struct error *err) {
    struct tx *tx = deed->tx;
    const struct ticket *after;
    message_id note = {0};
    if (!write_note(deed, &note, err) || (deed->changes.data && !ticket_apply(tx, &deed->doer, deed->ticket->id, &deed->plan.change, err))
        || !ticket_find(tx, &tx->mem, deed->ticket->id, &after, err))
        return false;
    *ret_data = data_of(deed, after, note);
    *ret_version = after->version;
    return true;
}

/* --- Taking back ------------------------------------------------------------------------------------------------------- */

/* The code of the first thing that stays. */
static bool tell_kept(struct bulk_deed *deed, struct undoing *undoing) {
    struct text kept = buffer_text(&undoing->kept);
    json_auto_t *root = json_loadb(kept.data, kept.size, 0, NULL);
    struct text code = json_word(&deed->tx->mem, json_array_get(root, 0), "code");
    if (code.data) deed->refused = text_string(&deed->tx->mem, text_printf(&deed->tx->mem, "kept_%.*s", (int)code.size, code.data));
    return true;
}

bool bulk_undo(struct bulk_deed *deed, const struct undoing *undoing, ticket_id ticket, struct text data, struct error *err) {
    json_auto_t *root = json_loadb(data.data ? data.data : "{}", data.data ? data.size : 2, 0, NULL);
    /* This ticket had its turn later than the whole began. */
    struct operation own = *undoing->operation;
    struct undoing part = *undoing;
    own.at = json_integer_value(json_object_get(root, "at"));
    part.operation = &own;
    deed->refused = NULL;
    if (!look(deed, ticket, err)) return false;
    if (deed->refused) return true;
    part.kept = (struct buffer){.mem = &deed->tx->mem};
    part.json = json_writer(&part.kept);
    json_array_begin(&part.json);
    if (!back_state(&part, json_object_get(root, "state"), 0, err) || !back_fields(&part, ticket, json_object_get(root, "changes"), err)) return false;
    if (json_integer_value(json_object_get(root, "note"))) undoing_keep(&part, "note", "written", ticket, 1);
    json_array_end(&part.json);
    return tell_kept(deed, &part);
}
