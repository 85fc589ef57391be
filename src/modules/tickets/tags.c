/* Tags of tickets: what they mean after a renaming, and changing one of them wherever it is. */
#include "modules/tickets/tickets_private.h"

enum { HOPS = 20 };

bool tag_meaning(struct tx *tx, struct arena *mem, struct text tag, struct text *ret_meaning, struct error *err) {
    const struct sql_tag_alias_row *row;
    *ret_meaning = tag;
    for (int i = 0; i < HOPS; i++) {
        if (!sql_tag_alias(tx, mem, &(struct sql_tag_alias){.tag = *ret_meaning}, &row, err)) return false;
        if (!row) return true;
        *ret_meaning = row->meaning;
    }
    return true;
}

bool tag_alias_put(struct tx *tx, struct text tag, struct text meaning, struct error *err) {
    return sql_tag_alias_clear(tx, &(struct sql_tag_alias_clear){.tag = tag}, NULL, err)
           && (!meaning.data || sql_tag_alias_put(tx, &(struct sql_tag_alias_put){.tag = tag, .meaning = meaning}, NULL, err));
}

/* --- Changing -------------------------------------------------------------------------------------------------------- */

static bool is_tag(const json_t *one, struct text tag) {
    return tag.data && text_equal(text_from(json_string_value(one), json_string_length(one)), tag);
}

static bool has_tag(const json_t *tags, struct text tag) {
    bool has = false;
    for (size_t i = 0; i < json_array_size(tags) && !has; i++) has = is_tag(json_array_get(tags, i), tag);
    return has;
}

/* The one takes the place of the other. */
static struct text edited(struct tx *tx, const json_t *tags, const struct tags_edit *edit) {
    struct buffer out = {.mem = &tx->mem};
    struct json_writer json = json_writer(&out);
    bool adds = edit->add.data && !edit->had_added;
    json_array_begin(&json);
    for (size_t i = 0; i < json_array_size(tags); i++) {
        const json_t *one = json_array_get(tags, i);
        bool goes = is_tag(one, edit->remove);
        if (!goes) json_text(&json, text_from(json_string_value(one), json_string_length(one)));
        if (goes && adds) json_text(&json, edit->add);
        adds = adds && !goes;
    }
    if (adds) json_text(&json, edit->add);
    json_array_end(&json);
    return buffer_text(&out);
}

static struct text changed_data(struct tx *tx, const struct ticket *before, const struct ticket *after) {
    return text_printf(&tx->mem, "{\"tags\":[%.*s,%.*s]}", (int)before->tags.size, before->tags.data, (int)after->tags.size, after->tags.data);
}

/* Merged tickets too: their tags come back with them. */
bool ticket_tags_edit(struct tx *tx, const struct doer *doer, ticket_id id, struct tags_edit *edit, struct error *err) {
    const struct ticket *ticket;
    if (!ticket_locked(tx, id, &ticket, err)) return false;
    json_auto_t *tags = json_loadb(ticket->tags.data, ticket->tags.size, 0, NULL);
    edit->had_added = has_tag(tags, edit->add);
    if (edit->needs.data && !has_tag(tags, edit->needs)) return true;
    if (edit->remove.data && !sql_ticket_tag_drop(tx, &(struct sql_ticket_tag_drop){.ticket_id = id, .tag = edit->remove}, NULL, err)) return false;
    struct ticket after = *ticket;
    after.tags = edited(tx, tags, edit);
    if (text_equal(after.tags, ticket->tags)) return true;
    if (edit->add.data && !sql_ticket_tag_add(tx, &(struct sql_ticket_tag_add){.ticket_id = id, .tag = edit->add}, NULL, err)) return false;
    if (!sql_ticket_tags_set(tx, &(struct sql_ticket_tags_set){.ticket_id = id, .tags = after.tags}, NULL, err)) return false;
    tag_counters_move(tx, ticket, &after);
    ticket_event(tx, doer, &after, "ticket.changed", changed_data(tx, ticket, &after), true);
    return true;
}
