#include "wire/mail/authenticity.h"

#include <ctype.h>

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

/* A word, or what stands between double quotes. */
static struct text take_value(struct text *t) {
    *t = skip_space(*t);
    size_t aside = t->size ? aside_size(*t, 0) : 0;
    if (aside < 2) return take_word(t);
    struct text value = text_slice(*t, 1, aside - 2);
    *t = skip_space(text_skip(*t, aside));
    return value;
}

static bool take_equals(struct text *t) {
    if (!text_starts(*t, "=")) return false;
    *t = skip_space(text_skip(*t, 1));
    return true;
}

/* One method's verdict, and the domain it is about. */
struct finding {
    struct text method, verdict, domain;
};

static bool names_domain(struct text method, struct text property) {
    if (text_is_nocase(method, "dmarc")) return text_is_nocase(property, "header.from");
    if (text_is_nocase(method, "dkim")) return text_is_nocase(property, "header.d");
    return text_is_nocase(method, "spf") && text_is_nocase(property, "smtp.mailfrom");
}

static struct text domain_of(struct text address) {
    for (size_t at; (at = text_find_char(address, '@')) != SIZE_MAX;) address = text_skip(address, at + 1);
    return address;
}

/* "dmarc=fail", "dmarc / 1 = fail (p=reject)", "dkim=pass header.d=example.org" */
static struct finding read_result(struct text result) {
    struct finding out = {.method = take_word(&result)};
    if (text_starts(result, "/")) {
        result = text_skip(result, 1);
        (void)take_word(&result);
    }
    if (!take_equals(&result)) return (struct finding){0};
    out.verdict = take_word(&result);
    while (result.size) {
        struct text property = take_word(&result);
        if (take_equals(&result)) {
            struct text value = take_value(&result);
            if (names_domain(out.method, property)) out.domain = domain_of(value);
        } else if (text_empty(property)) result = text_skip(result, 1);
    }
    return out;
}

/* The domain itself, or one above it: whoever has that one gave this one away. */
static bool answers_for(struct text above, struct text domain) {
    if (text_empty(above) || above.size > domain.size) return false;
    struct text end = text_skip(domain, domain.size - above.size);
    return text_equal_nocase(end, above) && (end.size == domain.size || domain.data[domain.size - above.size - 1] == '.');
}

static bool proves(const struct finding *finding, struct text domain) {
    if (!text_is_nocase(finding->verdict, "pass")) return false;
    if (text_is_nocase(finding->method, "dmarc")) return text_empty(finding->domain) || text_equal_nocase(finding->domain, domain);
    return answers_for(finding->domain, domain);
}

enum mail_authenticity mail_authenticity_of(const struct letter *letter, struct text server) {
    struct text rest = letter_header(letter, "Authentication-Results"), name, domain = {0};
    bool proven = false;
    if (!rest.data) return MAIL_UNPROVEN;
    struct text by = next_result(&rest);
    name = take_word(&by);
    bool is_trusted = !text_empty(server) && text_equal_nocase(name, server);
    if (letter->from.count == 1) domain = domain_of(letter->from.at[0].address);
    while (rest.size) {
        struct finding finding = read_result(next_result(&rest));
        if (text_is_nocase(finding.method, "dmarc") && text_is_nocase(finding.verdict, "fail")) return MAIL_FORGED;
        proven = proven || (is_trusted && !text_empty(domain) && proves(&finding, domain));
    }
    return proven ? MAIL_PROVEN : MAIL_UNPROVEN;
}

bool mail_is_host_name(struct text name) {
    for (size_t i = 0; i < name.size; i++)
        if (!isalnum((unsigned char)name.data[i]) && !strchr(".-_", name.data[i])) return false;
    return name.size <= 253 && text_find_char(name, '.') != SIZE_MAX;
}

struct text mail_authenticity_server(const struct letter *letter) {
    struct text rest = letter_header(letter, "Authentication-Results");
    struct text by = next_result(&rest), name = take_word(&by);
    return mail_is_host_name(name) && !text_starts(by, "=") ? name : text_of("");
}
