/* reply.h - what a person newly wrote, apart from what they quote and sign.
 *
 * Looks for attribution lines ("Am 3. Mai schrieb ...:", "On ... wrote:", "... írta:", "Le ... a écrit :", also broken over
 * lines), header blocks ("Von:", "From:", "Feladó:", "De :" with "Gesendet:", "Sent:" ...), separators ("-----Ursprüngliche
 * Nachricht-----"), "> " quotes, signature marks ("-- ", "Von meinem iPhone gesendet", "Sent from my ...") and legal
 * footers. Understands at least German, English, Hungarian and French; Italian, Spanish, Polish, Dutch as far as headers
 * and attributions go. Nothing is lost: what is folded stays in the full text. */
#ifndef THEKE_WIRE_MAIL_REPLY_H
#define THEKE_WIRE_MAIL_REPLY_H

#include "base/text.h"

struct reply_parts {
    struct text visible;   /* what was newly written, without white space at its ends; in the arena */
    size_t quote_at;       /* where the folded quote begins in the full text; SIZE_MAX: there is none at the end */
    bool has_inline_answers; /* they answered piece by piece: the quotes stay visible, the signature goes */
};

/* text: UTF-8 with LF line ends, a letter's plain text or html_to_text's. is_reply: the letter has In-Reply-To, References or
 * a reply's subject; without it "> " lines and header blocks are content, and only signatures are folded, unless an attribution
 * with a date and an address above quoted lines, or an "original message", proves that the program left those headers out. One
 * old letter between the new words folds as well; the quotes that somebody answers piece by piece stay.
 * Never empties a letter: when nothing would be left, visible is the text as a whole, trimmed. */
struct reply_parts reply_split(struct arena *mem, struct text text, bool is_reply);

/* The same for a letter with a forward's subject: what it passes on is content, whatever it looks like. */
struct reply_parts reply_split_forward(struct arena *mem, struct text text);

#endif
