#include "wire/mail/authenticity.h"

/* The size of the comment or quoted string that begins at t[at]; 0: none does. */
static size_t aside_size(struct text t, size_t at) {
    char open = t.data[at];
    int depth = 0;
    if (open != '(' && open != '"') return 0;
    for (size_t i = at; i < t.size; i++) {
        if (t.data[i] == '\\') i++;
        else if (open == '"' && i > at && t.data[i] == '"') return i + 1 - at;
        else if (open == '(' && t.data[i] == '(') depth++;
        else if (open == '(' && t.data[i] == ')' && --depth == 0) return i + 1 - at;
    }
    return t.size - at;
}

/* Up to the next ";" that is in no comment; *rest is what follows it. */
static struct text next_result(struct text *rest) {
    struct text all = *rest;
    for (size_t i = 0; i < all.size;) {
        size_t aside = aside_size(all, i);
        if (aside == 0 && all.data[i] == ';') {
            *rest = text_skip(all, i + 1);
            return text_slice(all, 0, i);
        }
        i += aside ? aside : 1;
    }
    *rest = text_skip(all, all.size);
    return all;
}

static struct text skip_space(struct text t) {
    for (;;) {
        t = text_trim(t);
        size_t aside = t.size ? aside_size(t, 0) : 0;
        if (aside == 0 || t.data[0] == '"') return t;
        t = text_skip(t, aside);
    }
}

static struct text take_word(struct text *t) {
    size_t size = 0;
    *t = skip_space(*t);
    while (size < t->size && !strchr(" \t\r\n(=;/", t->data[size])) size++;
    struct text word = text_slice(*t, 0, size);
    *t = skip_space(text_skip(*t, size));
    return word;
}

/* "dmarc=fail", "dmarc / 1 = fail (p=reject)" */
static bool is_failure(struct text result) {
    if (!text_is_nocase(take_word(&result), "dmarc")) return false;
    if (text_starts(result, "/")) {
        result = text_skip(result, 1);
        (void)take_word(&result);
    }
    if (!text_starts(result, "=")) return false;
    result = text_skip(result, 1);
    return text_is_nocase(take_word(&result), "fail");
}

bool mail_fails_dmarc(const struct letter *letter) {
    struct text rest = letter_header(letter, "Authentication-Results");
    if (!rest.data) return false;
    (void)next_result(&rest); /* who says so */
    while (rest.size)
        if (is_failure(next_result(&rest))) return true;
    return false;
}
