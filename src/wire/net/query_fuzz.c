#include "wire/net/query.h"

#include <assert.h>

/* Whatever is typed: a tree or a problem inside the text; and a tree, written out as text or JSON, is read as the same tree. What
 * comes as JSON is a tree that has a text, or is refused. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void try_json(struct arena *mem, struct text json) {
    const struct query *query, *again;
    struct error err = {0};
    if (!query_parse_json(mem, json, "condition", &query, &err)) {
        assert(err.code == ERR_INVALID && err.field_count > 0);
        return;
    }
    struct text once = query_write_json(mem, query);
    if (!query_parse_json(mem, once, "condition", &again, &err)) {
        assert(strcmp(err.fields[0].code, "too_long") == 0 || strcmp(err.fields[0].code, "too_deep") == 0);
        return;
    }
    assert(text_equal(once, query_write_json(mem, again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text typed = text_from((const char *)data, size);
    const struct query *query, *again;
    struct query_problem problem;
    struct error err = {0};
    try_json(&mem, typed);
    if (!query_parse(&mem, typed, &query, &problem, &err)) {
        assert(problem.code != QUERY_OK && err.code == ERR_INVALID);
        return 0;
    }
    struct text once = query_write(&mem, query);
    assert(text_is_utf8(once));
    if (!query_parse(&mem, once, &again, &problem, &err)) {
        /* A list repeats the filter's name, so the canonical form may be longer than what was typed. */
        assert(problem.code == QUERY_TOO_LONG || problem.code == QUERY_TOO_DEEP);
        return 0;
    }
    assert(text_equal(once, query_write(&mem, again)));
    struct text json = query_write_json(&mem, again);
    if (!query_parse_json(&mem, json, "condition", &again, &err)) {
        assert(strcmp(err.fields[0].code, "too_long") == 0 || strcmp(err.fields[0].code, "too_deep") == 0);
        return 0;
    }
    assert(text_equal(once, query_write(&mem, again)));
    return 0;
}
