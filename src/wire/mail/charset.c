/* Charsets of letters, and encoded words in their headers. */
#include "wire/mail/mime_private.h"

#include <errno.h>
#include <iconv.h>

/* Names that mail programs use and iconv does not, or reads too strictly: browsers take the same liberties (WHATWG Encoding). */
static const struct {
    const char *name, *iconv;
} aliases[] = {
    {"us-ascii", "WINDOWS-1252"},     {"ascii", "WINDOWS-1252"},        {"ansi_x3.4-1968", "WINDOWS-1252"},
    {"iso-8859-1", "WINDOWS-1252"},   {"iso8859-1", "WINDOWS-1252"},    {"latin1", "WINDOWS-1252"},
    {"iso_8859-1", "WINDOWS-1252"},   {"latin-1", "WINDOWS-1252"},      {"ansi", "WINDOWS-1252"},
    {"iso-8859-9", "WINDOWS-1254"},   {"iso-8859-8-i", "WINDOWS-1255"}, {"iso-8859-8-e", "WINDOWS-1255"},
    {"iso-8859-6-i", "ISO-8859-6"},   {"iso-8859-11", "TIS-620"},       {"windows-874", "CP874"},
    {"gb2312", "GB18030"},            {"gb_2312-80", "GB18030"},        {"gbk", "GB18030"},
    {"x-gbk", "GB18030"},             {"hz-gb-2312", "GB18030"},        {"big5", "BIG5-HKSCS"},
    {"ks_c_5601-1987", "CP949"},      {"ks_c_5601-1989", "CP949"},      {"euc-kr", "CP949"},
    {"shift_jis", "CP932"},           {"x-sjis", "CP932"},              {"sjis", "CP932"},
    {"x-euc-jp", "EUC-JP"},           {"unicode-1-1-utf-7", "UTF-7"},   {"x-mac-roman", "MACINTOSH"},
    {"x-macroman", "MACINTOSH"},      {"macroman", "MACINTOSH"},        {"x-mac-ce", "MAC-CENTRALEUROPE"},
    {"windows-1250", "CP1250"},       {"x-windows-949", "CP949"},       {"cp-850", "CP850"},
    {"x-unknown", ""},                {"unknown-8bit", ""},             {"default", ""},
    {"binary", ""},                   {"8bit", ""},                     {"utf8", "UTF-8"},
};

static const char *iconv_name(struct arena *mem, struct text charset) {
    for (size_t i = 0; i < COUNT_OF(aliases); i++)
        if (text_is_nocase(charset, aliases[i].name)) return aliases[i].iconv;
    if (text_starts_nocase(charset, "cp125")) return arena_printf(mem, "WINDOWS-%.*s", (int)charset.size - 2, charset.data + 2);
    return text_string(mem, charset);
}

static bool is_ascii(struct text t) {
    for (size_t i = 0; i < t.size; i++)
        if ((unsigned char)t.data[i] >= 0x80 || t.data[i] == 0) return false;
    return true;
}

/* Converts, putting U+FFFD for what does not fit; counts those. */
static struct text convert(struct arena *mem, iconv_t with, struct text bytes, size_t *ret_faults) {
    struct buffer out = {.mem = mem};
    char *in = (char *)bytes.data, piece[4096];
    size_t left = bytes.size, faults = 0;
    while (left > 0) {
        char *at = piece;
        size_t room = sizeof piece, code = iconv(with, &in, &left, &at, &room);
        buffer_add(&out, piece, sizeof piece - room);
        if (code != (size_t)-1 || errno == E2BIG) continue;
        faults++;
        buffer_add_rune(&out, 0xFFFD);
        in++, left--;
        iconv(with, NULL, NULL, NULL, NULL);
    }
    /* Some converters hold the last character back, for a sign that may join it. */
    char *at = piece;
    size_t room = sizeof piece;
    if (iconv(with, NULL, NULL, &at, &room) != (size_t)-1) buffer_add(&out, piece, sizeof piece - room);
    *ret_faults = faults;
    return buffer_text(&out);
}

static bool convert_named(struct arena *mem, const char *name, struct text bytes, size_t fault_limit, struct text *ret) {
    if (!name[0] || strlen(name) > 60) return false;
    iconv_t with = iconv_open("UTF-8", name);
    if (with == (iconv_t)-1) return false; /* NOLINT(performance-no-int-to-ptr): iconv's own error value */
    size_t faults;
    struct text out = convert(mem, with, bytes, &faults);
    iconv_close(with);
    if (faults > fault_limit) return false;
    *ret = text_make_utf8(mem, out);
    return true;
}

