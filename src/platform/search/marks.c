#include "platform/search/marks.h"

#include "platform/search/plain.h"

#include <glib.h>
#include <libstemmer.h>

enum { WORDS = 40, FORMS = 3 };

static const char *const languages[FORMS - 1] = {"de", "en"};

/* A word as it is and its stems. */
struct forms {
    struct text at[FORMS];
    bool is_prefix;
};

struct marker {
    struct arena *mem;
    struct sb_stemmer *stemmers[FORMS - 1];
    struct forms words[WORDS];
    int count;
    bool begins[256]; /* the first bytes of the words: an ending never changes them */
};

static void free_stemmers(void *object) {
    struct marker *marker = object;
    for (size_t i = 0; i < COUNT_OF(marker->stemmers); i++) sb_stemmer_delete(marker->stemmers[i]);
}

struct marker *marker_make(struct arena *mem) {
    struct marker *marker = arena_alloc(mem, sizeof *marker);
    marker->mem = mem;
    for (size_t i = 0; i < COUNT_OF(marker->stemmers); i++) marker->stemmers[i] = sb_stemmer_new(languages[i], NULL);
    arena_on_free(mem, free_stemmers, marker);
    return marker;
}

static struct text stem(struct arena *mem, struct sb_stemmer *stemmer, struct text word) {
    const sb_symbol *stem = sb_stemmer_stem(stemmer, (const sb_symbol *)word.data, (int)word.size);
    return stem ? text_copy(mem, text_from((const char *)stem, (size_t)sb_stemmer_length(stemmer))) : word;
}

static struct text plain_word(struct arena *mem, struct text word) {
    return text_fold(mem, search_plain(mem, word));
}

static struct forms forms_of(struct marker *marker, struct arena *mem, struct text plain) {
    struct forms forms = {.at[0] = plain};
    for (size_t i = 1; i < FORMS; i++) forms.at[i] = stem(mem, marker->stemmers[i - 1], plain);
    return forms;
}

/* --- Words of a text --------------------------------------------------------------------------------------------------- */

static size_t char_at(struct text text, size_t at, bool *ret_is_letter) {
    unsigned char byte = (unsigned char)text.data[at];
    if (byte < 0x80) {
        *ret_is_letter = g_ascii_isalnum(byte);
        return 1;
    }
    gunichar c = g_utf8_get_char_validated(text.data + at, (gssize)(text.size - at));
    bool is_valid = c != (gunichar)-1 && c != (gunichar)-2;
    *ret_is_letter = is_valid && (g_unichar_isalnum(c) || g_unichar_ismark(c));
    return is_valid ? (size_t)g_unichar_to_utf8(c, NULL) : 1;
}

/* The next word from *at on; false when there is none. */
static bool next_word(struct text text, size_t *at, struct mark *ret) {
    bool is_letter = false;
    size_t from = *at;
    while (from < text.size) {
        size_t size = char_at(text, from, &is_letter);
        if (is_letter) break;
        from += size;
    }
    size_t end = from;
    while (end < text.size) {
        size_t size = char_at(text, end, &is_letter);
        if (!is_letter) break;
        end += size;
    }
    *at = end;
    *ret = (struct mark){from, end - from};
    return end > from;
}

void marker_want(struct marker *marker, struct text value, bool is_prefix) {
    struct mark place;
    for (size_t at = 0; marker->count < WORDS && next_word(value, &at, &place);) {
        struct text plain = plain_word(marker->mem, text_slice(value, place.from, place.size));
        if (text_empty(plain)) continue;
        struct forms *forms = &marker->words[marker->count++];
        *forms = forms_of(marker, marker->mem, plain);
        forms->is_prefix = is_prefix && at == value.size;
        marker->begins[(unsigned char)plain.data[0]] = true;
    }
}

static bool is_wanted(const struct forms *wanted, const struct forms *forms) {
    if (wanted->is_prefix && forms->at[0].size >= wanted->at[0].size && memcmp(forms->at[0].data, wanted->at[0].data, wanted->at[0].size) == 0)
        return true;
    for (size_t i = 0; i < FORMS; i++)
        for (size_t j = 0; j < FORMS; j++)
            if (text_equal(wanted->at[i], forms->at[j])) return true;
    return false;
}

/* Which of the wanted words it is, one bit for each; 0: none. */
static uint64_t fitting(struct marker *marker, struct arena *mem, struct text word) {
    unsigned char first = (unsigned char)g_ascii_tolower(word.data[0]);
    uint64_t found = 0;
    if (first < 0x80 && !marker->begins[first]) return 0;
    struct text plain = plain_word(mem, word);
    if (text_empty(plain) || !marker->begins[(unsigned char)plain.data[0]]) return 0;
    const struct forms forms = forms_of(marker, mem, plain);
    for (int i = 0; i < marker->count; i++)
        if (is_wanted(&marker->words[i], &forms)) found |= UINT64_C(1) << i;
    return found;
}

size_t marker_find(struct marker *marker, struct text text, struct mark *ret_marks, size_t limit) {
    SCOPED(arena_free) struct arena mem = {0};
    size_t count = 0;
    struct mark place;
    for (size_t at = 0; count < limit && next_word(text, &at, &place);)
        if (fitting(marker, &mem, text_slice(text, place.from, place.size))) ret_marks[count++] = place;
    return count;
}

size_t marker_wanted(const struct marker *marker) {
    return (size_t)marker->count;
}

size_t marker_count(struct marker *marker, struct text text) {
    SCOPED(arena_free) struct arena mem = {0};
    uint64_t found = 0, all = (UINT64_C(1) << marker->count) - 1;
    struct mark place;
    for (size_t at = 0; found != all && next_word(text, &at, &place);) found |= fitting(marker, &mem, text_slice(text, place.from, place.size));
    return (size_t)__builtin_popcountll(found);
}
