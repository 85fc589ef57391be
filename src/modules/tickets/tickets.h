/* tickets.h - what the rest of Theke may ask of tickets.
 *
 * A ticket is one matter a person brought to us, however many channels it travelled; it holds no text. A message is
 * one utterance in it and never changes after it was sent. Every change records its event in the caller's
 * transaction. Nothing here logs, commits or sends. */
#ifndef THEKE_MODULES_TICKETS_TICKETS_H
#define THEKE_MODULES_TICKETS_TICKETS_H

#include "base/json.h"
#include "platform/access/access.h"
#include "platform/events/events.h"
#include "platform/store/store.h"

struct field;
struct files;
struct operation_kind;
struct request;

enum category { CATEGORY_NEW, CATEGORY_OPEN, CATEGORY_WAITING, CATEGORY_RESOLVED, CATEGORY_CLOSED };
enum priority { PRIORITY_LOW = 1, PRIORITY_NORMAL, PRIORITY_HIGH, PRIORITY_URGENT };
enum direction { DIRECTION_IN, DIRECTION_OUT };
enum audience { AUDIENCE_PUBLIC, AUDIENCE_INTERNAL };

/* The number people see is the id plus this, so that the first ticket does not look like one. */
enum { TICKET_NUMBER_BASE = 10000 };

struct ticket {
    ticket_id id;
    int64_t number;
    struct text label;            /* the number as people read it */
    struct text subject;
    person_id requester;
    staff_id owner, assignee;
    team_id team;
    mailbox_id mailbox;           /* answers go out from here; 0: the team's first */
    struct text state;            /* key of the named state */
    enum category category;
    enum priority priority;
    struct text channel, waiting_reason;
    struct text tags, fields;     /* a JSON array; {"KEY": value} */
    bool is_spam, is_active;
    ticket_id merged_into;
    int64_t waiting_until_at, created_at, updated_at, first_response_at, resolved_at, closed_at, version, message_count;
};

/* Who does it and why; goes into every event. */
struct doer {
    enum actor_kind kind;
    int64_t id;
    struct text cause;
};

/* *ret_ticket is NULL when there is none: an answer, not an error. */
MUST_USE bool ticket_find(struct tx *tx, struct arena *mem, ticket_id id, const struct ticket **ret_ticket,
                          struct error *err);

struct request_form;

struct ticket_opening {
    struct text subject;          /* at most 400 characters are kept */
    person_id requester;
    team_id team;
    mailbox_id mailbox;
    staff_id assignee;
    enum priority priority;       /* 0: normal */
    const char *channel;          /* "mail", "form", "phone", "chat", "api" */
    struct json_list tags;        /* struct text[] */
    struct text fields;           /* {"KEY": value}; no text: none */
    const struct actor *asks;     /* whose wish this is: the rules of fields hold for them; NULL: nobody could have filled them in */
    const struct request_form *form; /* by which it was asked for; NULL: none */
    bool is_spam;
    int64_t created_at;           /* 0: now */
    ticket_id follows;            /* a closed ticket that this one continues: linked both ways */
};
MUST_USE bool ticket_open(struct tx *tx, const struct doer *doer, const struct ticket_opening *opening,
                          const struct ticket **ret_ticket, struct error *err);

struct message_file {
    struct text hash, name, media_type, content_id;
    int64_t size;
    bool is_inline;
    attachment_id upload;         /* an upload that becomes this file, instead of the fields above */
};

struct message_writing {
    ticket_id ticket;
    ticket_id home;               /* the merged one that it stays part of, and is shown in ticket; 0: ticket itself */
    const struct ticket *opened;  /* the ticket, when this transaction has just opened it; NULL: it is read */
    enum direction direction;
    enum audience audience;
    const char *kind;             /* "mail", "note", "chat", "call", "sms", "post", "form", "system", "side" (modules/sides) */
    person_id author_person;
    staff_id author_staff;
    struct text from_name, from_address;
    struct text to_list, cc_list, bcc_list; /* JSON arrays of {"name","email"}; no text: [] */
    struct text subject;
    struct text header_id;        /* Message-ID with its angle brackets */
    struct text in_reply_to;
    struct json_list references;  /* struct text[], oldest first */
    struct text text;             /* what the person newly wrote */
    struct text text_full;        /* everything; no text: the same as text */
    struct text html;             /* sanitised, or no text */
    int64_t remote_images;
    struct text raw_hash;         /* the raw letter in the mail store */
    mailbox_id mailbox;
    bool is_automatic;
    bool is_unverified;           /* joined without being a known participant: shown as a strip, tells the sender nothing */
    struct text report;           /* JSON as in the API, or no text */
    struct text decision, reasons;/* why it is in this ticket: a word, and a JSON array */
    int64_t created_at, sent_at;  /* created 0: now */
    const struct message_file *files;
    size_t file_count;
    /* Public and outgoing: by which channel and not before when; NULL: not sent (already sent elsewhere) */
    const char *deliver_by;
    int64_t deliver_at;
    bool is_letter;               /* leaves by a queue of somebody else's (modules/sides): its files are no more than a letter may have */
};

