/* spam.h - what is known of letters that nobody asked for: whose they are. A ticket of spam is an ordinary one with a flag; it is in
 * quarantine, which is the list of spam, until somebody says that it is none. */
#ifndef THEKE_MODULES_SPAM_SPAM_H
#define THEKE_MODULES_SPAM_SPAM_H

#include "platform/store/store.h"

struct files;
struct operation_kind;
struct traits_source;

/* What the lists say of a sender. */
struct spam_listed {
    bool is_blocked, is_allowed;
    struct text pattern;          /* the entry that says so; lives in mem */
};
/* Neither is true of an address that no list has, or of none at all. */
MUST_USE bool spam_sender_look(struct tx *tx, struct arena *mem, struct text address, struct spam_listed *ret, struct error *err);

/* What the filter makes of a letter, from what people called spam so far. */
struct spam_weighing {
    bool is_ready;                /* it is on and has learned enough; all else is nothing before */
    bool is_spam;
    int64_t score, threshold;     /* in hundredths of a percent */
    int64_t spam_letters, ham_letters;
    struct text signs;            /* JSON: the traits that told most; lives in mem */
};
MUST_USE bool spam_weigh(struct tx *tx, struct arena *mem, const struct traits_source *letter, struct spam_weighing *ret, struct error *err);

/* What was found of the letter that a ticket came by, for whoever asks why. because: "sender" (blocked), "form" (a program filled it in),
 * "words" (the filter), and of what is none "few" (it says too little against it), "allowed", "known", "answer" or "colleague". */
struct spam_verdict {
    ticket_id ticket;
    bool is_spam;
    const char *because;
    struct text pattern;
    struct spam_weighing weighing;
};
MUST_USE bool spam_note(struct tx *tx, const struct spam_verdict *verdict, struct error *err);

/* The thread that learns from what people mark, release and answer. */
struct spam_learner;
MUST_USE bool spam_learner_start(struct store *store, struct files *files, struct spam_learner **ret, struct error *err);
void spam_learner_stop(struct spam_learner *learner);

/* Whose letter a ticket is, blocked, with the ticket put into quarantine. */
extern const struct operation_kind block_operation;

#endif