static bool is_wide(const char *name) {
    struct text t = text_of(name);
    return text_starts_nocase(t, "utf-16") || text_starts_nocase(t, "utf-32") || text_starts_nocase(t, "utf-7")
           || text_starts_nocase(t, "ucs") || text_starts_nocase(t, "iso-2022") || text_starts_nocase(t, "hz");
}

/* One byte for each character: text in such a charset is never valid UTF-8 by chance. */
static bool is_narrow(const char *name) {
    static const char *const names[] = {"WINDOWS-125", "ISO-8859", "ISO8859", "ISO_8859", "LATIN", "KOI8", "MAC", "CP125", "CP437",
                                        "CP85", "CP866", "TIS-620", "CP874"};
    if (!name[0]) return true;
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (text_starts_nocase(text_of(name), names[i])) return true;
    return false;
}

/* Valid UTF-8 with some characters of three bytes: text in another charset of Asia is that by chance only when it is very short. */
static bool is_surely_utf8(struct text bytes) {
    size_t wide = 0;
    if (!text_is_utf8(bytes)) return false;
    for (size_t i = 0; i < bytes.size && wide < 4; i++) wide += ((unsigned char)bytes.data[i] & 0xF0) == 0xE0;
    return wide >= 4;
}

/* ISO-2022-JP as EUC, where signs may stand that only the makers of computers know ("①", half-width kana). */
static struct text iso_2022_jp_as_euc(struct arena *mem, struct text bytes) {
    struct buffer out = {.mem = mem};
    char set = 'B';
    for (size_t i = 0; i < bytes.size; i++) {
        struct text rest = text_skip(bytes, i);
        bool two = text_starts(rest, "\x1B$B") || text_starts(rest, "\x1B$@");
        if (two || text_starts(rest, "\x1B(")) {
            set = two ? '$' : rest.size > 2 ? rest.data[2] : 'B';
            i += 2;
            continue;
        }
        unsigned char c = (unsigned char)bytes.data[i];
        bool is_sign = c > ' ' && c < 0x7F;
        if (is_sign && set == 'I') buffer_add_char(&out, (char)0x8E);
        buffer_add_char(&out, (char)(is_sign && (set == '$' || set == 'I') ? c | 0x80 : c));
    }
    return buffer_text(&out);
}

struct text charset_guess(struct arena *mem, struct text bytes) {
    struct text out;
    if (text_is_utf8(bytes)) return text_make_utf8(mem, bytes);
    return convert_named(mem, "WINDOWS-1252", bytes, SIZE_MAX, &out) ? out : text_make_utf8(mem, bytes);
}

struct text charset_to_utf8(struct arena *mem, struct text charset, struct text bytes) {
    const char *name = iconv_name(mem, charset);
    struct text out;
    if (!is_wide(name)) {
        if (is_ascii(bytes)) return bytes;
        if (is_narrow(name) ? text_is_utf8(bytes) : is_surely_utf8(bytes)) return text_make_utf8(mem, bytes);
        if (text_is_nocase(text_of(name), "utf-8") && !text_is_utf8(bytes) && bytes.size < 4 << 20) {
            /* A few broken characters in UTF-8 are a cut text; many are another charset. */
            out = text_make_utf8(mem, bytes);
            size_t faults = 0, all = 0;
            for (size_t at = 0; at < out.size;) {
                uint32_t rune = text_rune(out, &at);
                all += rune >= 0x80;
                faults += rune == 0xFFFD;
            }
            return faults * 4 <= all ? out : charset_guess(mem, bytes);
        }
    }
    bool is_japanese = text_starts_nocase(charset, "iso-2022-jp");
    if (convert_named(mem, name, bytes, is_japanese ? 0 : bytes.size / 20 + 2, &out)) return out;
    if (is_japanese && convert_named(mem, "EUC-JP-MS", iso_2022_jp_as_euc(mem, bytes), bytes.size / 20 + 2, &out)) return out;
    return charset_guess(mem, bytes);
}

/* --- Encoded words (RFC 2047) ---------------------------------------------------------------------------------- */

struct word {
    struct text charset, content;
    char encoding; /* 'q' or 'b' */
    size_t size;   /* of the whole word in the header */
};