/* Adds the message and what follows from it: counters, search, first response, and the state (a person's inbound reply opens a
 * waiting or resolved ticket; automatic and unverified ones never do). ERR_CONFLICT with key "ticket_merged" for a merged ticket. */
MUST_USE bool message_add(struct tx *tx, const struct doer *doer, const struct message_writing *writing,
                          message_id *ret_id, struct error *err);

/* Whoever has this address has shown that it is theirs: what came by a form in their name is no longer unverified. *ret_any: something was. */
MUST_USE bool messages_verify(struct tx *tx, const struct doer *doer, ticket_id ticket, struct text address, bool *ret_any, struct error *err);
/* The same of one request alone that came by a form. */
enum proof {
    PROOF_NONE,                   /* it came by no form, or is no longer there */
    PROOF_BEFORE,
    PROOF_NEW,
};
MUST_USE bool message_verify(struct tx *tx, const struct doer *doer, message_id id, enum proof *ret_proof, struct error *err);
/* The address that a request gave which came by a form; no text: there is no such request. */
MUST_USE bool message_claims(struct tx *tx, struct arena *mem, message_id id, struct text *ret_address, struct error *err);

/* Takes a held message back, and with it what its writing changed. ERR_CONFLICT when it is on its way. */
MUST_USE bool message_undo(struct tx *tx, const struct doer *doer, message_id id, struct error *err);

/* The ticket, held until the transaction ends; ERR_NOT_FOUND. */
MUST_USE bool ticket_locked(struct tx *tx, ticket_id id, const struct ticket **ret_ticket, struct error *err);

/* An answer as the screen would write it: to all who take part, in the thread of what was written last. */
struct ticket_answer {
    ticket_id ticket;
    staff_id author;
    struct text author_name, text, html;
    int64_t deliver_at;           /* held until then */
};
/* *ret_id stays 0 when there is nobody to write to: then nothing was written. */
MUST_USE bool ticket_answer(struct tx *tx, const struct doer *doer, const struct ticket_answer *answer, message_id *ret_id, struct error *err);
/* Whom it would go to: [{name, email}] each. */
MUST_USE bool ticket_answer_reach(struct tx *tx, struct arena *mem, const struct ticket *ticket, struct text *ret_to, struct text *ret_cc,
                                  struct error *err);

/* In how many places the counters of active tickets are wrong, and putting them right: when the program starts. */
MUST_USE bool counters_check(struct tx *tx, int64_t *ret_wrong, struct error *err);
MUST_USE bool counters_mend(struct store *store, struct error *err);

/* The same of the counters of tags, which are many: once an hour. */
MUST_USE bool tag_counters_check(struct tx *tx, int64_t *ret_wrong, struct error *err);
MUST_USE bool tag_counters_mend(struct store *store, struct error *err);

/* "teams", "open", "unassigned", "mine" and "drafts" of the caller, into the open object. */
struct request;
MUST_USE bool counters_write(struct request *request, struct json_writer *json, struct error *err);

/* Opens the waiting tickets whose time has come, and ends what agents had put off until now; some at a time, so that others may write
 * between. *ret_more: there may be more. */
MUST_USE bool tickets_wake(struct store *store, bool *ret_more, struct error *err);

/* Has the requester an address for mail? */
MUST_USE bool ticket_requester_has_mail(struct tx *tx, ticket_id id, bool *ret_has, struct error *err);

/* May a reply of today still reopen this ticket, or does it need a new one that follows it? */
MUST_USE bool ticket_takes_replies(struct tx *tx, const struct ticket *ticket, bool *ret_takes, struct error *err);

