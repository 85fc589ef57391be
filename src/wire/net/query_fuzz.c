#include "wire/net/query.h"

#include <assert.h>

/* Whatever is typed: a tree or a problem inside the text; and a tree, written out, is read as the same tree. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text typed = text_from((const char *)data, size);
    const struct query *query, *again;
    struct query_problem problem;
    struct error err = {0};
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
    return 0;
}
