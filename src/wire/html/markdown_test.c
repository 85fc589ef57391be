#include "tests/test.h"
#include "wire/html/html.h"

static void expect_written(const char *markdown, const char *wanted) {
    SCOPED(arena_free) struct arena mem = {0};
    struct html_result result = {0};
    struct error err = {0};
    EXPECT_OK(html_from_markdown(&mem, text_of(markdown), &(struct html_policy){0}, &result, &err), err);
    EXPECT_TEXT(result.html, wanted);
}

TEST(markdown_becomes_html) {
    expect_written("# Returns\n\nSend it *back*:\n\n- in its box\n- with `RMA`\n",
                   "<h1>Returns</h1>\n<p>Send it <em>back</em>:</p>\n<ul>\n<li>in its box</li>\n<li>with "
                   "<code>RMA</code></li>\n</ul>\n");
}

TEST(html_in_markdown_is_left_out) {
    expect_written("a <b onclick=x>b</b> [c](javascript:alert(1))\n\n<script>d</script>\n", "<p>a b <a>c</a></p>\n\n");
}
