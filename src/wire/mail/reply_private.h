/* reply_private.h - what the files of reply.h and forward.h share.
 *
 * reply_lines.c takes a text apart into lines, reply_words.c and reply_footers.c know the words of mail programs, reply_block.c finds the header
 * blocks and separators above an old letter, reply_attribution.c the "... wrote:" lines, reply_signature.c what stands below
 * a name, and reply.c decides. */
#ifndef THEKE_WIRE_MAIL_REPLY_PRIVATE_H
#define THEKE_WIRE_MAIL_REPLY_PRIVATE_H

#include "wire/mail/reply.h"

#define REPLY_LINES 50000   /* what follows the last line counts as part of it */
#define REPLY_LINE_READ 600 /* bytes of a line that are looked at */

enum reply_kind {
    LINE_BLANK,
    LINE_TEXT,
    LINE_QUOTE,       /* begins with ">" */
    LINE_ATTRIBUTION, /* stands above quoted lines and says whose they are */
    LINE_SIGNATURE,   /* not shown: a signature, a footer, a helpdesk's marker */
};

struct reply_line {
    struct text raw;   /* as written, without its line end */
    struct text plain; /* small letters, one space for white space of any kind, "'" and "-" for all their kin,
                          trimmed; empty for quoted lines */
    enum reply_kind kind;
};

struct reply_lines {
    size_t count;
    struct reply_line *at;
};

struct reply_lines reply_lines_read(struct arena *mem, struct text text);

/* The next line from `at` on, below `end`, that is not blank; end when there is none. */
size_t reply_lines_written(const struct reply_lines *lines, size_t at, size_t end);

/* Without ASCII white space, no-break spaces and invisible marks at both ends. */
struct text reply_trim(struct text t);

/* Only the characters of set (and spaces), and at least `least` of them. */
bool reply_is_rule(struct text plain, const char *set, size_t least);

/* Without leading and trailing ASCII characters of set. */
struct text reply_strip(struct text t, const char *set);

/* What stands before the colon of a header line. */
enum reply_label { LABEL_NONE, LABEL_FROM, LABEL_DATE, LABEL_TO, LABEL_COPY, LABEL_SUBJECT, LABEL_OTHER, LABEL_COUNT };

enum reply_label reply_label_of(struct text plain);

/* The tables of reply_words.c; words are compared whole. */
enum reply_words {
    REPLY_VERBS,      /* "wrote" */
    REPLY_OPENINGS,   /* "on", as the first word of an attribution */
    REPLY_MONTHS,     /* "may", "mai", also cut short */
    REPLY_PERSONS,    /* "I", "me": somebody tells a story */
    REPLY_SELVES,     /* "I", "my": somebody speaks for themselves, as no footer does */
    REPLY_ARTICLES,   /* "your", "the": probably somebody tells a story */
    REPLY_SEPARATORS, /* "original message" */
    REPLY_BEGINNINGS, /* "begin forwarded message": also without dashes around it */
};

struct reply_table {
    size_t count;
    const char *const *words;
};

/* Does one of the words stand anywhere in the text, or at its beginning? */
bool reply_table_in(struct reply_table table, struct text plain);
bool reply_table_begins(struct reply_table table, struct text plain);

bool reply_word_is(enum reply_words table, struct text word);

/* Anything that only a signature holds: a telephone number, an address of the web, the form of a company. */
bool reply_has_contact(struct text plain);

/* Does the text begin with one of the table's words? */
bool reply_words_begin(enum reply_words table, struct text plain);

bool reply_is_device(struct text plain);        /* "sent from my iphone" */
bool reply_is_marker(struct text plain);        /* "##- please reply above this line -##" */
bool reply_is_notice(struct text plain);        /* "please consider the environment ...": a footer by its first words */
bool reply_begins_legal(struct text plain);     /* "this e-mail ...": a legal footer when it claims something */

/* What a paragraph says of the letter that it stands in. */
struct reply_legal {
    bool self;     /* "I": no footer speaks so */
    bool secret;   /* "confidential information" */
    size_t claims; /* "confidential", "in error" ... */
};

bool reply_speaks_of_letter(struct text plain);

/* Adds what a line of the paragraph says. */
void reply_legal_note(struct reply_legal *legal, struct text plain);

struct reply_block {
    size_t headers; /* the first header line; == end when there are none */
    size_t end;     /* the line after the block */
};

/* Is there a separator or a header block at this line? */
bool reply_block_at(const struct reply_lines *lines, size_t at, struct reply_block *ret_block);

/* Where the rules and the separators without dashes begin that stand right above an old letter at line `cut`. */
size_t reply_rules_above(const struct reply_lines *lines, size_t cut);

struct reply_attribution {
    size_t end;  /* the line after it */
    bool quoted; /* quoted lines follow */
    bool sure;   /* and it names day and address: nothing else can be meant */
};

/* Is there an attribution at this line? */
bool reply_attribution_at(const struct reply_lines *lines, size_t at, struct reply_attribution *ret);

/* "Danke! Am 3.5.2026 um 10:12 schrieb Ana <ana@example.org>:" above quoted lines: the size of the answer that shares the line
 * with an attribution; 0 when none does. */
size_t reply_attribution_inside(struct arena *mem, const struct reply_lines *lines, size_t at);

/* Marks what belongs to signatures and footers before line `end` with LINE_SIGNATURE. */
void reply_signature_mark(struct reply_lines *lines, size_t end);

/* The lines [from, end) without signatures, trimmed. */
struct text reply_lines_join(struct arena *mem, const struct reply_lines *lines, size_t from, size_t end);

#endif
