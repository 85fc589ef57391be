#include "tests/test.h"
#include "wire/html/html.h"

/* Sanitises the attacks of tests/html/attacks.txt, where a byte may be spelled in hex between double brackets. With
 * THEKE_ATTACKS_OUT set, what came out is written to that file, each followed by a record separator (0x1E), for
 * tests/browser/html_attacks.mjs to show in a browser. */

static const char list[] = THEKE_SOURCE "/tests/html/attacks.txt";

static struct text unspell(struct arena *mem, struct text line) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < line.size; i++) {
        struct text rest = text_skip(line, i);
        char *end, *digits = text_string(mem, text_slice(rest, 3, 2));
        long byte = strtol(digits, &end, 16);
        if (text_starts(rest, "⟦") && rest.size >= 8 && end == digits + 2) {
            buffer_add_char(&out, (char)byte);
            i += 7;
        } else {
            buffer_add_char(&out, line.data[i]);
        }
    }
    return buffer_text(&out);
}

static bool has_markup(struct text html, const char *markup) {
    return text_find_nocase(html, text_of(markup)) != SIZE_MAX;
}

static void expect_harmless(struct arena *mem, struct text attack, FILE *out) {
    static const char *const never[] = {
        "<script", "<style", "<svg",  "<math",     "<iframe",   "<object",   "<embed",  "<form",   "<input",
        "<link",   "<meta",  "<base", "<body",     "<html",     "<title",    "<select", "<button", "<!",
        "<?",      "<frame", "<area", "<template", "<noscript", "<textarea", "\"javascript:",
    };
    struct html_result result, again;
    struct error err = {0};
    EXPECT_OK(html_sanitize(mem, attack, &(struct html_policy){0}, &result, &err), err);
    EXPECT_OK(html_sanitize(mem, result.html, &(struct html_policy){0}, &again, &err), err);
    EXPECT(text_equal(result.html, again.html));
    /* Text may say anything, but a plain "<" or quotation mark stands only in markup. */
    for (size_t i = 0; i < COUNT_OF(never); i++) EXPECT(!has_markup(result.html, never[i]));
    if (!out) return;
    EXPECT_INT(fwrite(result.html.data, 1, result.html.size, out), result.html.size);
    fputc(0x1E, out);
}

TEST(attacks_come_out_harmless) {
    FILE *in = fopen(list, "rb");
    EXPECT(in != NULL);
    if (!in) return;
    const char *path = getenv("THEKE_ATTACKS_OUT");
    FILE *out = path ? fopen(path, "wb") : NULL;
    char line[4096];
    int count = 0;
    while (fgets(line, sizeof line, in)) {
        SCOPED(arena_free) struct arena mem = {0};
        if (line[0] == '#') continue;
        expect_harmless(&mem, unspell(&mem, text_trim(text_of(line))), out);
        count++;
    }
    EXPECT(count > 500);
    fclose(in);
    if (out) fclose(out);
}