/* One PATCH: only what is present changes. */
struct ticket_change {
    bool has_state, has_requester, has_assignee, has_owner, has_team, has_priority, has_subject, has_tags, has_spam, has_fields, has_checklist;
    struct text state, waiting_reason, subject;
    int64_t waiting_until_at;     /* as the reason: for a ticket that waits, or begins to */
    person_id requester;          /* the one before stays as "cc" */
    staff_id assignee, owner;
    team_id team;
    enum priority priority;
    struct json_list tags;
    struct json_list checklist;   /* struct text[]: put on the checklist, where it does not stand there already */
    struct text fields;           /* {"KEY": value}, null for none; the others stay */
    bool is_spam;
    const struct actor *asks;     /* whose change this is: the rules of states and fields hold for them; NULL: it is Theke's own */
    int64_t resolved_at, closed_at; /* when a change is taken back: since when it had been so; 0: now */
    int64_t version;              /* 0: not checked; else ERR_STALE with the changed fields when it is not the present one */
};
MUST_USE bool ticket_apply(struct tx *tx, const struct doer *doer, ticket_id id, const struct ticket_change *change,
                           struct error *err);

/* What the change would do, as the event would tell it: {"state":["new","open"], ...}. Changes nothing. */
MUST_USE bool ticket_try(struct tx *tx, const struct ticket *ticket, const struct ticket_change *change, struct text *ret_changes, struct error *err);

/* --- Forms of topics for everybody ------------------------------------------------------------------------- */

struct topic_field {
    const struct field *field;
    bool is_visible, is_required;
};
struct topic_form {
    const struct topic_field *fields; /* what strangers are asked for, in the order of the topic */
    size_t count;
    struct text values;          /* {"KEY": value} of what fits and is shown; lives in tx->mem */
    struct error misfits;        /* names the other values, those of hidden fields, too: "fields.KEY" */
};
/* The form as it asks with these values ({"KEY": value}, of its fields only). */
MUST_USE bool topic_form_read(struct tx *tx, struct arena *mem, const struct request_form *topic, struct text wish, struct topic_form *ret, struct error *err);

/* --- Tags ---------------------------------------------------------------------------------------------------- */

/* As a tag is kept: folded. ERR_INVALID on the field when it is none. */
MUST_USE bool tag_read(struct arena *mem, struct text word, const char *field, struct text *ret_tag, struct error *err);
/* What a tag means: itself, unless it was renamed. */
MUST_USE bool tag_meaning(struct tx *tx, struct arena *mem, struct text tag, struct text *ret_meaning, struct error *err);
/* It means this one from now on; no text: itself again. */
MUST_USE bool tag_alias_put(struct tx *tx, struct text tag, struct text meaning, struct error *err);

/* A ticket loses a tag, gets one, or one takes the place of the other. It keeps its place in the lists. */
struct tags_edit {
    struct text remove, add;      /* no text: none */
    struct text needs;            /* nothing happens where this one is not; no text: it does everywhere */
    bool had_added;               /* found: it had the one to add already */
};
MUST_USE bool ticket_tags_edit(struct tx *tx, const struct doer *doer, ticket_id id, struct tags_edit *edit, struct error *err);

/* The kinds of operation of this module; see platform/operations. */
extern const struct operation_kind merge_operation, split_operation, move_operation, link_operation, unlink_operation;

/* Two tickets with different requesters: does who asked in the one read along in the other, stay apart (in sight, but switched off), or
 * become who asks? */
enum requesters { REQUESTERS_UNDECIDED, REQUESTERS_JOIN, REQUESTERS_APART, REQUESTERS_REPLACE };

struct ticket_merging {
    ticket_id from, into;
    enum requesters requesters;
    bool tells;                   /* a letter to the requester of the merged one says under which number it goes on */
};
/* Merges one ticket into another: what is written to it arrives there from now on. ERR_CONFLICT with key "ticket_merged" when it was
 * already; ERR_INVALID on "requesters" when they differ and nobody has decided. */
MUST_USE bool ticket_merge(struct tx *tx, const struct doer *doer, const struct ticket_merging *wish, int64_t *ret_operation,
                           struct error *err);

/* Moves a message to another ticket (0: opens a new one for it); replies to it follow. Stored as a human correction. */
MUST_USE bool message_move(struct tx *tx, const struct doer *doer, message_id id, ticket_id to, ticket_id *ret_ticket,
                           struct error *err);

