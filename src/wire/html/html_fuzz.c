#include "wire/html/html_private.h"

#include <assert.h>

/* Whatever comes in: what goes out is made of listed tags and attributes only, is read back the same, and the same
 * bytes give readable text. The checks here share nothing with the sanitizer but the table of tags. */

static bool listed_attribute(struct text name) {
    static const char *const names[] = {
        "align", "alt", "bgcolor", "border", "cellpadding", "cellspacing", "clear", "color", "colspan",
        "data-remote-src", "datetime", "dir", "face", "height", "hidden", "href", "lang", "nowrap", "rel", "rowspan",
        "size", "span", "src", "start", "style", "target", "title", "type", "valign", "value", "width",
    };
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_is(name, names[i])) return true;
    return false;
}

static void check_attribute(struct text name, struct text value) {
    assert(listed_attribute(name));
    for (size_t i = 0; i < value.size; i++) assert(!strchr("<>'`", value.data[i]) && value.data[i]);
    if (text_is(name, "href"))
        assert(text_starts_nocase(value, "http://") || text_starts_nocase(value, "https://")
               || text_starts_nocase(value, "mailto:") || text_starts_nocase(value, "tel:"));
    if (text_is(name, "src")) assert(text_starts_nocase(value, "data:image/") || text_starts(value, "/inline/"));
    if (text_is(name, "data-remote-src")) assert(text_starts_nocase(value, "http"));
    static const char *const evil[] = {"url", "expression", "\\", "@", "/*", "fixed", "absolute", "{", "}", "import"};
    for (size_t i = 0; text_is(name, "style") && i < COUNT_OF(evil); i++) {
        size_t at = text_find_nocase(value, text_of(evil[i]));
        /* "url" may be a letter sequence of a font's name, never a function. */
        assert(at == SIZE_MAX || (strlen(evil[i]) > 1 && evil[i][0] != '/' && value.data[at + strlen(evil[i])] != '('));
    }
}

/* Reads one tag behind its "<" and returns what is behind its ">". */
static struct text check_tag(struct text t) {
    bool end = text_starts(t, "/");
    if (end) t = text_skip(t, 1);
    size_t size = 0;
    while (size < t.size && t.data[size] != ' ' && t.data[size] != '>') size++;
    const struct html_tag *tag = html_tag_find(text_slice(t, 0, size));
    assert(tag && tag->traits & TAG_SHOWN && text_is(text_slice(t, 0, size), tag->name));
    t = text_skip(t, size);
    while (text_starts(t, " ")) {
        assert(!end);
        t = text_skip(t, 1);
        size_t name = text_find(t, text_of("=\""));
        assert(name != SIZE_MAX);
        size_t value = text_find_char(text_skip(t, name + 2), '"');
        assert(value != SIZE_MAX);
        check_attribute(text_slice(t, 0, name), text_slice(t, name + 2, value));
        t = text_skip(t, name + 2 + value + 1);
    }
    assert(text_starts(t, ">"));
    return text_skip(t, 1);
}

static void check_markup(struct text t) {
    assert(text_is_utf8(t));
    for (size_t at = text_find_char(t, '<'); at != SIZE_MAX; at = text_find_char(t, '<')) {
        struct text plain = text_slice(t, 0, at);
        for (size_t i = 0; i < plain.size; i++) assert(plain.data[i] != '>' && plain.data[i] != '"');
        t = check_tag(text_skip(t, at + 1));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    SCOPED(arena_free) struct arena mem = {0};
    struct text html = text_from((const char *)data, size);
    struct html_policy policy = {.inline_prefix = "/inline/"};
    struct html_result once, twice;
    struct error err = {0};
    assert(html_sanitize(&mem, html, &policy, &once, &err));
    check_markup(once.html);
    policy.inline_prefix = NULL;
    assert(html_sanitize(&mem, html, &policy, &once, &err));
    assert(html_sanitize(&mem, once.html, &policy, &twice, &err));
    assert(text_equal(once.html, twice.html));

    struct text plain = html_to_text(&mem, html);
    assert(text_is_utf8(plain));
    struct text written = html_from_text(&mem, html);
    check_markup(written);
    assert(html_sanitize(&mem, written, &policy, &twice, &err));
    check_markup(twice.html);
    return 0;
}
