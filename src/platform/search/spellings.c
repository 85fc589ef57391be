#include "platform/search/spellings.h"

#include "platform/search/plain.h"

struct pair {
    const char *one, *other;
};

static const struct pair umlauts[] = {{"ä", "ae"}, {"ö", "oe"}, {"ü", "ue"}}, sharp[] = {{"ß", "ss"}};

/* How much of text at a place is the pair's other side, or its one side. */
static size_t sits(struct text text, size_t at, const char *what) {
    size_t size = strlen(what);
    return text.size - at >= size && memcmp(text.data + at, what, size) == 0 ? size : 0;
}

static struct text spelled_out(struct arena *mem, struct text text, const struct pair *pairs, size_t count) {
    struct buffer out = {.mem = mem};
    for (size_t at = 0; at < text.size;) {
        size_t i = 0, size = 0;
        while (i < count && !(size = sits(text, at, pairs[i].one))) i++;
        if (size) buffer_add_string(&out, pairs[i].other);
        else buffer_add_char(&out, text.data[at]);
        at += size ? size : 1;
    }
    return buffer_text(&out);
}

/* Behind another vowel or a q it is no umlaut: neue, Bauer, Quelle. */
static bool may_be_umlaut(struct text text, size_t at) {
    return at == 0 || !strchr("aeiouq", text.data[at - 1]);
}

static struct text drawn_together(struct arena *mem, struct text text, const struct pair *pairs, size_t count, bool is_umlaut) {
    struct buffer out = {.mem = mem};
    for (size_t at = 0; at < text.size;) {
        size_t i = 0, size = 0;
        while (i < count && !(size = sits(text, at, pairs[i].other))) i++;
        if (size && is_umlaut && !may_be_umlaut(text, at)) size = 0;
        if (size) buffer_add_string(&out, pairs[i].one);
        else buffer_add_char(&out, text.data[at]);
        at += size ? size : 1;
    }
    return buffer_text(&out);
}

static size_t add(struct arena *mem, struct text spelling, struct text *spellings, struct text *plains, size_t count) {
    struct text plain = text_fold(mem, search_plain(mem, spelling));
    for (size_t i = 0; i < count; i++)
        if (text_equal(plains[i], plain)) return count;
    spellings[count] = spelling;
    plains[count] = plain;
    return count + 1;
}

size_t search_spellings(struct arena *mem, struct text word, struct text ret_spellings[SPELLINGS]) {
    struct text plains[SPELLINGS];
    struct text folded = text_fold(mem, word);
    struct text out = spelled_out(mem, spelled_out(mem, folded, umlauts, COUNT_OF(umlauts)), sharp, COUNT_OF(sharp));
    struct text together = drawn_together(mem, out, umlauts, COUNT_OF(umlauts), true);
    const struct text all[] = {out, together, drawn_together(mem, out, sharp, COUNT_OF(sharp), false),
                               drawn_together(mem, together, sharp, COUNT_OF(sharp), false)};
    size_t count = add(mem, word, ret_spellings, plains, 0);
    for (size_t i = 0; i < COUNT_OF(all); i++) count = add(mem, all[i], ret_spellings, plains, count);
    return count;
}
