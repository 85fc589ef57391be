/* operations.h - what a person did in one go and can take back: a merge, a split, a bulk edit, a macro.
 *
 * Who does it records it in the same transaction, with what the inverse needs to know. Its kind holds the inverse, which can be
 * asked for days later: it takes back what it can and says of each part that has to stay why, such as a letter that has left
 * or what somebody has changed meanwhile. */
#ifndef THEKE_PLATFORM_OPERATIONS_OPERATIONS_H
#define THEKE_PLATFORM_OPERATIONS_OPERATIONS_H

#include "base/json.h"
#include "platform/access/access.h"
#include "platform/events/events.h"
#include "platform/store/store.h"

struct operation {
    int64_t id;
    struct text kind;             /* "ticket.merge" */
    enum actor_kind actor;
    int64_t actor_id, at;
    struct text summary;          /* JSON object for readers: ids and counts, no words that not everybody may read */
    struct text data;             /* JSON object: what the inverse needs */
    int64_t undone_at, undone_by;
    struct text kept;             /* JSON array: what taking back has left; no text before */
};

/* Records it. tickets and people: what it was done to; the texts are copied by the store. */
struct operation_record {
    const char *kind;
    enum actor_kind actor;
    int64_t actor_id;
    struct text summary, data;
    const ticket_id *tickets;
    const person_id *people;
    size_t ticket_count, person_count;
};
MUST_USE bool operation_add(struct tx *tx, const struct operation_record *record, int64_t *ret_id, struct error *err);

/* One who takes back, or only asks what would happen. */
struct undoing {
    struct tx *tx;
    struct arena *mem;
    const struct operation *operation;
    enum actor_kind actor;
    int64_t actor_id;
    bool is_trial;                /* tx only reads: find out what would stay, and change nothing */
    const char *refused;          /* why nothing of it can be taken back; NULL: it can */
    struct buffer kept;
    struct json_writer json;
};

/* This part stays: field names it ("tags"), code says why ("changed", "sent"), ticket and count say where and how many (0: none). */
void undoing_keep(struct undoing *undoing, const char *field, const char *code, ticket_id ticket, int64_t count);

struct operation_kind {
    const char *name;
    enum permission permission;   /* needed in each ticket it was done to, for doing and for taking back */
    bool (*undo)(struct undoing *undoing, struct error *err);
    bool by_parts;                /* undo asks for it ticket by ticket, and leaves out where it is missing: who did it may always begin */
};

/* One that can be taken back is in the table of the application; NULL: it is not. */
const struct operation_kind *operation_kind_find(const struct operation_kind *const *kinds, struct text name);

/* *ret is NULL when there is none. */
MUST_USE bool operation_find(struct tx *tx, struct arena *mem, int64_t id, const struct operation **ret, struct error *err);

/* The newest that was done to a ticket or a person ("ticket", "person"), or by an agent, with ids below before: int64_t[]. */
MUST_USE bool operations_of(struct tx *tx, struct arena *mem, const char *subject, int64_t id, int64_t before, int64_t limit,
                            struct json_list *ret_ids, struct error *err);
MUST_USE bool operations_by(struct tx *tx, struct arena *mem, staff_id staff, int64_t before, int64_t limit, struct json_list *ret_ids,
                            struct error *err);

/* What taking back would do: undoing->refused and ->kept; changes nothing. */
MUST_USE bool operation_try(struct undoing *undoing, const struct operation_kind *kind, struct error *err);

/* Takes it back, once. ERR_CONFLICT with key "operation_undone" or what refused it. */
MUST_USE bool operation_undo(struct undoing *undoing, const struct operation_kind *kind, struct error *err);

#endif
