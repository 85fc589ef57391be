/* intake_private.h - a letter on its way through the steps of intake. */
#ifndef THEKE_CHANNELS_INTAKE_INTAKE_PRIVATE_H
#define THEKE_CHANNELS_INTAKE_INTAKE_PRIVATE_H

#include "channels/intake/intake.h"
#include "channels/mailboxes/mailboxes.h"
#include "modules/people/people.h"
#include "modules/sides/sides.h"
#include "modules/spam/spam.h"
#include "modules/tickets/tickets.h"
#include "sql/channels_intake.h"
#include "wire/html/html.h"
#include "wire/mail/automatic.h"
#include "wire/mail/forward.h"
#include "wire/mail/mime.h"
#include "wire/mail/report.h"
#include "wire/mail/subject.h"
#include "wire/mail/token.h"

enum { REASON_LIMIT = 24 };

/* What can be known of a letter without looking at the store: made outside the writer's thread. */
struct prepared {
    const struct letter *letter;
    struct mail_automatic automatic;
    struct report report;
    bool may_forward;               /* by its subject, or because it answers nothing */
    const struct letter *inner;     /* the one letter that is attached; NULL: none */
    struct html_result inner_html;
    bool has_inner_html;
    struct message_file *inner_files;
    size_t inner_file_count;
    struct json_list inner_references;
    bool is_reply;
    struct text visible, full;
    struct html_result html;
    bool has_html;
    struct message_file *files;
    size_t file_count;
    struct json_list references;    /* References and In-Reply-To together, oldest first */
    struct spam_weighing weighing;  /* by what people had called spam when the letter was read */
};

struct mail_row {
    int64_t id, attempts, received_at;
    int64_t crashes, failures;      /* see their migration */
    struct text raw_hash, content_key, sender;
    const struct text *recipients;
    size_t recipient_count;
    mailbox_id mailbox;
};

/* The letter in the store: who it is from, where it belongs, and why. */
struct placing {
    struct tx *tx;
    const struct intake_options *options;
    const struct mail_row *row;
    const struct prepared *prepared;
    unsigned char address_key[TOKEN_KEY], id_key[TOKEN_KEY], side_address_key[TOKEN_KEY], side_id_key[TOKEN_KEY];

    const struct mailbox *mailbox;  /* NULL: none is set up */
    team_id team;
    struct mail_address from;       /* the person: From, or what stands for it */
    person_id person;
    staff_id staff;                 /* From names one of us */
    bool is_forward;                /* who hands on the letter of somebody else: */
    struct mail_forward forward;
    struct mail_address forwarder;
    bool is_own;                    /* the sender is an address of ours */
    bool is_forged;                 /* our mail server says that From is not who wrote: never passes the gate as that person */
    bool is_vouched;                /* our mail server says that it is */
    bool is_claimed;                /* the person stands in a forwarded text or in Reply-To, where anybody can write anything */
    bool is_id_taken;               /* another letter has had this Message-ID: no answer to that one may find this one */

    const struct side *side;        /* it belongs to this side conversation, and to no customer's thread */
    const struct ticket *ticket;    /* NULL: a new one */
    message_id parent;              /* the message that was found; 0: only the ticket */
    bool is_signed;                 /* it came to an address that we asked for answers at */
    bool is_report_signed;          /* the letter that a report returns bears a token of ours */
    bool is_unverified;
    bool is_spam;                   /* goes to quarantine */
    const char *spam_because;       /* as in spam_verdict; NULL: nobody asked */
    struct text spam_pattern;
    ticket_id follows;              /* a new one that continues this */
    const char *decision;
    struct text reasons[REASON_LIMIT];
    size_t reason_count;
    message_id message;             /* written at the end */
};

void placing_reason(struct placing *placing, const char *code, struct text detail);
struct text placing_reasons(struct placing *placing);

/* Fails with ERR_INVALID or ERR_TOO_LARGE for what will never be read; otherwise worth another try. */
MUST_USE bool letter_prepare(const struct intake_options *options, struct arena *mem, const struct mail_row *row,
                             struct prepared *ret_prepared, struct error *err);

/* A person wrote it: no program answered by itself, and it reports on nothing. */
bool is_own_word(const struct placing *placing);

/* One of ours has shown that it is them, so that what they may do can be done in their name. */
bool is_colleague(const struct placing *placing);

/* When one of us hands on a letter, its writer speaks; the forwarder's own words stay in the house. */
MUST_USE bool find_forward(struct placing *placing, struct error *err);
void write_forward(struct placing *placing, struct message_writing *writing);
MUST_USE bool add_comment(struct placing *placing, struct error *err);

/* Does it report on a letter that we sent, and to somebody whom we sent it to? */
MUST_USE bool report_is_ours(struct placing *placing, bool *ret_is, struct error *err);
struct text report_json(struct placing *placing);

/* The message as it is written into the ticket, but for its decision; and who does it. */
struct message_writing writing_of(struct placing *placing);
struct doer placing_doer(struct placing *placing);

/* Was a letter of ours for this address? */
bool letter_went_to(struct arena *mem, const struct message_recipients *sent, struct text address);

/* list: struct text[] */
bool addresses_have(struct arena *mem, const struct json_list *list, struct text address);

/* Steps, in this order. */
MUST_USE bool find_mailbox(struct placing *placing, struct error *err);
MUST_USE bool find_sender(struct placing *placing, struct error *err);
MUST_USE bool find_side(struct placing *placing, struct error *err);
MUST_USE bool find_ticket(struct placing *placing, struct error *err);
MUST_USE bool find_spam(struct placing *placing, struct error *err);
MUST_USE bool note_spam(struct placing *placing, struct error *err); /* behind write_message */
MUST_USE bool write_message(struct placing *placing, struct error *err);
MUST_USE bool apply_report(struct placing *placing, struct error *err);
MUST_USE bool write_side(struct placing *placing, struct error *err); /* all there is to do with a letter of a side conversation */
MUST_USE bool answer_automatically(struct placing *placing, struct error *err);

/* Whose a letter is as far as its mailbox, or else its envelope, tells; 0: nobody's. */
MUST_USE bool desk_of(struct tx *tx, mailbox_id mailbox, const struct text *recipients, size_t count, team_id *ret_team, struct error *err);

/* Into the tray, unless another process has taken it over meanwhile; word: the reason in the event. */
MUST_USE bool mail_park(struct tx *tx, const struct mail_row *row, struct sql_mail_in_park *in, const char *word, struct error *err);

/* The whole letter in one transaction: fits store_write. */
bool letter_place(struct tx *tx, void *argument, struct error *err);

#endif
