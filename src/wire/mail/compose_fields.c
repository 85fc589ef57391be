/* Whole headers of our letters: addresses, message ids, texts. What can't be written safely is left out. */
#include "wire/mail/compose_private.h"

#include "base/domain.h"

/* --- Addresses ----------------------------------------------------------------------------------------------------- */

static bool is_dot_atom(struct text t) {
    struct text atom;
    bool is_fine = t.size > 0 && !text_ends(t, ".");
    while (is_fine && text_next(&t, '.', &atom)) is_fine = !text_empty(atom) && is_atom(atom);
    return is_fine;
}

static bool is_quoted_string(struct text t) {
    if (t.size < 2 || t.data[0] != '"' || t.data[t.size - 1] != '"') return false;
    for (size_t i = 1; i + 1 < t.size; i++) {
        if (t.data[i] == '"') return false;
        if (t.data[i] == '\\' && ++i + 1 >= t.size) return false;
    }
    return true;
}

static struct text without_controls(struct arena *mem, struct text t) {
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < t.size; i++)
        if ((unsigned char)t.data[i] >= ' ' && t.data[i] != 0x7F) buffer_add_char(&out, t.data[i]);
    return text_trim(buffer_text(&out));
}

static size_t last_at(struct text t) {
    const char *at = t.size ? memrchr(t.data, '@', t.size) : NULL;
    return at ? (size_t)(at - t.data) : SIZE_MAX;
}

struct text address_clean(struct arena *mem, struct text address) {
    struct text t = without_controls(mem, address);
    if (text_starts(t, "<") && text_ends(t, ">")) t = text_trim(text_slice(t, 1, t.size - 2));
    size_t at = last_at(t);
    if (at == SIZE_MAX || at == 0 || t.size > TOKEN_LIMIT / 3) return (struct text){0};
    if (!address_has_plain_local(t)) return (struct text){0};
    struct text local = text_slice(t, 0, at), domain = domain_ascii(mem, text_skip(t, at + 1));
    if (text_empty(domain) || !is_alnum_or(domain, ".-_[]:")) return (struct text){0};
    if (!is_dot_atom(local) && !is_quoted_string(local)) local = quoted_string(mem, local);
    return text_printf(mem, "%.*s@%.*s", (int)local.size, local.data, (int)domain.size, domain.data);
}

/* Only what can be written: cleaned, and the address never empty. */
static struct mail_addresses addresses_clean(struct arena *mem, struct mail_addresses list) {
    struct mail_address *clean = arena_array(mem, list.count, sizeof *clean);
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++) {
        struct text address = address_clean(mem, list.at[i].address);
        if (address.data) clean[count++] = (struct mail_address){header_clean(mem, list.at[i].name), address};
    }
    return (struct mail_addresses){count, clean};
}

bool header_write_addresses(struct buffer *out, const char *name, struct mail_addresses list) {
    struct mail_addresses clean = addresses_clean(out->mem, list);
    if (clean.count == 0) return false;
    struct header header = header_begin(out, name);
    for (size_t i = 0; i < clean.count; i++) {
        struct mail_address each = clean.at[i];
        const char *comma = i + 1 < clean.count ? "," : "";
        header_phrase(&header, each.name);
        header_token(&header, text_printf(out->mem, text_empty(each.name) ? "%.*s%s" : "<%.*s>%s",
                                          (int)each.address.size, each.address.data, comma));
    }
    header_end(&header);
    return true;
}

/* --- Other headers ----------------------------------------------------------------------------------------------- */

bool header_write_text(struct buffer *out, const char *name, struct text value) {
    value = header_clean(out->mem, value);
    if (text_empty(value)) return false;
    struct header header = header_begin(out, name);
    header_text(&header, value);
    header_end(&header);
    return true;
}

bool header_write_tokens(struct buffer *out, const char *name, struct text value) {
    struct text rest = header_clean(out->mem, value), token;
    struct header header = {0};
    while (text_next(&rest, ' ', &token)) {
        if (!is_printable_ascii(token) || token.size > TOKEN_LIMIT) continue;
        if (!header.out) header = header_begin(out, name);
        header_token(&header, token);
    }
    if (header.out) header_end(&header);
    return header.out != NULL;
}

/* "<" then anything printable but angle brackets, then ">". */
static bool is_message_id(struct text id) {
    if (id.size < 3 || id.size > TOKEN_LIMIT || !is_printable_ascii(id)) return false;
    struct text inner = text_slice(id, 1, id.size - 2);
    return id.data[0] == '<' && id.data[id.size - 1] == '>' && text_find_char(inner, '<') == SIZE_MAX
           && text_find_char(inner, '>') == SIZE_MAX;
}

bool header_write_ids(struct buffer *out, const char *name, struct mail_texts ids) {
    struct header header = {0};
    for (size_t i = 0; i < ids.count; i++) {
        if (!is_message_id(ids.at[i])) continue;
        if (!header.out) header = header_begin(out, name);
        header_token(&header, ids.at[i]);
    }
    if (header.out) header_end(&header);
    return header.out != NULL;
}
