#include "tests/test.h"
#include "wire/html/html.h"

static const struct html_policy strictest;

static struct html_result sanitize(struct arena *mem, struct text html, const struct html_policy *policy) {
    struct html_result result = {0};
    struct error err = {0};
    EXPECT_OK(html_sanitize(mem, html, policy, &result, &err), err);
    return result;
}

static void expect_becomes(const char *html, const char *wanted) {
    SCOPED(arena_free) struct arena mem = {0};
    EXPECT_TEXT(sanitize(&mem, text_of(html), &strictest).html, wanted);
}

TEST(ordinary_letters_keep_their_look) {
    expect_becomes("<html><head><title>x</title></head><body><p>Hello <b>you</b></body></html>",
                   "<p>Hello <b>you</b></p>");
    expect_becomes("<table width=600><tr><td align=center bgcolor='#ff0000'>x</table>",
                   "<table width=\"600\"><tbody><tr><td align=\"center\" bgcolor=\"#ff0000\">x</td></tr></tbody>"
                   "</table>");
    expect_becomes("<font color=red face='Arial, sans-serif' size=+1>x</font>",
                   "<font color=\"red\" face=\"Arial, sans-serif\" size=\"+1\">x</font>");
    expect_becomes("<pre>\n\n  a</pre>", "<pre>\n\n  a</pre>");
}

TEST(links_open_outside_and_lead_only_to_the_web_mail_and_telephone) {
    expect_becomes("<a href=' HTTPS://example.org/?a=1&amp;b=2 '>x</a>",
                   "<a href=\"https://example.org/?a=1&amp;b=2\" target=\"_blank\" rel=\"noopener noreferrer "
                   "nofollow\">x</a>");
    expect_becomes("<a href='http://a.example\\\\@b.example/x y?\\\\'>x</a>",
                   "<a href=\"http://a.example//@b.example/x%20y?%5C%5C\" target=\"_blank\" rel=\"noopener noreferrer "
                   "nofollow\">x</a>");
    expect_becomes("<a href='java&#10;script:alert(1)'>x</a>", "<a>x</a>");
    expect_becomes("<a href='&#1;javascript&colon;alert(1)'>x</a>", "<a>x</a>");
    expect_becomes("<a href='//example.org'>x</a><a href='#top' name=a id=b>y</a>", "<a>x</a><a>y</a>");
    expect_becomes("<a href='data:text/html,x'>x</a>", "<a>x</a>");
}

TEST(nothing_that_acts_remains) {
    expect_becomes("<script>alert(1)</script>a", "a");
    expect_becomes("<scr\0ipt>", "");
    expect_becomes("<img src=x onerror=alert(1)>", "<img>");
    expect_becomes("<form action=x><input name=y><button>Go</button></form>", "<div>Go</div>");
    expect_becomes("<iframe src=x>a</iframe><object data=x>b</object><embed src=x>c", "bc");
    expect_becomes("<svg><a xlink:href='javascript:x'>a</a></svg><math>b</math>c", "c");
    expect_becomes("<meta http-equiv=refresh content=0><base href=//x><link rel=stylesheet href=x>a", "a");
    expect_becomes("<p id=x name=y class=z onclick=w>a", "<p>a</p>");
}

TEST(styles_keep_only_what_is_harmless) {
    expect_becomes("<p style='COLOR: Red; background:url(//x)'>", "<p style=\"color:red\"></p>");
    expect_becomes("<p style='position:fixed;top:0;width:10\\70x'>", "<p style=\"width:10px\"></p>");
    expect_becomes("<p style='width: expr/**/ession(alert(1))'>", "<p></p>");
    expect_becomes("<p style='background:\\75rl(x);color:#FFF !important'>", "<p style=\"color:#fff\"></p>");
    expect_becomes("<p style='font-family:\"Segoe UI\",sans-serif;margin:-20px'>",
                   "<p style=\"font-family:&#39;segoe ui&#39;,sans-serif\"></p>");
    expect_becomes("<p style='letter-spacing:-0.5px;word-spacing:-99px'>", "<p style=\"letter-spacing:-0.5px\"></p>");
    expect_becomes("<p style='color:rgb(1, 2, 3)'>", "<p style=\"color:rgb(1, 2, 3)\"></p>");
    expect_becomes("<p style='-moz-binding:url(x);behavior:url(y);color:red\\3b top:0'>", "<p></p>");
}

TEST(remote_images_wait_for_the_reader) {
    SCOPED(arena_free) struct arena mem = {0};
    struct html_result result = sanitize(
        &mem, text_of("<img src='http://example.org/a.png' srcset='x 2x'><img src=//example.org/b.png><img src=c.png>"),
        &strictest);
    EXPECT_TEXT(result.html, "<img data-remote-src=\"http://example.org/a.png\">"
                             "<img data-remote-src=\"https://example.org/b.png\"><img>");
    EXPECT_INT(result.remote_images, 2);
    expect_becomes("<img src='data:image/svg+xml;base64,AAAA'><img src='data:image/png;base64,AAAA'>",
                   "<img><img src=\"data:image/png;base64,AAAA\">");
}

