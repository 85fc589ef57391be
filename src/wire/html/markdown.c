#include "wire/html/html.h"

#include <cmark-gfm.h>
#include <stdlib.h>

enum { MARKDOWN_SIZE = 1 << 20 };

static void free_string(char **string) {
    free(*string);
}

bool html_from_markdown(struct arena *mem, struct text markdown, const struct html_policy *policy,
                        struct html_result *ret, struct error *err) {
    if (markdown.size > MARKDOWN_SIZE)
        return error_set(err, ERR_TOO_LARGE, "%zu bytes of Markdown are more than %d", markdown.size, MARKDOWN_SIZE);
    struct text in = text_make_utf8(mem, markdown.data ? markdown : text_of(""));
    SCOPED(free_string) char *html = cmark_markdown_to_html(in.data, in.size, CMARK_OPT_DEFAULT);
    return html_sanitize(mem, text_of(html), policy, ret, err);
}
