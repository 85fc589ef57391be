/* Headers of our letters: folded, and never more of them than we mean to write. */
#include "wire/mail/compose_private.h"

#include <sodium.h>

enum { WORD_FRAME = 12, WORD_LIMIT = 75, WORD_LEAST = WORD_FRAME + 12, PARAM_COLUMNS = HEADER_COLUMNS - 2 };

static bool is_alnum(unsigned char c) {
    return (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
}

static bool is_one_of(unsigned char c, const char *others) {
    return is_alnum(c) || (c && strchr(others, c));
}

static bool all_of(struct text t, const char *others) {
    for (size_t i = 0; i < t.size; i++)
        if (!is_one_of((unsigned char)t.data[i], others)) return false;
    return true;
}

static const char atom_marks[] = "!#$%&'*+-/=?^_`{|}~"; /* RFC 5322 3.2.3 */

bool is_printable_ascii(struct text t) {
    for (size_t i = 0; i < t.size; i++)
        if (t.data[i] <= ' ' || t.data[i] > '~') return false;
    return t.size > 0;
}

struct text header_clean(struct arena *mem, struct text value) {
    struct buffer out = {.mem = mem};
    struct text t = text_make_utf8(mem, value);
    bool space = false;
    for (size_t at = 0; at < t.size;) {
        uint32_t rune = text_rune(t, &at);
        bool blank = rune <= ' ' || (rune >= 0x7F && rune <= 0x9F) || rune == 0x2028 || rune == 0x2029;
        if (!blank && space && out.size) buffer_add_char(&out, ' ');
        if (!blank) buffer_add_rune(&out, rune);
        space = blank;
    }
    return buffer_text(&out);
}

/* --- Lines ------------------------------------------------------------------------------------------------------- */

struct header header_begin(struct buffer *out, const char *name) {
    buffer_printf(out, "%s:", name);
    return (struct header){.mem = out->mem, .out = out, .column = strlen(name) + 1};
}

void header_end(struct header *header) {
    buffer_add_string(header->out, "\r\n");
}

void header_token(struct header *header, struct text token) {
    if (token.size > TOKEN_LIMIT) return;
    bool fold = header->begun && header->column + 1 + token.size > HEADER_COLUMNS;
    buffer_add_string(header->out, fold ? "\r\n " : " ");
    buffer_add_text(header->out, token);
    header->column = (fold ? 0 : header->column) + 1 + token.size;
    header->begun = true;
}

static void tokens_add(struct header *header, struct text tokens) {
    struct text token;
    while (text_next(&tokens, ' ', &token))
        if (!text_empty(token)) header_token(header, token);
}

/* --- Encoded words (RFC 2047) ------------------------------------------------------------------------------------ */

/* What may stand as it is in a word of a phrase (RFC 2047 5 (3)); we keep to it everywhere. */
static bool is_word_plain(unsigned char c) {
    return is_one_of(c, "!*+-/");
}

static size_t quoted_size(struct text t) {
    size_t size = 0;
    for (size_t i = 0; i < t.size; i++) size += is_word_plain((unsigned char)t.data[i]) || t.data[i] == ' ' ? 1 : 3;
    return size;
}

/* The longest beginning of t that needs at most room bytes as Q, with no character cut. */
static struct text quoted_cut(struct text t, size_t room) {
    size_t end = 0, used = 0;
    for (size_t at = 0; at < t.size; end = at) {
        text_rune(t, &at);
        used += quoted_size(text_slice(t, end, at - end));
        if (used > room) break;
    }
    return text_slice(t, 0, end);
}

static void quoted_add(struct buffer *out, struct text t) {
    buffer_add_string(out, "=?UTF-8?Q?");
    for (size_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.data[i];
        if (is_word_plain(c)) buffer_add_char(out, (char)c);
        else if (c == ' ') buffer_add_char(out, '_');
        else buffer_printf(out, "=%02X", c);
    }
    buffer_add_string(out, "?=");
}

/* The longest beginning of t that fits into room bytes of base64. Unless that is all of t it needs no "=": some readers
 * join words side by side before they decode them, and stop at the first "=". Empty when there is none. */
static struct text base64_cut(struct text t, size_t room) {
    struct text piece = text_cut(t, room / 4 * 3);
    while (piece.size < t.size && piece.size % 3) piece = text_cut(t, piece.size - 1);
    return piece;
}

static void base64_add(struct buffer *out, struct text t) {
    char base64[WORD_LIMIT + 1];
    sodium_bin2base64(base64, sizeof base64, (const unsigned char *)t.data, t.size, sodium_base64_VARIANT_ORIGINAL);
    buffer_printf(out, "=?UTF-8?B?%s?=", base64);
}

/* t in encoded words with a space between them; the first at most first bytes long, all others at most limit. */
static struct text words_encode(struct arena *mem, struct text t, size_t first, size_t limit) {
    struct buffer out = {.mem = mem};
    bool quoted = quoted_size(t) <= (t.size + 2) / 3 * 4;
    for (size_t room = first - WORD_FRAME; t.size > 0; room = limit - WORD_FRAME) {
        struct text piece = quoted ? (struct text){0} : base64_cut(t, room);
        if (out.size) buffer_add_char(&out, ' ');
        if (piece.size) base64_add(&out, piece);
        else quoted_add(&out, piece = quoted_cut(t, room));
        t = text_skip(t, piece.size);
    }
    return buffer_text(&out);
}

static void words_add(struct header *header, struct text t) {
    size_t used = header->column + 1;
    size_t first = used + WORD_LEAST > HEADER_COLUMNS ? WORD_LIMIT : HEADER_COLUMNS - used;
    tokens_add(header, words_encode(header->mem, t, first < WORD_LIMIT ? first : WORD_LIMIT, WORD_LIMIT));
}

/* ASCII that no reader takes for an encoded word, in tokens that fold. */
static bool is_plain(struct text t) {
    struct text token;
    for (size_t i = 0; i < t.size; i++)
        if (t.data[i] < ' ' || t.data[i] > '~') return false;
    if (text_find(t, text_of("=?")) != SIZE_MAX) return false;
    while (text_next(&t, ' ', &token))
        if (token.size > HEADER_COLUMNS - 16) return false;
    return true;
}

void header_text(struct header *header, struct text value) {
    value = header_clean(header->mem, value);
    if (is_plain(value)) tokens_add(header, value);
    else words_add(header, value);
}

/* --- Phrases and addresses --------------------------------------------------------------------------------------- */

static struct text quote(struct arena *mem, struct text t) {
    struct buffer out = {.mem = mem};
    buffer_add_char(&out, '"');
    for (size_t i = 0; i < t.size; i++) {
        if (t.data[i] == '"' || t.data[i] == '\\') buffer_add_char(&out, '\\');
        buffer_add_char(&out, t.data[i]);
    }
    buffer_add_char(&out, '"');
    return buffer_text(&out);
}

static bool is_phrase_of_atoms(struct text t) {
    struct text atom;
    while (text_next(&t, ' ', &atom))
        if (!all_of(atom, atom_marks)) return false;
    return true;
}

void header_phrase(struct header *header, struct text name) {
    name = header_clean(header->mem, name);
    struct text quoted = quote(header->mem, name);
    if (is_plain(name) && is_phrase_of_atoms(name)) tokens_add(header, name);
    else if (is_plain(name) && quoted.size < HEADER_COLUMNS - 12) header_token(header, quoted);
    else words_add(header, name);
}

static bool is_dot_atom(struct text t) {
    struct text atom;
    bool is_fine = t.size > 0 && !text_ends(t, ".");
    while (is_fine && text_next(&t, '.', &atom)) is_fine = !text_empty(atom) && all_of(atom, atom_marks);
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
    struct text local = text_slice(t, 0, at), domain = text_skip(t, at + 1);
    for (size_t i = 0; i < local.size; i++)
        if ((unsigned char)local.data[i] >= 0x80) return (struct text){0};
    if (text_empty(domain) || !all_of(domain, ".-_[]:")) return (struct text){0};
    if (!is_dot_atom(local) && !is_quoted_string(local)) local = quote(mem, local);
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

/* --- Parameters -------------------------------------------------------------------------------------------------- */

static void param_token(struct header *header, struct text token) {
    buffer_add_char(header->out, ';');
    header->column++;
    header_token(header, token);
}

/* One character of a value as RFC 2231 wants it. */
static size_t percent_add(struct buffer *out, struct text character) {
    size_t before = out->size;
    for (size_t i = 0; i < character.size; i++) {
        unsigned char c = (unsigned char)character.data[i];
        if (is_one_of(c, "!#$&+-.^_`|~")) buffer_add_char(out, (char)c);
        else buffer_printf(out, "%%%02X", c);
    }
    return out->size - before;
}

static struct text percent_encode(struct arena *mem, struct text value) {
    struct buffer out = {.mem = mem};
    percent_add(&out, value);
    return buffer_text(&out);
}

/* name*0*=UTF-8''...; name*1*=...: no character is spread over two pieces. */
static void param_pieces(struct header *header, const char *name, struct text value) {
    size_t at = 0;
    for (int piece = 0; at < value.size; piece++) {
        struct buffer token = {.mem = header->mem};
        buffer_printf(&token, "%s*%d*=%s", name, piece, piece ? "" : "UTF-8''");
        for (size_t next = at; at < value.size; at = next) {
            text_rune(value, &next);
            size_t used = token.size;
            if (used + percent_add(&token, text_slice(value, at, next - at)) <= PARAM_COLUMNS) continue;
            token.size = used;
            break;
        }
        param_token(header, buffer_text(&token));
    }
}

static void param_words(struct header *header, const char *name, struct text value) {
    size_t limit = PARAM_COLUMNS - strlen(name) - strlen("=\"\"");
    struct text words = words_encode(header->mem, value, limit, limit), word;
    const char *before = text_string(header->mem, text_printf(header->mem, "%s=\"", name));
    while (text_next(&words, ' ', &word)) {
        const char *behind = words.size ? "" : "\"";
        struct text token = text_printf(header->mem, "%s%.*s%s", before, (int)word.size, word.data, behind);
        if (before[0]) param_token(header, token);
        else header_token(header, token);
        before = "";
    }
}

void header_param(struct header *header, const char *name, struct text value, enum param_style style) {
    value = text_cut(header_clean(header->mem, value), TOKEN_LIMIT);
    if (text_empty(value)) return;
    struct text quoted = quote(header->mem, value), percent = percent_encode(header->mem, value);
    if (is_plain(value) && strlen(name) + 1 + quoted.size <= PARAM_COLUMNS) {
        param_token(header, text_printf(header->mem, "%s=%.*s", name, (int)quoted.size, quoted.data));
    } else if (style == PARAM_WORDS) {
        param_words(header, name, value);
    } else if (strlen(name) + strlen("*=UTF-8''") + percent.size <= PARAM_COLUMNS) {
        param_token(header, text_printf(header->mem, "%s*=UTF-8''%.*s", name, (int)percent.size, percent.data));
    } else {
        param_pieces(header, name, value);
    }
}
