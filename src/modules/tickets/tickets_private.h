/* tickets_private.h - for this folder only. */
#ifndef THEKE_MODULES_TICKETS_TICKETS_PRIVATE_H
#define THEKE_MODULES_TICKETS_TICKETS_PRIVATE_H

#include "modules/tickets/back.h"
#include "modules/tickets/composer.h"
#include "modules/requests/requests.h"
#include "modules/tickets/tickets.h"
#include "platform/http/http.h"
#include "platform/operations/operations.h"
#include "sql/modules_tickets.h"
#include "sql/platform_events.h"

#include <jansson.h>

/* --- shared by the handlers ------------------------------------------------------------------------------------ */

/* A team by its id or short name; ERR_INVALID on field "team". */
MUST_USE bool team_of_word(struct tx *tx, struct arena *mem, struct text word, team_id *ret_team, struct error *err);

/* The team for which a ticket is to be opened (no word: the first that fits). Whoever does not see all opens tickets for the own teams. */
MUST_USE bool team_for_new(struct request *request, struct text word, team_id *ret_team, struct error *err);

/* The form of a topic that somebody uses now; no id: *ret is NULL. ERR_INVALID on "form". */
MUST_USE bool topic_for_new(struct request *request, bool has_form, int64_t id, const struct request_form **ret, struct error *err);
/* The team that gets the ticket: the named one, else that of the topic's form, else as team_for_new. */
MUST_USE bool team_for_topic(struct request *request, struct text word, const struct request_form *topic, team_id *ret_team, struct error *err);

/* The ticket, if the caller may write a note into it: where they may answer, and what they were admitted to. */
MUST_USE bool ticket_for_note(struct request *request, int64_t id, const struct ticket **ret_ticket, struct error *err);

/* Whom a note names (struct message_create): kept, told of, and admitted where the body says so. *ret_left_out, staff_id[]: those of a
 * named team who could not be admitted, since they are to as many tickets as anybody may be. */
MUST_USE bool mentions_write(struct request *request, const struct ticket *ticket, message_id message, struct json_list *ret_left_out,
                             struct error *err);

/* ERR_CONFLICT with key "ticket_moved_on" when somebody else than the agent has written or changed something since that version: an
 * answer by hand may be meant for the ticket as it was. What the program did by itself is no news. */
MUST_USE bool ticket_refuse_news(struct tx *tx, const struct ticket *ticket, int64_t version, staff_id agent, struct error *err);

/* Ends what anybody has put off of a ticket, and what is due, at most limit. */
MUST_USE bool snoozes_end(struct tx *tx, ticket_id ticket, const char *why, struct text cause, struct error *err);
MUST_USE bool snoozes_wake(struct tx *tx, int64_t limit, bool *ret_more, struct error *err);

/* --- message_index.c: what the search knows of a message --------------------------------------------------------- */

/* "[]" for no list. */
struct text or_empty_list(struct text list);
/* A new message, whose files have these names, goes into the index at the end of the transaction. */
void message_index_later(struct tx *tx, message_id id, const struct message_writing *writing, struct text names);
/* Around a change of what the index holds of a message: taken out as it was, put in as it is then. */
MUST_USE bool message_index_take(struct tx *tx, message_id id, struct error *err);
MUST_USE bool message_index_put(struct tx *tx, message_id id, struct error *err);
/* Around the leaving of an attachment for another message. */
struct message_index_change {
    message_id left; /* 0: it was part of none */
};
MUST_USE bool message_index_leave(struct tx *tx, attachment_id id, struct message_index_change *ret, struct error *err);
MUST_USE bool message_index_left(struct tx *tx, const struct message_index_change *change, struct error *err);

const char *category_name(enum category category);
const char *priority_name(enum priority priority);
bool category_find(struct text word, enum category *ret_category);
bool priority_find(struct text word, enum priority *ret_priority);

/* Records an event of a ticket. data is a JSON object. */
void ticket_event(struct tx *tx, const struct doer *doer, const struct ticket *ticket, const char *kind, struct text data,
                  bool internal);

/* To whom an answer goes unless its writer says otherwise, as struct address[], and what it answers (NULL: nothing). */
struct reply_defaults {
    struct json_list to, cc;
    const struct sql_message_last_inbound_row *last;
};
MUST_USE bool reply_defaults(struct tx *tx, struct arena *mem, const struct ticket *ticket, struct reply_defaults *ret, struct error *err);
/* What a letter to these people (struct address[]) answers: *io_last, what the customer wrote, is replaced when nobody of the
 * customer's side is among them, since a letter to a supplier belongs to another thread. NULL: it begins one. */
MUST_USE bool reply_answers(struct tx *tx, struct arena *mem, const struct ticket *ticket, const struct json_list *to, const struct json_list *cc,
                            const struct sql_message_last_inbound_row **io_last, struct error *err);
/* What an answer to a letter from outside (NULL: it begins a thread) says of it: subject, references, mailbox. */
void reply_refer(struct arena *mem, const struct ticket *ticket, const struct sql_message_last_inbound_row *last, struct message_writing *writing);
/* struct address[] as JSON. */
struct text addresses_json(struct arena *mem, const struct json_list *list);

