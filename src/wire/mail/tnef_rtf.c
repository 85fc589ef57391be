/* Compressed RTF: a dictionary of 4096 bytes, and words that point into it ([MS-OXRTFCP]). */
#include "wire/mail/tnef_private.h"

enum { DICTIONARY = 4096, RTF_SIZE = 16 << 20 };

/* The dictionary begins with these words, so that even short letters shrink. */
static const char rtf_words[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript "
    "\\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";
_Static_assert(sizeof rtf_words - 1 == 207, "the words of [MS-OXRTFCP] 2.1.2.1");

struct rtf {
    struct buffer out;
    size_t written; /* place in the dictionary */
    char dictionary[DICTIONARY];
};

static void rtf_put(struct rtf *rtf, char c) {
    buffer_add_char(&rtf->out, c);
    rtf->dictionary[rtf->written] = c;
    rtf->written = (rtf->written + 1) % DICTIONARY;
}

/* A reference into the dictionary: 12 bits place, 4 bits length. One to the place of writing ends the text. */
static bool rtf_refer(struct rtf *rtf, struct text *rest) {
    struct text pair;
    if (!take(rest, 2, &pair)) return false;
    unsigned word = (unsigned)((unsigned char)pair.data[0] << 8 | (unsigned char)pair.data[1]);
    size_t from = word >> 4;
    if (from == rtf->written) return false;
    for (unsigned left = (word & 15) + 2; left > 0; left--, from++) rtf_put(rtf, rtf->dictionary[from % DICTIONARY]);
    return true;
}

static struct text rtf_expand(struct arena *mem, struct text packed, size_t limit) {
    struct rtf *rtf = arena_alloc(mem, sizeof *rtf);
    struct text piece;
    uint32_t control;
    bool more = true;
    rtf->out = (struct buffer){.mem = mem, .limit = limit};
    memcpy(rtf->dictionary, rtf_words, sizeof rtf_words - 1);
    rtf->written = sizeof rtf_words - 1;
    while (more && !rtf->out.failed && take_number(&packed, 1, &control))
        for (unsigned bit = 0; more && bit < 8; bit++) {
            if (control >> bit & 1) more = rtf_refer(rtf, &packed);
            else if ((more = take(&packed, 1, &piece))) rtf_put(rtf, piece.data[0]);
        }
    return buffer_text(&rtf->out);
}

/* The checksum is not looked at: a text that is slightly wrong is better than none. */
bool rtf_unpack(struct arena *mem, struct text bytes, struct text *ret_rtf) {
    uint32_t packed_size, size, kind, checksum;
    if (!take_number(&bytes, 4, &packed_size) || !take_number(&bytes, 4, &size) || !take_number(&bytes, 4, &kind)
        || !take_number(&bytes, 4, &checksum))
        return false;
    size_t limit = size && size < RTF_SIZE ? size : RTF_SIZE;
    if (kind == 0x414C454D) *ret_rtf = text_slice(bytes, 0, limit); /* "MELA": stored as it is */
    else if (kind == 0x75465A4C) *ret_rtf = rtf_expand(mem, bytes, limit); /* "LZFu" */
    else return false;
    return true;
}