/* --- Finding where a letter belongs ------------------------------------------------------------------------ */

struct message_place {
    message_id message;
    ticket_id ticket;
    enum direction direction;
    struct text from_address;
};
/* The newest message with this Message-ID; NULL: unknown. */
MUST_USE bool message_by_header(struct tx *tx, struct arena *mem, struct text header_id,
                                const struct message_place **ret_place, struct error *err);
/* The newest message of the same person that refers to the same unknown ancestor; NULL: none. */
MUST_USE bool message_by_ancestor(struct tx *tx, struct arena *mem, struct text reference, person_id person,
                                  const struct message_place **ret_place, struct error *err);
MUST_USE bool message_place(struct tx *tx, struct arena *mem, message_id id, const struct message_place **ret_place,
                            struct error *err);
/* The addresses that a letter of ours goes, or went, to. */
struct message_recipients {
    struct json_list to, cc, bcc; /* struct text[] */
};
/* NULL: it is no message that leaves from here. */
MUST_USE bool message_recipients(struct tx *tx, struct arena *mem, message_id id, const struct message_recipients **ret_recipients,
                                 struct error *err);
/* A person's part in a ticket; nothing is true of who has none. Who is off was switched off or removed, and gets in by nothing. */
struct participation {
    bool is_on, is_off, is_removed, is_third_party;
};
MUST_USE bool participation_of(struct tx *tx, ticket_id ticket, person_id person, struct participation *ret, struct error *err);
/* Is there anybody in the ticket who was switched off or removed? */
MUST_USE bool ticket_has_shut_out(struct tx *tx, ticket_id ticket, bool *ret_has, struct error *err);
MUST_USE bool participant_is_on(struct tx *tx, ticket_id ticket, person_id person, bool *ret_is, struct error *err);
/* role: "requester", "cc" or "third_party"; an existing one stays as it is, switched off or removed too. */
MUST_USE bool participant_add(struct tx *tx, ticket_id ticket, person_id person, const char *role, struct error *err);

/* --- Deliveries: what the outbox works on -------------------------------------------------------------------- */

enum { DELIVERY_FILES_LIMIT = 64 << 20 }; /* bytes of all files that leave with one message; notes keep larger ones */
enum { DELIVERY_LEASE_SECONDS = 1500 }; /* more than twice what the slowest send takes */

struct due_delivery {
    message_id message;
    struct text channel;
    int64_t attempts, created_at; /* of the message */
};
/* Is anything due? Cheap: asked twice a second. */
MUST_USE bool delivery_is_due(struct tx *tx, const char *channel, bool *ret_due, struct error *err);
/* How many have not left yet. */
MUST_USE bool delivery_count_waiting(struct tx *tx, int64_t *ret_count, struct error *err);
/* Of these, how many wait for a mailbox that can send: put off with this detail. */
#define DELIVERY_NO_MAILBOX "no_mailbox"
MUST_USE bool delivery_count_without_mailbox(struct tx *tx, int64_t *ret_count, struct error *err);
/* The oldest deliveries that are due, now "sending" and leased: one that is not settled until the lease ends is due again. */
MUST_USE bool delivery_take(struct tx *tx, struct arena *mem, const char *channel, int limit, size_t *ret_count,
                            const struct due_delivery **ret_due, struct error *err);
/* What processes had under way that are gone (store_process_is_gone) is due again. */
MUST_USE bool delivery_recover(struct tx *tx, struct error *err);
/* What this process has taken is due again: to be asked when it is about none. */
MUST_USE bool delivery_release(struct tx *tx, struct error *err);
/* What waits to be tried again is due now: the program has begun anew, or the clock was set back. */
MUST_USE bool delivery_hasten(struct tx *tx, struct error *err);
/* So is what waits for this mailbox, or for any: it was made or mended. */
MUST_USE bool delivery_hasten_for(struct tx *tx, mailbox_id mailbox, struct error *err);
/* How the attempt that delivery_take began has ended: "sent", "queued" (again at next_at) or "failed"; records message.delivery.
 * When another attempt has begun meanwhile only "sent" still counts. */
MUST_USE bool delivery_settle(struct tx *tx, message_id message, int64_t attempt, const char *state, struct text detail, int64_t next_at,
                              struct error *err);
/* What is heard later, "bounced": whatever the state; records message.delivery. */
MUST_USE bool delivery_report(struct tx *tx, message_id message, const char *state, struct text detail, int64_t next_at,
                              struct error *err);

