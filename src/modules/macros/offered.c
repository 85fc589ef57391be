/* For which tickets a macro is offered. */
#include "modules/macros/macros_private.h"

bool macro_condition(struct tx *tx, struct arena *mem, const struct actor *actor, struct text condition, struct text zone, struct text *ret_canonical,
                     struct ticket_condition **ret, struct error *err) {
    const struct condition_names *names;
    const struct query *query;
    struct error found = {0};
    if (!query_parse(mem, condition, &query, NULL, &found)) {
        *err = found;
        snprintf(err->fields[0].field, sizeof err->fields[0].field, "condition");
        return false;
    }
    if (!condition_names_read(tx, mem, &names, err) || !condition_bind(names, mem, query, "condition", zone, actor->staff, ret, err)) return false;
    condition_clock(*ret, tx->now);
    *ret_canonical = query_write(mem, query);
    return !condition_has_words(*ret) || error_field(err, "condition", "words_in_macro", "a macro can't look for words in messages");
}

bool macro_is_offered(struct request *request, struct text condition, struct text zone, ticket_id ticket, bool *ret_is, struct error *err) {
    struct ticket_condition *bound;
    const struct ticket_facts *facts;
    struct text canonical;
    struct error unreadable = {0};
    *ret_is = text_empty(condition);
    if (*ret_is) return true;
    if (!macro_condition(request->tx, request->mem, request->actor, condition, zone, &canonical, &bound, &unreadable)) {
        if (unreadable.code != ERR_INVALID) *err = unreadable;
        return unreadable.code == ERR_INVALID;
    }
    if (!ticket_facts(request->tx, request->mem, ticket, &facts, err)) return false;
    *ret_is = facts && condition_finds(bound, facts, facts->assignee.value == request->actor->staff.value);
    return true;
}