/* What is written of a ticket is then written of its tags too. */
bool ticket_is_tagged(const struct ticket *ticket);

/* A ticket was opened (before NULL) or changed. */
void counters_move(struct tx *tx, const struct ticket *before, const struct ticket *after);
void tag_counters_move(struct tx *tx, const struct ticket *before, const struct ticket *after);

/* The state that a ticket takes by a message; NULL: it stays. */
const char *state_after(const struct ticket *ticket, const struct message_writing *writing);
MUST_USE bool follow_state(struct tx *tx, const struct ticket *ticket, const struct message_writing *writing, message_id id, struct error *err);

/* What a ticket says of its messages (count, snippet, first response), made anew from those that are in it and were not taken back. */
MUST_USE bool ticket_recount(struct tx *tx, ticket_id id, struct error *err);

/* The first characters of a message for lists, white space collapsed. */
struct text snippet_of(struct arena *mem, struct text text);

/* No other transaction changes the ticket before this one has ended. */
MUST_USE bool ticket_hold(struct tx *tx, ticket_id id, struct error *err);

/* verify.c: did it come by a form, where anybody gives whatever address they like? */
bool is_by_form(const struct sql_message_row_row *message);

/* Both tickets, the lower id first; b may be none. */
MUST_USE bool tickets_hold(struct tx *tx, ticket_id a, ticket_id b, struct error *err);

/* Where the messages of a ticket are shown: itself, or the end of the chain of merges. */
MUST_USE bool ticket_root(struct tx *tx, ticket_id id, ticket_id *ret_root, struct error *err);

/* A held ticket points to another one from now on, or (0) to none any more; counters follow. */
MUST_USE bool ticket_point(struct tx *tx, const struct ticket *ticket, ticket_id into, struct error *err);

/* ERR_CONFLICT that points to the ticket into which this one was merged. Returns false. */
bool ticket_refuse_merged(const struct ticket *ticket, struct error *err);

/* Refuses to put what a confidential team has where others see it. field: names the target. */
MUST_USE bool ticket_stays_inside(struct tx *tx, team_id from, team_id to, const char *field, struct error *err);

/* --- links.c ---------------------------------------------------------------------------------------------------------------- */

/* from stands in this way to to: it is its parent, its problem, blocks it, duplicates it, is related to it. */
struct linking {
    const struct ticket *from, *to;
    struct text kind;
};
MUST_USE bool tickets_link(struct tx *tx, const struct doer *doer, const struct linking *linking, int64_t *ret_operation, struct error *err);
MUST_USE bool tickets_unlink(struct tx *tx, const struct doer *doer, const struct linking *linking, int64_t *ret_operation, struct error *err);

/* Would this link lead from a ticket back to itself? Kinds without direction make none. */
MUST_USE bool link_makes_circle(struct tx *tx, int64_t from, int64_t to, struct text kind, bool *ret_makes, struct error *err);

/* Who looks after the whole learns when the last of its parts is done. */
MUST_USE bool links_part_done(struct tx *tx, const struct ticket *part, struct error *err);

/* The letter that tells who asks in a ticket under which number their matter, or a part of it, goes on; it is written into the ticket
 * to, and held as an answer is. *ret_id stays untouched when they have no address. */
struct pointer {
    const struct ticket *from, *to, *asks;
    const char *words;            /* key */
};
MUST_USE bool pointer_send(struct tx *tx, const struct doer *doer, const struct pointer *pointer, message_id *ret_id, struct error *err);
MUST_USE bool pointer_undo(struct undoing *undoing, message_id id, ticket_id ticket, struct error *err);

/* Messages of one ticket go to another (0: a new one). */
struct messages_moving {
    const message_id *ids;
    size_t count;
    ticket_id to;
    struct text subject;          /* of the new one; none: that of the first message */
    bool with_answers;            /* those of ours too, unless they are leaving just now */
    bool tells;                   /* who asks in the new one hears of its number */
};
struct messages_moved {
    ticket_id ticket;
    int64_t operation;
};
MUST_USE bool messages_move(struct tx *tx, const struct doer *doer, const struct messages_moving *wish, struct messages_moved *ret,
                            struct error *err);

/* --- back.c ------------------------------------------------------------------------------------------------------------------ */

/* Somebody whom the operation let take part: no more, unless changed since or heard from. */
struct back_participant {
    ticket_id ticket;
    person_id person;
    struct text role;
    bool is_on, is_removed;
    int64_t last;
};
MUST_USE bool back_participant(struct undoing *undoing, const struct back_participant *back, struct error *err);

/* A subject as it is kept: trimmed and cut. */
struct text subject_of(struct arena *mem, struct text subject);

/* As they would be written. */
MUST_USE bool tags_look(struct tx *tx, const struct json_list *tags, struct text *ret_json, struct error *err);
MUST_USE bool tags_write(struct tx *tx, ticket_id id, const struct json_list *tags, struct text *ret_json, struct error *err);

#endif