/* All that the outbox needs to compose a letter; message_outgoing: ERR_NOT_FOUND for anything but a public outgoing message. */
struct outgoing_message {
    message_id id;
    ticket_id ticket;
    int64_t number, created_at;
    team_id team;
    mailbox_id mailbox;
    staff_id author;
    struct text author_name;
    struct text to_list, cc_list, bcc_list, subject, header_id, in_reply_to, text, html;
    struct json_list references;  /* struct text[] */
    bool is_automatic;
    size_t file_count;
    const struct message_file *files;
};
MUST_USE bool message_files(struct tx *tx, struct arena *mem, message_id id, size_t *ret_count, const struct message_file **ret_files,
                            struct error *err);
MUST_USE bool message_outgoing(struct tx *tx, struct arena *mem, message_id id, const struct outgoing_message **ret_message,
                               struct error *err);

/* A file that the ticket shows, for another message to take along; hash without text: it shows no such file. */
MUST_USE bool ticket_file(struct tx *tx, struct arena *mem, ticket_id ticket, attachment_id id, struct message_file *ret_file, struct error *err);

/* What an answer gets as it leaves: our own signed Message-ID, and the mailbox with its address. */
MUST_USE bool message_set_header(struct tx *tx, message_id id, struct text header_id, mailbox_id mailbox, struct text from_address,
                                 struct error *err);

/* It has left. */
MUST_USE bool message_set_sent(struct tx *tx, message_id id, struct error *err);

/* Has somebody of us answered this person, in whatever ticket of theirs? */
MUST_USE bool person_is_answered(struct tx *tx, person_id person, bool *ret_is, struct error *err);

/* The letter, or the form, that a ticket came by. */
struct first_letter {
    message_id id;
    struct text kind, from_name, from_address, subject, text, html, raw_hash;
};
/* NULL: nobody has written to us in it. */
MUST_USE bool ticket_first_letter(struct tx *tx, struct arena *mem, ticket_id id, const struct first_letter **ret, struct error *err);

/* --- Hearing of what happens -------------------------------------------------------------------------------- */

struct hearer {
    staff_id staff;
    const char *why;              /* "assignee", "owner" or "watcher" */
};
/* Whom it concerns what happens in a ticket, each once and for the nearest reason. */
MUST_USE bool ticket_hearers(struct tx *tx, struct arena *mem, const struct ticket *ticket, size_t *ret_count, const struct hearer **ret,
                             struct error *err);

/* What a message is to those who hear of it. */
struct message_news {
    ticket_id ticket;             /* where it is shown */
    enum direction direction;
    enum audience audience;
    bool is_automatic, is_first;  /* is_first: it opened the ticket */
    staff_id author;
    size_t named_count;
    const struct named_colleague {
        staff_id staff;
        team_id team;             /* as one of this team; 0: by their own name */
    } *named;
};
/* NULL: there is none. */
MUST_USE bool message_news(struct tx *tx, struct arena *mem, message_id id, const struct message_news **ret, struct error *err);

/* --- The words of attached files: what modules/texts works on ------------------------------------------------ */

/* Notes the attachments of the next messages that nobody has looked at. state says what is to become of one: "waiting" when it is to be read,
 * else "nothing" or "refused" with a reason. *ret_any: there were some. */
struct attachment_look {
    struct text name, media_type;
    int64_t size;
};
typedef const char *attachment_judge(const struct attachment_look *look, const char **ret_reason);
MUST_USE bool attachment_texts_look(struct store *store, attachment_judge *judge, bool *ret_any, struct error *err);

/* An attachment that is to be read now; nobody else gets it before the lease (microseconds) is over. */
struct attachment_claim {
    attachment_id id;             /* 0: nothing is to be read */
    int64_t attempts;             /* this one counts */
    struct text hash, name, media_type;
    bool is_known;                /* a file of the same content was read before: only attachment_text_settle is left to do */
};
MUST_USE bool attachment_text_claim(struct store *store, struct arena *mem, int64_t lease, struct attachment_claim *ret, struct error *err);

/* What became of it, unless somebody else has it by now: "indexed" with its words, "nothing" or "refused". */
struct attachment_reading {
    struct attachment_claim claim;
    struct text state, reason, text; /* not used when the content is known */
    bool is_given_up;             /* refused for this reason; of the content nothing is said */
};
MUST_USE bool attachment_text_settle(struct store *store, struct attachment_reading *reading, struct error *err);

