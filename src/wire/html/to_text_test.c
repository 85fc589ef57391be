#include "tests/test.h"
#include "wire/html/html.h"

static void expect_reads(const char *html, const char *wanted) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(html_to_text(&mem, text_of(html)), wanted);
}

TEST(paragraphs_are_set_apart_and_lines_are_not) {
    expect_reads("<p>Dear team,</p>\n<p>my  parcel\n is lost.</p>", "Dear team,\n\nmy parcel is lost.");
    expect_reads("one<br>two<br/>three<br><br>four", "one\ntwo\nthree\n\nfour");
    expect_reads("<div>a</div><div><br></div><div>b</div><div>c</div>", "a\n\nb\nc");
}

TEST(outlook_paragraphs_are_lines) {
    expect_reads("<p class=MsoNormal>Hello,<o:p></o:p></p><p class=MsoNormal><o:p>&nbsp;</o:p></p>"
                 "<p class=MsoNormal>Regards</p>",
                 "Hello,\n\nRegards");
    expect_reads("<p style='margin:0cm'>a</p><p style='margin:0'>b</p>", "a\nb");
}

TEST(lists_have_bullets_and_numbers) {
    expect_reads("<p>We need:</p><ul><li>paper<li>ink<ul><li>black</ul></ul><p>Bye</p>",
                 "We need:\n\n- paper\n- ink\n  - black\n\nBye");
    expect_reads("<ol start=9><li>nine</li><li>ten</li></ol>", "9. nine\n10. ten");
}

TEST(tables_read_row_by_row) {
    expect_reads("<table><tr><th>Item</th><th>Price</th></tr><tr><td>Lamp</td><td>12 &euro;</td></tr></table>",
                 "Item\tPrice\nLamp\t12 €");
    expect_reads("<table><tr><td><p>left</p></td><td><p>right</p></td></tr></table>", "left\n\nright");
}

TEST(links_show_their_address_once) {
    expect_reads("See <a href='https://example.org/help'>our help</a>.", "See our help <https://example.org/help>.");
    expect_reads("<a href='https://example.org/'>example.org</a>", "example.org");
    expect_reads("<a href='mailto:ana@example.org'>ana@example.org</a>", "ana@example.org");
    expect_reads("<a href='javascript:alert(1)'>click</a>", "click");
    expect_reads("<a href='https://example.org'><img src=x></a>", "");
}

TEST(what_people_do_not_see_is_not_text) {
    expect_reads("<title>t</title><style>p{}</style><script>x</script><!-- c -->seen", "seen");
    expect_reads("<div style='display:none;max-height:0'>preview</div>seen", "seen");
    expect_reads("<span style='font-size:0px'>x</span><span style='font-size:0.8em'>y</span>", "y");
    expect_reads("a<!--[if mso]><p>b</p><![endif]-->c", "ac");
}

TEST(quotes_are_marked) {
    expect_reads("<p>Yes</p><blockquote><p>Is it?</p><p>Or not?</p><blockquote>What?</blockquote></blockquote>End",
                 "Yes\n\n> Is it?\n>\n> Or not?\n>\n>> What?\n\nEnd");
}

TEST(entities_and_white_space_are_read) {
    expect_reads("5 &lt; 6 &amp; 7&nbsp;&gt; 6 &#x41;&#66; &eacute&uuml;", "5 < 6 & 7 > 6 AB éü");
    expect_reads("<pre>  a\n    b\n</pre>", "  a\n    b");
    expect_reads("", "");
    expect_reads("1 < 2 <", "1 < 2 <");
}

TEST(rules_and_headings_stand_alone) {
    expect_reads("<h1>Title</h1>text<hr>more", "Title\n\ntext\n________________________________\nmore");
}

TEST(deep_nesting_costs_little) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer in = {.mem = &mem};
    for (int i = 0; i < 100000; i++) buffer_add_string(&in, "<div><b>");
    buffer_add_string(&in, "bottom");
    EXPECT_TEXT(html_to_text(&mem, buffer_text(&in)), "bottom");
}

TEST(invalid_bytes_become_replacement_characters) {
    expect_reads("a\xFF" "b", "a\xEF\xBF\xBD" "b");
}