TEST(inline_images_get_the_address_of_their_part) {
    SCOPED(arena_free) struct arena mem = {0};
    const struct html_inline parts[] = {{text_of("logo@x"), text_of("/files/7?a&b")}};
    struct html_policy policy = {.inlines = parts, .inline_count = 1, .inline_prefix = "/cid/"};
    struct html_result result = sanitize(
        &mem, text_of("<img src='cid:logo%40x'><img src=CID:logo@x><img src='cid:other\"/x'><img src='/files/8'>"),
        &policy);
    EXPECT_TEXT(result.html, "<img src=\"/files/7?a&amp;b\"><img src=\"/files/7?a&amp;b\">"
                             "<img src=\"/cid/other%22%2Fx\"><img>");
    EXPECT_INT(result.inline_count, 2);
    EXPECT_TEXT(result.inline_ids[0], "logo@x");
    expect_becomes("<img src='cid:logo@x' alt=Logo>", "<img alt=\"Logo\">");
}

TEST(comments_and_declarations_never_hide_markup) {
    expect_becomes("<!--><b>a</b>-->", "<b>a</b>--&gt;");
    expect_becomes("<!-- a --!><i>b</i>", "<i>b</i>");
    expect_becomes("<![CDATA[<b>x</b>]]>", "x]]&gt;");
    expect_becomes("<?xml version=1?>a<!DOCTYPE x>b", "ab");
}

TEST(what_is_too_long_is_refused_or_shown_as_text) {
    SCOPED(arena_free) struct arena mem = {0};
    struct html_result result;
    struct error err = {0};
    EXPECT(!html_sanitize(&mem, text_of("<b>long</b>"), &(struct html_policy){.input_limit = 5}, &result, &err));
    EXPECT_INT(err.code, ERR_TOO_LARGE);
    result = sanitize(&mem, text_of("<b>a</b><i>b</i>"), &(struct html_policy){.output_limit = 10});
    EXPECT(result.as_text);
    EXPECT_TEXT(result.html, "ab");
}

TEST(unclosed_formatting_cannot_multiply_without_end) {
    SCOPED(arena_free) struct arena mem = {0};
    struct buffer in = {.mem = &mem};
    for (int i = 0; i < 20000; i++) buffer_printf(&in, "<b title=%d><p>x", i);
    struct html_result result = sanitize(&mem, buffer_text(&in), &strictest);
    EXPECT(result.html.size <= 4 << 20);
}

/* The property that keeps mutation attacks out: what we wrote is read back the same. */
static uint32_t next_random(uint32_t *state) {
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

static struct text random_soup(struct arena *mem, uint32_t *state) {
    static const char *const pieces[] = {
        "<p>", "</p>", "<div>", "</div>", "<table>", "</table>", "<tr>", "<td>", "</td>", "<a href=http://x.org/>",
        "</a>", "<b>", "</b>", "<i title=x>", "</i>", "<font color=red>", "</font>", "<li>", "<ul>", "</ul>", "<svg>",
        "</svg>", "<math>", "<style>", "</style>", "<pre>", "</pre>", "<h1>", "</h2>", "<caption>", "<col>", "<form>",
        "</form>", "<select>", "<option>", "<button>", "<!--", "-->", "<title>", "</title>", "<br>", "</br>", "text",
        " ", "\n", "&lt;script>", "<img src=cid:x>", "\"", "'", "<", ">", "=", "&#13;", "&#0;", "&",
        "<span style='a:b;", "color:red'>", "</span>", "<dd>", "<dt>", "<blockquote>", "</blockquote>", "<tbody>", "<th>", "<hr>",
        "<center>",
    };
    struct buffer out = {.mem = mem};
    for (uint32_t count = next_random(state) % 60; count > 0; count--)
        buffer_add_string(&out, pieces[next_random(state) % COUNT_OF(pieces)]);
    return buffer_text(&out);
}

TEST(what_was_written_is_read_back_the_same) {
    uint32_t state = 7;
    int fell_back = 0;
    for (int i = 0; i < 20000; i++) {
        SCOPED(arena_free) struct arena mem = {0};
        struct text soup = random_soup(&mem, &state);
        struct html_result once = sanitize(&mem, soup, &strictest), twice = sanitize(&mem, once.html, &strictest);
        EXPECT(text_equal(once.html, twice.html));
        fell_back += once.as_text;
    }
    EXPECT(fell_back < 20);
}