/* It is tried again after so many microseconds. is_attempt: this trying counts. */
MUST_USE bool attachment_text_put_off(struct store *store, const struct attachment_claim *claim, const char *reason, int64_t delay, bool is_attempt,
                                      struct error *err);

/* What waits for this reason is to be read now. */
MUST_USE bool attachment_texts_hasten(struct store *store, const char *reason, struct error *err);

/* How many wait to be read, and how many of these are read just now or wait for something. */
MUST_USE bool attachment_texts_count(struct tx *tx, int64_t *ret_waiting, int64_t *ret_put_off, struct error *err);

/* --- Seeing ------------------------------------------------------------------------------------------------- */

/* The ticket, if it exists and the request's actor has the permission for it; ERR_NOT_FOUND when it can't even be read, and
 * ERR_CONFLICT when it was merged and is asked for more than reading. */
MUST_USE bool ticket_for(struct request *request, int64_t id, enum permission permission, const struct ticket **ret_ticket,
                         struct error *err);

/* The signed-in person as the doer of a change. */
struct doer doer_of(const struct request *request);

/* When what was just written leaves: a person may think again for ten seconds; a program has thought before. */
int64_t leaves_at(const struct request *request);

/* "next" of a list: an opaque word made of the last row's sort key and id; NULL text when there is no more. */
struct text cursor_make(struct arena *mem, int64_t key, int64_t id);
MUST_USE bool cursor_read(struct text cursor, int64_t *ret_key, int64_t *ret_id, struct error *err);

/* What a person wrote, made safe: HTML sanitised, text made of it when there is none. */
struct prepared_text {
    struct text text, html;
    int64_t remote_images;
};
MUST_USE bool text_prepare(struct arena *mem, struct text text, struct text html, struct prepared_text *ret, struct error *err);

/* No placeholder of a canned reply is left in it, as an answer must not go out; else ERR_INVALID on field "text", which names it. */
MUST_USE bool text_is_whole(struct text text, struct error *err);

struct json_writer;
/* The message as lists show it. */
MUST_USE bool message_write(struct tx *tx, message_id id, struct json_writer *json, struct error *err);

struct response;
/* An operation as the API shows it: what a route answers that has done it. */
MUST_USE bool operation_write(struct request *request, struct response *response, int64_t id, struct error *err);

/* --- A person who becomes part of another ----------------------------------------------------------------------------- */

struct undoing;
struct json_writer;
struct json_t;

/* What a person asks, takes part in and has written is the other's from now on. Writes members into the open object, which the way
 * back needs. ERR_INVALID with key "too_many_tickets" beyond PASSED_TICKETS or PASSED_MESSAGES. */
enum { PASSED_TICKETS = 2000, PASSED_MESSAGES = 20000 };
MUST_USE bool tickets_pass_on(struct tx *tx, const struct doer *doer, person_id from, person_id into, struct json_writer *json, struct error *err);

/* Each ticket again as it was, where nobody has changed it since; what was begun since stays and is named. */
MUST_USE bool tickets_pass_back(struct undoing *undoing, person_id from, person_id into, const struct json_t *data, struct error *err);

/* How many tickets have to do with the person, up to PASSED_TICKETS + 1. */
MUST_USE bool tickets_with_person(struct tx *tx, person_id person, const struct actor *actor, int64_t *ret_count, struct error *err);

/* May the actor read this ticket? The one rule for API, live, search, attachments and export. */
bool ticket_visible(const struct actor *actor, ticket_id ticket, team_id team, staff_id assignee);

/* Throws away uploads that have waited for a message for more than a day, then the files of a day ago that no attachment
 * names. Younger ones may have their row still on its way. *shelf: where this round begins, then where the next one does
 * (cleaning_round). */
MUST_USE bool uploads_tidy(struct store *store, struct files *files, int *shelf, int64_t *ret_files, struct error *err);

/* Does any message have these bytes for its source? */
MUST_USE bool message_has_raw(struct tx *tx, struct text raw_hash, bool *ret_has, struct error *err);

/* Each file that an attachment names, once, in the order of its hash. */
MUST_USE bool attachment_each(struct tx *tx, bool (*visit)(void *context, struct text hash, int64_t size, struct error *err), void *context,
                              struct error *err);

#endif