static bool is_blank(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* A word whose "?=" was cut off ends at the next blank. */
static size_t end_of_cut_word(struct text rest) {
    size_t end = 0;
    while (end < rest.size && !is_blank(rest.data[end])) end++;
    return end;
}

/* Content may hold spaces when a bad program wrote it. */
static bool word_read(struct text t, struct word *ret) {
    size_t charset_end, content_at, end;
    if (t.size < 8 || t.data[0] != '=' || t.data[1] != '?') return false;
    charset_end = text_find_char(text_skip(t, 2), '?');
    if (charset_end == SIZE_MAX || charset_end == 0 || charset_end > 60) return false;
    content_at = 2 + charset_end + 3;
    if (content_at >= t.size || t.data[content_at - 1] != '?') return false;
    ret->encoding = (char)(t.data[content_at - 2] | 0x20);
    if (ret->encoding != 'q' && ret->encoding != 'b') return false;
    struct text rest = text_skip(t, content_at);
    end = text_find(rest, text_of("?="));
    bool cut = end == SIZE_MAX;
    if (cut) end = end_of_cut_word(rest);
    ret->charset = text_slice(t, 2, charset_end);
    size_t star = text_find_char(ret->charset, '*'); /* RFC 2231 language */
    if (star != SIZE_MAX) ret->charset.size = star;
    ret->content = text_slice(rest, 0, end);
    ret->size = content_at + end + (cut ? 0 : 2);
    for (size_t i = 0; i < ret->charset.size; i++)
        if (is_blank(ret->charset.data[i])) return false;
    return true;
}

static int hex_of(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    c = (char)(c | 0x20);
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static void add_quoted(struct buffer *out, struct text content) {
    for (size_t i = 0; i < content.size; i++) {
        char c = content.data[i];
        int high = c == '=' && i + 2 < content.size ? hex_of(content.data[i + 1]) : -1;
        int low = high >= 0 ? hex_of(content.data[i + 2]) : -1;
        if (low >= 0) {
            buffer_add_char(out, (char)(high << 4 | low));
            i += 2;
        } else {
            buffer_add_char(out, c == '_' ? ' ' : c);
        }
    }
}

static int base64_of(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' || c == '-' ? 62 : c == '/' || c == '_' ? 63 : -1;
}

static void add_base64(struct buffer *out, struct text content) {
    uint32_t bits = 0;
    int held = 0;
    for (size_t i = 0; i < content.size; i++) {
        int value = base64_of(content.data[i]);
        if (value < 0) continue;
        bits = bits << 6 | (uint32_t)value;
        held += 6;
        if (held >= 8) {
            held -= 8;
            buffer_add_char(out, (char)(bits >> held & 0xff));
        }
    }
}

static void add_word_bytes(struct buffer *bytes, const struct word *word) {
    if (word->encoding == 'q') add_quoted(bytes, word->content);
    else add_base64(bytes, word->content);
}

size_t words_decode_run(struct arena *mem, struct text t, struct buffer *out) {
    struct word word, next;
    struct buffer bytes = {.mem = mem};
    size_t at = 0;
    if (!word_read(t, &word)) return 0;
    struct text charset = word.charset;
    for (;;) {
        add_word_bytes(&bytes, &word);
        at += word.size;
        size_t gap = at;
        while (gap < t.size && is_blank(t.data[gap])) gap++;
        if (!word_read(text_skip(t, gap), &next)) break;
        if (!text_equal_nocase(next.charset, charset)) {
            buffer_add_text(out, charset_to_utf8(mem, charset, buffer_text(&bytes)));
            bytes.size = 0;
            charset = next.charset;
        }
        word = next;
        at = gap;
    }
    buffer_add_text(out, charset_to_utf8(mem, charset, buffer_text(&bytes)));
    return at;
}

struct text words_decode(struct arena *mem, struct text t) {
    if (text_find(t, text_of("=?")) == SIZE_MAX) return t;
    struct buffer out = {.mem = mem};
    for (size_t i = 0; i < t.size;) {
        size_t used = t.data[i] == '=' ? words_decode_run(mem, text_skip(t, i), &out) : 0;
        if (!used) buffer_add_char(&out, t.data[i]);
        i += used ? used : 1;
    }
    return text_make_utf8(mem, buffer_text(&out));
}

struct text space_fold(struct arena *mem, struct text t) {
    struct buffer out = {.mem = mem};
    bool space = false;
    for (size_t i = 0; i < t.size; i++) {
        unsigned char c = (unsigned char)t.data[i];
        bool blank = c <= ' ' || c == 0x7f;
        if (!blank && space && out.size) buffer_add_char(&out, ' ');
        if (!blank) buffer_add_char(&out, (char)c);
        space = blank;
    }
    return buffer_text(&out);
}

struct text mail_decode_header(struct arena *mem, struct text raw) {
    return space_fold(mem, words_decode(mem, space_fold(mem, charset_guess(mem, raw))));
}
