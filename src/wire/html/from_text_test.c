#include "tests/test.h"
#include "wire/html/html.h"

#define LINK "target=\"_blank\" rel=\"noopener noreferrer nofollow\">"

static void expect_written(const char *plain, const char *wanted) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text html = html_from_text(&mem, text_of(plain));
    EXPECT_TEXT(html, wanted);
    struct html_result result;
    struct error err = {0};
    EXPECT_OK(html_sanitize(&mem, html, &(struct html_policy){0}, &result, &err), err);
    EXPECT_TEXT(result.html, wanted);
}

TEST(markup_in_text_stays_text) {
    expect_written("<b>\"a\" & 'b'</b>\r\nx", "&lt;b&gt;&quot;a&quot; &amp; &#39;b&#39;&lt;/b&gt;<br>x");
}

TEST(addresses_become_links_without_the_punctuation_behind_them) {
    expect_written("See https://example.org/a_(b), or (www.example.org).",
                   "See <a href=\"https://example.org/a_(b)\" " LINK "https://example.org/a_(b)</a>, or "
                   "(<a href=\"https://www.example.org\" " LINK "www.example.org</a>).");
    expect_written("Write to ana.b+c@example.org.",
                   "Write to <a href=\"mailto:ana.b+c@example.org\" " LINK "ana.b+c@example.org</a>.");
    expect_written("a@b, @x, http://, https://\"onclick", "a@b, @x, http://, https://&quot;onclick");
}

TEST(quoted_lines_become_quotes) {
    expect_written("Yes\n> Is it?\n>> What?\n> Hm\n\nBye",
                   "Yes<blockquote>Is it?<blockquote>What?</blockquote>Hm</blockquote><br>Bye");
}

TEST(spaces_that_align_are_kept) {
    expect_written("  a  b\tc", "\u00A0\u00A0a \u00A0b\u00A0\u00A0\u00A0 c");
}
