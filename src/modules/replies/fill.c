/* A reply as it reads in one ticket. */
#include "modules/replies/replies_private.h"
#include "modules/tickets/tickets.h"
#include "wire/html/html.h"
#include "wire/net/placeholder.h"

enum { MISSING = 50 };

/* A setting is kept as JSON. */
static struct text setting_word(struct arena *mem, struct text json) {
    return json.data ? json_member(mem, text_printf(mem, "{\"value\":%.*s}", (int)json.size, json.data), "value") : (struct text){0};
}

static void set(struct arena *mem, struct text *values, enum variable variable, struct text value) {
    values[variable] = html_escape(mem, text_trim(value));
}

static void set_name(struct arena *mem, struct text *values, enum variable first_of_three, struct text name, bool family_first) {
    struct text first, last;
    /* Who is known by their address alone has no name. */
    if (text_find_char(name, '@') != SIZE_MAX) return;
    name_parts(name, family_first, &first, &last);
    set(mem, values, first_of_three, name);
    set(mem, values, first_of_three + 1, first);
    if (first_of_three == VARIABLE_CUSTOMER_NAME) set(mem, values, VARIABLE_CUSTOMER_LAST_NAME, last);
}

static void set_values(struct arena *mem, struct text *values, const struct ticket *ticket, const struct actor *actor,
                       const struct sql_reply_known_row *known) {
    set_name(mem, values, VARIABLE_CUSTOMER_NAME, known->customer, text_is(known->locale, "hu"));
    set_name(mem, values, VARIABLE_AGENT_NAME, actor->name, text_is(actor->locale, "hu"));
    set(mem, values, VARIABLE_CUSTOMER_EMAIL, known->email);
    set(mem, values, VARIABLE_CUSTOMER_COMPANY, known->company);
    set(mem, values, VARIABLE_TICKET_NUMBER, text_printf(mem, "%" PRId64, ticket->number));
    set(mem, values, VARIABLE_TICKET_SUBJECT, ticket->subject);
    set(mem, values, VARIABLE_TEAM_NAME, known->team);
    set(mem, values, VARIABLE_COMPANY_NAME, setting_word(mem, known->house));
}

/* The first of these languages in which there is a text. */
static int choose(const struct language_texts *texts, const struct text *wishes, size_t count) {
    for (size_t w = 0; w < count; w++)
        for (int i = 0; i < LANGUAGES; i++)
            if (texts->html[i].data && text_is(wishes[w], reply_languages[i])) return i;
    for (int i = 0; i < LANGUAGES; i++)
        if (texts->html[i].data) return i;
    return 0;
}

static struct json_list missing_in(struct arena *mem, struct text html) {
    struct text *at = arena_array(mem, MISSING, sizeof *at);
    struct placeholder found;
    size_t count = 0;
    for (size_t offset = 0; count < MISSING && placeholder_next(html, offset, &found); offset = found.from + found.size) {
        bool known = false;
        for (size_t i = 0; i < count; i++) known |= text_equal(at[i], found.name);
        if (!known) at[count++] = found.name;
    }
    return (struct json_list){count, at};
}

bool reply_fill(struct tx *tx, struct arena *mem, const struct actor *actor, int64_t reply, const struct ticket *ticket, struct text language,
                struct reply_filled *ret, struct error *err) {
    const struct sql_reply_row_row *row;
    const struct sql_reply_known_row *known;
    const struct sql_reply_known in = {.person_id = ticket->requester, .team_id = ticket->team};
    struct text values[VARIABLE_COUNT] = {{0}};
    if (!sql_reply_row(tx, mem, &(struct sql_reply_row){.reply_id = reply}, &row, err) || !sql_reply_known(tx, mem, &in, &known, err)) return false;
    if (!row || row->deleted_at || !known || !actor_sees_made(actor, row->scope, row->owner_id, row->team_id))
        return error_set_key(err, ERR_NOT_FOUND, "reply_not_found", "there is no reply %" PRId64, reply);
    const struct language_texts texts = reply_read_texts(mem, row->texts);
    const struct text wishes[] = {language, known->locale, known->language, setting_word(mem, known->house_locale)};
    int chosen = choose(&texts, wishes, COUNT_OF(wishes));
    set_values(mem, values, ticket, actor, known);
    struct text html = placeholders_fill(mem, texts.html[chosen], values);
    *ret = (struct reply_filled){.id = reply, .language = text_of(reply_languages[chosen]), .html = html, .text = html_to_text(mem, html),
                                 .missing = missing_in(mem, html)};
    return true;
}

bool reply_use(struct tx *tx, int64_t reply, struct error *err) {
    return sql_reply_used(tx, &(struct sql_reply_used){.reply_id = reply, .used_at = tx->now}, NULL, err);
}
