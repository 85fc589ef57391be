/* Conditions on the fields that the house has defined: compared by their types, in the database and in memory. */
#include "base/clock.h"
#include "base/zone.h"
#include "modules/tickets/condition_private.h"

#include <math.h>

/* --- Binding ----------------------------------------------------------------------------------------------------- */

static bool fail(const char **ret_code, const char *code) {
    *ret_code = code;
    return false;
}

static bool bind_word(struct arena *mem, struct ticket_condition *c, const char **ret_code) {
    c->value = field_word(mem, c->term->value);
    return c->term->compare == QUERY_EQUAL || fail(ret_code, "bad_compare");
}

static bool is_called(struct arena *mem, const struct field_choice *choice, const struct query *term) {
    struct text wanted = text_fold(mem, term->value);
    bool is = text_equal(text_fold(mem, choice->key), wanted);
    for (size_t i = 0; i < FIELD_LANGUAGES && !is; i++) {
        struct text label = text_fold(mem, choice->labels[i]);
        is = term->prefix ? label.size >= wanted.size && text_equal(text_slice(label, 0, wanted.size), wanted) : text_equal(label, wanted);
    }
    return is;
}

static bool bind_choice(struct arena *mem, struct ticket_condition *c, const char **ret_code) {
    struct text *keys = arena_array(mem, c->custom->choice_count + 1, sizeof *keys);
    if (c->term->compare != QUERY_EQUAL) return fail(ret_code, "bad_compare");
    for (size_t i = 0; i < c->custom->choice_count; i++)
        if (is_called(mem, &c->custom->choices[i], c->term)) keys[c->key_count++] = c->custom->choices[i].key;
    c->keys = keys;
    return c->key_count || fail(ret_code, "no_choice");
}

static bool bind_yes(struct arena *mem, struct ticket_condition *c, const char **ret_code) {
    static const char *const words[] = {"no", "nein", "nem", "false", "0", "yes", "ja", "igen", "true", "1"};
    struct text wanted = text_fold(mem, c->term->value);
    if (c->term->compare != QUERY_EQUAL) return fail(ret_code, "bad_compare");
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_is(wanted, words[i])) {
            c->least = c->most = i >= COUNT_OF(words) / 2;
            return true;
        }
    return fail(ret_code, "bad_value");
}

static bool bind_number(struct arena *mem, struct ticket_condition *c, const char **ret_code) {
    const struct query *term = c->term;
    double value, end;
    if (!field_number_read(mem, term->value, &value)) return fail(ret_code, "bad_number");
    end = value;
    if (term->compare == QUERY_BETWEEN && !field_number_read(mem, term->end, &end)) return fail(ret_code, "bad_number");
    switch (term->compare) {
    case QUERY_LESS: c->most = nextafter(value, -INFINITY); break;
    case QUERY_AT_MOST: c->most = value; break;
    case QUERY_MORE: c->least = nextafter(value, INFINITY); break;
    case QUERY_AT_LEAST: c->least = value; break;
    default: c->least = value, c->most = end;
    }
    return true;
}

static struct boundary day_of(struct text zone, const struct query_moment *moment, int days) {
    struct boundary boundary = {.kind = BOUNDARY_AT};
    if (moment->kind != QUERY_DATE)
        return (struct boundary){.kind = BOUNDARY_DAY, .value = (moment->kind == QUERY_TODAY ? 0 : moment->kind == QUERY_TOMORROW ? 1 : -1) + days};
    (void)zone_day_begin(zone, moment->date.year, moment->date.month, moment->date.day, days, &boundary.value);
    return boundary;
}

/* A day has no hours, so its age is counted in days: "<7d" is one of the last seven, or ahead. */
static bool bind_age(const struct query_moment *moment, struct ticket_condition *c) {
    int64_t days[] = {0, 0, 1, 7}, age = moment->amount * days[moment->unit];
    enum query_compare compare = c->term->compare;
    struct boundary boundary = {.kind = BOUNDARY_DAY, .value = -age + (compare == QUERY_LESS || compare == QUERY_AT_LEAST)};
    if (compare == QUERY_LESS || compare == QUERY_AT_MOST) c->from = boundary;
    else c->to = boundary;
    return days[moment->unit] != 0;
}

static bool bind_day(struct arena *mem, struct text zone, struct ticket_condition *c, const char **ret_code) {
    const struct query *term = c->term;
    struct query_moment moment, end;
    bool may_be_age = term->compare != QUERY_EQUAL && term->compare != QUERY_BETWEEN;
    c->zone = zone;
    if (!query_moment_read(mem, term->value, may_be_age, &moment)) return fail(ret_code, "bad_time");
    end = moment;
    if (term->compare == QUERY_BETWEEN && !query_moment_read(mem, term->end, false, &end)) return fail(ret_code, "bad_time");
    if (moment.kind == QUERY_AGE) return bind_age(&moment, c) || fail(ret_code, "bad_time");
    switch (term->compare) {
    case QUERY_LESS: c->to = day_of(zone, &moment, 0); break;
    case QUERY_AT_MOST: c->to = day_of(zone, &moment, 1); break;
    case QUERY_MORE: c->from = day_of(zone, &moment, 1); break;
    case QUERY_AT_LEAST: c->from = day_of(zone, &moment, 0); break;
    default: c->from = day_of(zone, &moment, 0), c->to = day_of(zone, &end, 1);
    }
    return true;
}

