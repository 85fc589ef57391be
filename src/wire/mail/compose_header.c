/* What headers of our letters are made of: folded lines, encoded words, phrases and parameters. */
#include "wire/mail/compose_private.h"

#include <sodium.h>

enum { WORD_FRAME = 12, WORD_LIMIT = 75, WORD_LEAST = WORD_FRAME + 12, PARAM_COLUMNS = HEADER_COLUMNS - 2 };

static bool is_one_of(unsigned char c, const char *others) {
    bool is_alnum = (c >= '0' && c <= '9') || ((c | 32) >= 'a' && (c | 32) <= 'z');
    return is_alnum || (c && strchr(others, c));
}

bool is_alnum_or(struct text t, const char *others) {
    for (size_t i = 0; i < t.size; i++)
        if (!is_one_of((unsigned char)t.data[i], others)) return false;
    return true;
}

bool is_atom(struct text t) {
    return is_alnum_or(t, "!#$%&'*+-/=?^_`{|}~");
}

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
        struct text piece = {0};
        if (!quoted) piece = base64_cut(t, room);
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

/* --- Phrases --------------------------------------------------------------------------------------- */

struct text quoted_string(struct arena *mem, struct text t) {
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
        if (!is_atom(atom)) return false;
    return true;
}

void header_phrase(struct header *header, struct text name) {
    name = header_clean(header->mem, name);
    struct text quoted = quoted_string(header->mem, name);
    if (is_plain(name) && is_phrase_of_atoms(name)) tokens_add(header, name);
    else if (is_plain(name) && quoted.size < HEADER_COLUMNS - 12) header_token(header, quoted);
    else words_add(header, name);
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
    struct text quoted = quoted_string(header->mem, value), percent = percent_encode(header->mem, value);
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