bool custom_bind(struct arena *mem, struct text zone, struct ticket_condition *c, const char **ret_code) {
    c->least = -INFINITY;
    c->most = INFINITY;
    if (c->term->prefix && field_has_numbers(c->custom->type)) return fail(ret_code, "bad_value");
    switch (c->custom->type) {
    case FIELD_NUMBER: return bind_number(mem, c, ret_code);
    case FIELD_DATE: return bind_day(mem, zone, c, ret_code);
    case FIELD_BOOLEAN: return bind_yes(mem, c, ret_code);
    case FIELD_CHOICE:
    case FIELD_CHOICES: return bind_choice(mem, c, ret_code);
    default: return bind_word(mem, c, ret_code);
    }
}

void custom_clock(struct ticket_condition *c) {
    if (c->from.kind) c->least = (double)zone_day_number(c->zone, c->from.instant);
    if (c->to.kind) c->most = (double)(zone_day_number(c->zone, c->to.instant) - 1);
}

/* --- In the database --------------------------------------------------------------------------------------------- */

static void add_numbers(struct composer *composer, const struct ticket_condition *c) {
    composer_add(composer, " AND ticket_value.number IS NOT NULL");
    if (isfinite(c->least)) buffer_printf(&composer->sql, " AND ticket_value.number >= %.17g", c->least);
    if (isfinite(c->most)) buffer_printf(&composer->sql, " AND ticket_value.number <= %.17g", c->most);
}

/* Keys are small letters, digits and _, so they may stand in the text: many would not fit the parameters. */
static void add_keys(struct composer *composer, const struct ticket_condition *c) {
    for (size_t i = 0; i < c->key_count; i++)
        buffer_printf(&composer->sql, "%s'%.*s'", i ? ", " : " AND ticket_value.word IN (", (int)c->keys[i].size, c->keys[i].data);
    composer_add(composer, ")");
}

static void add_word(struct composer *composer, const struct ticket_condition *c) {
    composer_add(composer, c->term->prefix ? " AND ticket_value.word >= " : " AND ticket_value.word = ");
    int param = composer_text(composer, c->value);
    if (!c->term->prefix) return;
    composer_add(composer, " AND ticket_value.word < ");
    composer_again(composer, param);
    composer_add(composer, composer->dialect == DIALECT_POSTGRESQL ? " || chr(1114111)" : " || char(1114111)");
}

void custom_values_sql(struct composer *composer, const struct ticket_condition *c) {
    buffer_printf(&composer->sql, "ticket_value.field_id = %" PRId64, c->custom->id);
    if (field_has_numbers(c->custom->type)) add_numbers(composer, c);
    else if (c->keys) add_keys(composer, c);
    else add_word(composer, c);
}

void custom_sql(struct composer *composer, const struct ticket_condition *c) {
    composer_add(composer, "EXISTS (SELECT 1 FROM ticket_value WHERE ticket_value.ticket_id = ticket.id AND ");
    custom_values_sql(composer, c);
    composer_add(composer, ")");
}

/* --- In memory --------------------------------------------------------------------------------------------------- */

static bool read_parts(const struct ticket_condition *c, struct arena *mem, struct text fields, struct field_value *ret) {
    if (fields.size <= 2) return false;
    json_auto_t *all = json_loadb(fields.data, fields.size, 0, NULL);
    const json_t *value = json_object_get(all, text_string(mem, c->custom->key));
    field_parts(c->custom, mem, value, ret);
    return ret->count > 0;
}

static bool is_part(const struct ticket_condition *c, const struct field_part *part) {
    bool is = false;
    if (field_has_numbers(c->custom->type)) return part->number >= c->least && part->number <= c->most;
    if (!c->keys) return text_equal(c->term->prefix ? text_slice(part->word, 0, c->value.size) : part->word, c->value);
    for (size_t i = 0; i < c->key_count && !is; i++) is = text_equal(part->word, c->keys[i]);
    return is;
}

bool custom_meets(const struct ticket_condition *c, struct text fields) {
    SCOPED(arena_free) struct arena mem = {0};
    struct field_value value;
    bool meets = false;
    if (!read_parts(c, &mem, fields, &value)) return false;
    for (size_t i = 0; i < value.count && !meets; i++) meets = is_part(c, &value.parts[i]);
    return meets;
}

/* So many days from now the boundary, which moves on with them, has passed the day. */
static int64_t turn_in(const struct ticket_condition *c, double days, int64_t now) {
    int64_t when = INT64_MAX;
    return days >= 1 && days < 40000 && zone_day_of(c->zone, now, (int)days, &when) ? when : INT64_MAX;
}

int64_t custom_turns(const struct ticket_condition *c, struct text fields, int64_t now) {
    SCOPED(arena_free) struct arena mem = {0};
    struct field_value value;
    bool moves = c->from.kind == BOUNDARY_DAY || c->to.kind == BOUNDARY_DAY;
    if (!moves || !read_parts(c, &mem, fields, &value)) return INT64_MAX;
    double day = value.parts[0].number;
    int64_t leaves = c->from.kind == BOUNDARY_DAY ? turn_in(c, day - c->least + 1, now) : INT64_MAX;
    int64_t enters = c->to.kind == BOUNDARY_DAY ? turn_in(c, day - c->most, now) : INT64_MAX;
    return leaves < enters ? leaves : enters;
}
